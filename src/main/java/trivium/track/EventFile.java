package trivium.track;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;

/**
 * A file of events in TFRecord's frames: the length of the event (8 bytes, the lowest first), its masked CRC-32C (4),
 * the event, its masked CRC-32C (4).
 */
final class EventFile {

    private static final int HEAD = Long.BYTES + Integer.BYTES;
    private static final int FRAME = HEAD + Integer.BYTES;
    private static final int MASK = 0xa282ead8;

    private EventFile() {}

    /** Adds events; a reader has them when this returns. */
    static void append(Path file, Iterable<byte[]> events) throws IOException {
        var frames = new ByteArrayOutputStream();
        events.forEach(event -> frames.writeBytes(frame(event)));
        try (var out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            frames.writeTo(out);
        }
    }

    static byte[] frame(byte[] event) {
        var frame = ByteBuffer.allocate(FRAME + event.length).order(ByteOrder.LITTLE_ENDIAN);
        frame.putLong(event.length);
        frame.putInt(masked(frame.array(), Long.BYTES));
        frame.put(event);
        frame.putInt(masked(event, event.length));
        return frame.array();
    }

    /** CRC-32C, turned by 15 bits, plus a constant: a sum over data that holds sums would be a bad one. */
    private static int masked(byte[] bytes, int count) {
        var sum = new CRC32C();
        sum.update(bytes, 0, count);
        return Integer.rotateRight((int) sum.getValue(), 15) + MASK;
    }

    /**
     * Cuts off a file that this project wrote before the first event of a step after {@code last}, before the word on
     * how the run ended, or before a frame that is not whole.
     */
    static void cut(Path file, long last) throws IOException {
        var all = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int end = 0;
        while (all.limit() - end >= FRAME) {
            long length = all.getLong(end);
            if (length < 0 || length > all.limit() - end - FRAME) {
                break;
            }
            var event = new byte[(int) length];
            all.get(end + HEAD, event);
            boolean whole = all.getInt(end + HEAD + event.length) == masked(event, event.length);
            if (!whole || Events.step(event) > last || Events.isEnd(event)) {
                break;
            }
            end += FRAME + event.length;
        }
        if (end < all.limit()) {
            try (var shorter = new RandomAccessFile(file.toFile(), "rw")) {
                shorter.setLength(end);
            }
        }
    }
}
