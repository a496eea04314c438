package trivium.tensor;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.util.Objects;

/**
 * Numbers of 16 bits (0 to 65,535) or 32 bits in a file, little-endian, mapped into memory: the operating system reads
 * the pages that are used and drops them when it needs the memory. The mapping goes when nothing refers to it any more.
 * The file may be deleted or replaced meanwhile, but not shortened. Any number of threads may read.
 */
public final class MappedIntegers {

    private static final ValueLayout.OfShort SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment segment;
    private final int width;

    private MappedIntegers(MemorySegment segment, int width) {
        this.segment = segment;
        this.width = width;
    }

    /**
     * Maps {@code count} numbers from byte {@code offset} on; the channel may be closed afterwards.
     *
     * @param width bytes a number: 2 or 4
     */
    public static MappedIntegers map(FileChannel channel, long offset, long count, int width) throws IOException {
        if (width != Short.BYTES && width != Integer.BYTES) {
            throw new IllegalArgumentException("numbers take 2 or 4 bytes each, not " + width);
        }
        long bytes = Math.multiplyExact(count, width);
        if (offset < 0 || count < 0 || bytes > channel.size() - offset) {
            throw new IllegalArgumentException(count + " numbers of " + width + " bytes from byte " + offset
                    + " on do not fit a file of " + channel.size() + " bytes");
        }
        return new MappedIntegers(channel.map(MapMode.READ_ONLY, offset, bytes, Arena.ofAuto()), width);
    }

    /** How many numbers there are. */
    public long size() {
        return segment.byteSize() / width;
    }

    /** Copies numbers {@code from … from + count - 1} to {@code to[at …]}. */
    public void copy(long from, int[] to, int at, int count) {
        Objects.checkFromIndexSize(from, count, size());
        if (width == Integer.BYTES) {
            MemorySegment.copy(segment, INT, from * width, to, at, count);
            return;
        }
        for (int i = 0; i < count; i++) {
            to[at + i] = Short.toUnsignedInt(segment.get(SHORT, (from + i) * width));
        }
    }
}
