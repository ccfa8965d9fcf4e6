import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.Stores;

/**
 * The decision that holdfast-bench measures, on Kafka Streams: Peer BROKERS NAME PARTITIONS COMMANDS
 * SKUS FOLDER. Topics begin with NAME, the state is in FOLDER. The last line says "rate_per_s 1234".
 */
final class Peer {
    public static void main(String[] arguments) throws Exception {
        var brokers = arguments[0];
        var name = arguments[1];
        var partitions = Integer.parseInt(arguments[2]);
        var commands = Integer.parseInt(arguments[3]);
        var skus = Integer.parseInt(arguments[4]);
        var folder = Path.of(arguments[5]);
        String input = name + ".commands", output = name + ".decisions";
        try (var admin = Admin.create(Map.of("bootstrap.servers", (Object) brokers))) {
            admin.createTopics(List.of(new NewTopic(input, partitions, (short) -1),
                                       new NewTopic(output, partitions, (short) -1)))
                .all().get();
        }
        var load = new Load(brokers, commands, skus);
        load.fill(input);
        var settings = settings(brokers, name, folder, Math.min(partitions, 4));
        try (var streams = new KafkaStreams(topology(input, output), settings)) {
            streams.start();
            System.out.println("rate_per_s " + Math.round(load.rateOf(output)));
        }
    }

    private static Topology topology(String input, String output) {
        var available = Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(Deciding.AVAILABLE), Serdes.String(), Serdes.Long());
        var decisions = Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore(Deciding.DECISIONS), Command.idSerde(), Decision.serde());
        var topology = new Topology();
        topology.addSource("commands", Serdes.String().deserializer(),
                           Command.serde().deserializer(), input);
        topology.addProcessor("deciding", Deciding::new, "commands");
        // A SKU is written again and again, a command's decision once.
        topology.addStateStore(available.withCachingEnabled(), "deciding");
        topology.addStateStore(decisions.withCachingDisabled(), "deciding");
        topology.addSink("decided", output, Serdes.String().serializer(),
                         Decision.serde().serializer(), "deciding");
        return topology;
    }

    private static Properties settings(String brokers, String name, Path folder, int threads) {
        var settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, name + ".peer");
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
        settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100);
        settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, threads);
        settings.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, 64 << 20);
        settings.put(StreamsConfig.STATE_DIR_CONFIG, folder.toString());
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 4_000);
        settings.put(ProducerConfig.BATCH_SIZE_CONFIG, 256 << 10);
        settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, 64 << 20);
        settings.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "none");
        return settings;
    }
}
