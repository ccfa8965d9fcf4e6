import java.nio.ByteBuffer;
import java.util.UUID;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/** What is wanted of a SKU, which is the message's key: to receive so many units, or to reserve. */
record Command(UUID id, Kind kind, long quantity) {
    enum Kind { RECEIVE, RESERVE }

    private static final int BYTES = Long.BYTES * 3 + 1;

    static Serde<Command> serde() {
        return Serdes.serdeFrom(
            (topic, command) -> command.toBytes(), (topic, bytes) -> from(bytes));
    }

    /** Sixteen bytes: Kafka's own serde of UUIDs writes text. */
    static Serde<UUID> idSerde() {
        return Serdes.serdeFrom(
            (topic, id) -> ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array(),
            (topic, bytes) -> new UUID(ByteBuffer.wrap(bytes).getLong(),
                                       ByteBuffer.wrap(bytes).getLong(Long.BYTES)));
    }

    private byte[] toBytes() {
        return ByteBuffer.allocate(BYTES)
            .putLong(id.getMostSignificantBits())
            .putLong(id.getLeastSignificantBits())
            .put((byte) kind.ordinal())
            .putLong(quantity)
            .array();
    }

    private static Command from(byte[] bytes) {
        var from = ByteBuffer.wrap(bytes);
        var id = new UUID(from.getLong(), from.getLong());
        return new Command(id, Kind.values()[from.get()], from.getLong());
    }
}
