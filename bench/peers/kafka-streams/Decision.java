import java.nio.ByteBuffer;
import java.util.UUID;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;

/** What became of a command, and how many units of its SKU are available since. */
record Decision(UUID command, boolean accepted, long available) {
    private static final int BYTES = Long.BYTES * 3 + 1;

    static Serde<Decision> serde() {
        return Serdes.serdeFrom(
            (topic, decision) -> decision == null ? null : decision.toBytes(),
            (topic, bytes) -> bytes == null ? null : from(bytes));
    }

    private byte[] toBytes() {
        return ByteBuffer.allocate(BYTES)
            .putLong(command.getMostSignificantBits())
            .putLong(command.getLeastSignificantBits())
            .put((byte) (accepted ? 1 : 0))
            .putLong(available)
            .array();
    }

    private static Decision from(byte[] bytes) {
        var from = ByteBuffer.wrap(bytes);
        var command = new UUID(from.getLong(), from.getLong());
        return new Decision(command, from.get() == 1, from.getLong());
    }
}
