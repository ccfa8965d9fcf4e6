import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Commands written before anybody decides them, and how fast their decisions come: stock for each
 * SKU, reservations to grow warm, those that count, and some that were there already.
 */
final class Load {
    private static final long STOCK = 1_000_000_000;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final String brokers;
    private final int commands, skus, early, repeats;
    private final Map<UUID, Decision> answers = new HashMap<>();  // of what is decided again
    private int same = 0;
    private final Map<Command, String> repeated = new LinkedHashMap<>();

    Load(String brokers, int commands, int skus) {
        this.brokers = brokers;
        this.commands = commands;
        this.skus = skus;
        early = skus + commands / 4;
        repeats = Math.min(1_000, commands / 4);
    }

    void fill(String topic) throws Exception {
        Map<String, Object> settings = Map.of(
            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers, ProducerConfig.ACKS_CONFIG, "all",
            ProducerConfig.BATCH_SIZE_CONFIG, 256 << 10, ProducerConfig.LINGER_MS_CONFIG, 20);
        var random = new Random(42);
        try (var producer = new KafkaProducer<>(settings, new StringSerializer(),
                                                Command.serde().serializer())) {
            for (int n = 0; n < early + commands; ++n) {
                var receives = n < skus;
                var sku = "SKU-" + (100_000 + (receives ? n : random.nextInt(skus)));
                var command = receives ? new Command(id(n), Command.Kind.RECEIVE, STOCK)
                                       : new Command(id(n), Command.Kind.RESERVE, 1);
                producer.send(new ProducerRecord<>(topic, sku, command));
                if (n >= skus && n < skus + repeats) repeated.put(command, sku);
            }
            for (var again : repeated.entrySet())
                producer.send(new ProducerRecord<>(topic, again.getValue(), again.getKey()));
        }
    }

    private static UUID id(int n) {
        return new UUID(n * 0x9E3779B97F4A7C15L, n);  // ids of commands are spread, as hashes are
    }

    /** Of the decisions that count, a second, as who reads what is committed gets them. */
    double rateOf(String topic) {
        Map<String, Object> settings = Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, brokers,
            ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
            ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest",
            ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 10_000);
        try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(),
                                                Decision.serde().deserializer())) {
            List<TopicPartition> all = consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition())).toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            return rateOf(consumer);
        }
    }

    private double rateOf(KafkaConsumer<String, Decision> consumer) {
        long begin = 0;
        int begun = 0, read = 0;
        double rate = 0;
        while (read < early + commands + repeats) {
            var records = consumer.poll(PATIENCE);
            if (records.isEmpty()) throw new IllegalStateException("no decisions come any more");
            for (var record : records) check(record.value());
            read += records.count();
            var now = System.nanoTime();
            if (begun == 0 && read >= early) {
                begin = now;
                begun = read;
            }
            if (rate == 0 && read >= early + commands) rate = (read - begun) / ((now - begin) / 1e9);
        }
        if (same != repeats) throw new IllegalStateException(same + " of " + repeats + " repeats");
        return rate;
    }

    /** All are accepted, and what was decided before is answered as it was then. */
    private void check(Decision decision) {
        if (!decision.accepted()) throw new IllegalStateException("refused: " + decision);
        var n = decision.command().getLeastSignificantBits();
        if (n < skus || n >= skus + repeats) return;
        var before = answers.putIfAbsent(decision.command(), decision);
        if (before == null) return;
        if (!before.equals(decision)) throw new IllegalStateException("differs: " + decision);
        ++same;
    }
}
