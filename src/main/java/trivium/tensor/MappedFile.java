package trivium.tensor;

import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.util.Objects;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * A file of numbers, little-endian, mapped into memory: the operating system reads the pages that are used and drops
 * them when it needs the memory, so that weights are never in memory twice. The mapping goes when nothing refers to it
 * any more. The file may be deleted or replaced meanwhile, but not shortened. Any number of threads may read.
 */
public final class MappedFile {

    private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, Lanes.SPECIES.vectorShape());
    private static final VectorSpecies<Short> SHORTS =
            VectorSpecies.of(short.class, VectorShape.forBitSize(Lanes.SPECIES.vectorBitSize() / 2));
    private static final ValueLayout.OfShort SHORT = JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int LOWER_BITS = 16;
    private static final int CHUNK = 1 << 13;

    /** Rows that are turned together: as many numbers are written side by side. */
    private static final int TURNED = 64;

    private final MemorySegment segment;

    private MappedFile(MemorySegment segment) {
        this.segment = segment;
    }

    /** Maps a whole file; the channel may be closed afterwards. */
    public static MappedFile map(FileChannel channel) throws IOException {
        return new MappedFile(channel.map(MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto()));
    }

    /** The file's bytes. */
    public long size() {
        return segment.byteSize();
    }

    /** Copies {@code count} numbers from byte {@code from} on to {@code to[at …]}. */
    public void read(Dtype dtype, long from, Floats to, long at, long count) {
        Objects.checkFromIndexSize(from, count * dtype.bytes(), size());
        Objects.checkFromIndexSize(at, count, to.size());
        switch (dtype) {
            case F32 -> MemorySegment.copy(segment, from, to.memory(), at * Float.BYTES, count * Float.BYTES);
            case F16 -> readHalves(from, to, at, count);
            case BF16 -> {
                // piece by piece: a loop over all of a large tensor would not be compiled until it is over
                for (long i = 0; i < count; i += CHUNK) {
                    readBrainFloats(from + i * Short.BYTES, to.memory(), at + i, Math.min(CHUNK, count - i));
                }
            }
        }
    }

    private void readHalves(long from, Floats to, long at, long count) {
        var bits = new short[CHUNK];
        for (long i = 0; i < count; i += CHUNK) {
            int n = (int) Math.min(CHUNK, count - i);
            MemorySegment.copy(segment, SHORT, from + i * Short.BYTES, bits, 0, n);
            var values = new float[n];
            for (int j = 0; j < n; j++) {
                values[j] = Float.float16ToFloat(bits[j]);
            }
            to.set(at + i, values);
        }
    }

    private void readBrainFloats(long from, MemorySegment to, long at, long count) {
        long whole = count - count % Lanes.COUNT;
        for (long i = 0; i < whole; i += Lanes.COUNT) {
            var bits = ShortVector.fromMemorySegment(SHORTS, segment, from + i * Short.BYTES, ByteOrder.LITTLE_ENDIAN);
            ((IntVector) bits.convertShape(VectorOperators.S2I, INTS, 0))
                    .lanewise(VectorOperators.LSHL, LOWER_BITS)
                    .intoMemorySegment(to, (at + i) * Float.BYTES, ByteOrder.nativeOrder());
        }
        for (long i = whole; i < count; i++) {
            int bits = segment.get(SHORT, from + i * Short.BYTES) << LOWER_BITS;
            to.set(Floats.FLOAT, (at + i) * Float.BYTES, Float.intBitsToFloat(bits));
        }
    }

    /**
     * Copies neighbouring columns of a matrix, which become rows: column {@code first + c} of row r stands at
     * {@code to[at + c · rows + r]} then.
     *
     * @param from the matrix's first byte
     * @param rows of the matrix, {@code columns} numbers each
     * @param first column that is read
     * @param count columns that are read
     */
    public void readTransposed(
            Dtype dtype, long from, int rows, int columns, int first, int count, Floats to, long at) {
        Objects.checkFromIndexSize(first, count, columns);
        Objects.checkFromIndexSize(at, (long) rows * count, to.size());
        var block = Floats.zeros((long) TURNED * count);
        for (int row = 0; row < rows; row += TURNED) {
            int n = Math.min(TURNED, rows - row);
            for (int r = 0; r < n; r++) {
                long place = (long) (row + r) * columns + first;
                read(dtype, from + place * dtype.bytes(), block, (long) r * count, count);
            }
            for (int c = 0; c < count; c++) {
                long place = at + (long) c * rows + row;
                for (int r = 0; r < n; r++) {
                    to.set(place + r, block.get((long) r * count + c));
                }
            }
        }
    }
}
