import java.util.UUID;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/** A command is decided once: the same one again has the same answer. No unit is promised twice. */
final class Deciding implements Processor<String, Command, String, Decision> {
    static final String AVAILABLE = "available", DECISIONS = "decisions";

    private ProcessorContext<String, Decision> context;
    private KeyValueStore<String, Long> available;
    private KeyValueStore<UUID, Decision> decisions;

    @Override
    public void init(ProcessorContext<String, Decision> context) {
        this.context = context;
        available = context.getStateStore(AVAILABLE);
        decisions = context.getStateStore(DECISIONS);
    }

    @Override
    public void process(Record<String, Command> record) {
        var decision = decisions.get(record.value().id());
        if (decision == null) {
            decision = decide(record.key(), record.value());
            decisions.put(decision.command(), decision);
        }
        context.forward(record.withValue(decision));
    }

    private Decision decide(String sku, Command command) {
        var known = available.get(sku);
        long before = known == null ? 0 : known;
        long after = switch (command.kind()) {
            case RECEIVE -> before + command.quantity();
            case RESERVE -> before - command.quantity();
        };
        if (after < 0) return new Decision(command.id(), false, before);
        available.put(sku, after);
        return new Decision(command.id(), true, after);
    }
}
