package trivium.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A run of float32 numbers in native memory that ND4J owns: the engine's only storage. A view shares memory with what
 * it was cut from and keeps it alive.
 *
 * <p>Indices are in floats from this view's start. Not thread-safe: a buffer has one owner.
 */
public final class Floats {

    static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
    /**
     * Vector kernels may read (never write) past a row's end, up to one vector; the slack keeps that inside the
     * allocation.
     */
    private static final int SLACK = 64;

    private final INDArray array;
    private final MemorySegment memory;
    private final MemorySegment numbers; // without the slack
    private final long size;

    private Floats(INDArray array, MemorySegment memory, long size) {
        this.array = array;
        this.memory = memory;
        this.numbers = memory.asSlice(0, size * Float.BYTES);
        this.size = size;
    }

    /** {@code size} zeros. On Linux what is never set of many takes no memory, but for the rest of a page. */
    public static Floats zeros(long size) {
        var floats = unset(size, size);
        NativeMemory.zero(floats.memory);
        return floats;
    }

    /**
     * {@code size} numbers that are anything until they are set. On Linux what is never set takes no memory, but for
     * the rest of a page.
     *
     * @param used how many of them will be set, which is what counts as allocated
     */
    public static Floats unset(long size, long used) {
        Backend.prepare();
        long bytes = (used + SLACK) * Float.BYTES;
        NativeMemory.ask(bytes);
        var array = Nd4j.createUninitialized(DataType.FLOAT, size + SLACK);
        NativeMemory.own(array.data(), bytes);
        var memory = MemorySegment.ofAddress(array.data().address()).reinterpret((size + SLACK) * Float.BYTES);
        if (used < size) {
            boolean _ = NativeMemory.giveUntilWritten(memory.address(), memory.byteSize());
        }
        return new Floats(array, memory, size);
    }

    /**
     * Bytes of native memory that this program has asked for until now, given back or not: what lies between two calls
     * was allocated between them.
     */
    public static long allocatedBytes() {
        return NativeMemory.allocatedBytes();
    }

    /**
     * Bytes of native memory that something still refers to, as far as the garbage collector has noticed: what is held
     * a moment after a collection.
     */
    public static long heldBytes() {
        return NativeMemory.heldBytes();
    }

    /** A buffer holding a copy of these numbers. */
    public static Floats of(float... values) {
        var floats = zeros(values.length);
        floats.set(0, values);
        return floats;
    }

    /** How many numbers. */
    public long size() {
        return size;
    }

    /** The part from {@code offset} on, sharing memory. */
    public Floats slice(long offset, long length) {
        if (offset < 0 || length < 0 || offset + length > size) {
            throw new IndexOutOfBoundsException("floats " + offset + " to " + (offset + length) + " of " + size);
        }
        return new Floats(array, memory.asSlice(offset * Float.BYTES), length);
    }

    public float get(long index) {
        return memory.get(FLOAT, index * Float.BYTES);
    }

    public void set(long index, float value) {
        memory.set(FLOAT, index * Float.BYTES, value);
    }

    /** Copies {@code values} to here, from {@code index} on. */
    public void set(long index, float[] values) {
        MemorySegment.copy(values, 0, memory, FLOAT, index * Float.BYTES, values.length);
    }

    /** A copy of {@code length} numbers from {@code index} on. */
    public float[] toArray(long index, int length) {
        var values = new float[length];
        MemorySegment.copy(memory, FLOAT, index * Float.BYTES, values, 0, length);
        return values;
    }

    /** A copy of all numbers. */
    public float[] toArray() {
        return toArray(0, Math.toIntExact(size));
    }

    /** Sets every number to 0. */
    public void clear() {
        numbers.fill((byte) 0);
    }

    /** Sets {@code length} numbers from {@code index} on to 0. */
    public void clear(long index, long length) {
        long whole = index + length - length % Lanes.COUNT;
        for (long i = index; i < whole; i += Lanes.COUNT) {
            Lanes.store(Lanes.zero(), memory, i);
        }
        for (long i = whole; i < index + length; i++) {
            set(i, 0);
        }
    }

    /** Copies {@code length} numbers of {@code source} to here. */
    public void copyFrom(Floats source, long sourceIndex, long index, long length) {
        MemorySegment.copy(source.memory, sourceIndex * Float.BYTES, memory, index * Float.BYTES, length * Float.BYTES);
    }

    /** The native memory, for kernels of this package. */
    MemorySegment memory() {
        return memory;
    }

    /** The native address of a number, for products. */
    long address(long index) {
        return memory.address() + index * Float.BYTES;
    }

    /** ND4J's view (1, size) of these numbers, sharing memory, for its updaters and functions. */
    public INDArray toNd4j() {
        long offset = (memory.address() - array.data().address()) / Float.BYTES;
        return Nd4j.create(array.data(), new long[] {1, size}, new long[] {size, 1}, offset, 'c');
    }
}
