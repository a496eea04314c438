package trivium.tensor;

import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * A run of bfloat16 numbers in native memory: the upper half of a float32's bits, for products that trade digits for
 * speed. Not thread-safe: a buffer has one owner.
 */
public final class BrainFloats {

    private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, Lanes.SPECIES.vectorShape());
    private static final VectorSpecies<Short> SHORTS =
            VectorSpecies.of(short.class, VectorShape.forBitSize(Lanes.SPECIES.vectorBitSize() / 2));
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final int HALF = 0x7fff;
    private static final int LOWER_BITS = 16;
    private static final int CHUNK = 1 << 13;

    private final Floats memory; // two numbers in the place of one

    private BrainFloats(Floats memory) {
        this.memory = memory;
    }

    /** {@code size} zeros. */
    public static BrainFloats zeros(long size) {
        return new BrainFloats(Floats.zeros((size + 1) / 2));
    }

    /**
     * Sets the first {@code count} numbers to {@code source}'s from {@code offset} on, each rounded to the nearest,
     * ties to even. A NaN stays one as long as it is what arithmetic makes.
     */
    public void round(Floats source, long offset, long count) {
        round(source, offset, 0, count);
    }

    /** The same of the numbers from {@code at} on. */
    public void round(Floats source, long offset, long at, long count) {
        // piece by piece: a loop over all of a large tensor would not be compiled until it is over
        for (long i = 0; i < count; i += CHUNK) {
            roundPiece(source, offset + i, at + i, Math.min(CHUNK, count - i));
        }
    }

    /**
     * The same of {@code columns} neighbouring columns of a matrix, row after row without gaps.
     *
     * @param offset of the first number
     * @param stride from a row of the matrix to the next
     */
    public void round(Floats source, long offset, int stride, int rows, int columns) {
        for (int row = 0; row < rows; row++) {
            roundPiece(source, offset + (long) row * stride, (long) row * columns, columns);
        }
    }

    private void roundPiece(Floats source, long offset, long at, long count) {
        var from = source.memory();
        var to = memory.memory();
        long whole = count - count % Lanes.COUNT;
        for (long i = 0; i < whole; i += Lanes.COUNT) {
            var bits = IntVector.fromMemorySegment(INTS, from, (offset + i) * Float.BYTES, ORDER);
            var odd = bits.lanewise(VectorOperators.LSHR, LOWER_BITS).and(1);
            var rounded = bits.add(odd).add(HALF).lanewise(VectorOperators.LSHR, LOWER_BITS);
            ((ShortVector) rounded.convertShape(VectorOperators.I2S, SHORTS, 0))
                    .intoMemorySegment(to, (at + i) * Short.BYTES, ORDER);
        }
        for (long i = whole; i < count; i++) {
            to.set(JAVA_SHORT, (at + i) * Short.BYTES, nearest(source.get(offset + i)));
        }
    }

    private static short nearest(float value) {
        int bits = Float.floatToRawIntBits(value);
        return (short) ((bits + ((bits >>> LOWER_BITS) & 1) + HALF) >>> LOWER_BITS);
    }

    /** Copies numbers from {@code offset} on, each as the float32 that it is the beginning of, to {@code to[at …]}. */
    public void widen(long offset, Floats to, long at, long count) {
        for (long i = 0; i < count; i += CHUNK) {
            widenPiece(offset + i, to.memory(), at + i, Math.min(CHUNK, count - i));
        }
    }

    private void widenPiece(long offset, MemorySegment to, long at, long count) {
        var from = memory.memory();
        long whole = count - count % Lanes.COUNT;
        for (long i = 0; i < whole; i += Lanes.COUNT) {
            var bits = ShortVector.fromMemorySegment(SHORTS, from, (offset + i) * Short.BYTES, ORDER);
            ((IntVector) bits.convertShape(VectorOperators.S2I, INTS, 0))
                    .lanewise(VectorOperators.LSHL, LOWER_BITS)
                    .intoMemorySegment(to, (at + i) * Float.BYTES, ORDER);
        }
        for (long i = whole; i < count; i++) {
            to.set(Floats.FLOAT, (at + i) * Float.BYTES, get(offset + i));
        }
    }

    /** Whether so many numbers from {@code offset} on are bfloat16 already: nothing is lost by rounding them. */
    static boolean hold(Floats source, long offset, long count) {
        var memory = source.memory();
        var bits = IntVector.zero(INTS);
        long whole = count - count % Lanes.COUNT;
        for (long i = 0; i < whole; i += Lanes.COUNT) {
            bits = bits.or(IntVector.fromMemorySegment(INTS, memory, (offset + i) * Float.BYTES, ORDER));
        }
        int rest = 0;
        for (long i = whole; i < count; i++) {
            rest |= Float.floatToRawIntBits(source.get(offset + i));
        }
        return ((bits.reduceLanes(VectorOperators.OR) | rest) & 0xffff) == 0;
    }

    /** A number, as the float32 that it is the beginning of. */
    public float get(long index) {
        return Float.intBitsToFloat(bits(index) << LOWER_BITS);
    }

    /** A number's bits. */
    short bits(long index) {
        return memory.memory().get(JAVA_SHORT, index * Short.BYTES);
    }

    /** Tells whether any of the first {@code size} numbers has changed since ({@link Vectors#fingerprint}). */
    public int[] fingerprint(long size) {
        return Vectors.fingerprint(memory, (size + 1) / 2);
    }

    /** The native address of a number, for products. */
    long address(long index) {
        return memory.address(0) + index * Short.BYTES;
    }
}
