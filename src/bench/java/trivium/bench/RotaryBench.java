package trivium.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import trivium.tensor.Floats;
import trivium.tensor.Rotary;

/** Turning the queries and keys of a slice in place, among queries, keys and values (N, (H + 2K)·D). */
@State(Scope.Thread)
public class RotaryBench {

    @Param("LLAMA")
    public Shape shape;

    private Rotary rotary;
    private Floats queriesKeysValues;

    @Setup
    public void make() {
        rotary = new Rotary(shape.time(), shape.headSize(), 10_000);
        queriesKeysValues = Work.numbers((long) shape.positions() * stride(shape));
    }

    @Benchmark
    public void turn() {
        for (int i = 0; i < shape.positions(); i++) {
            rotary.turn(queriesKeysValues, (long) i * stride(shape), turned(shape), i % shape.time(), true);
        }
    }

    /** Heads of queries and keys. */
    private static int turned(Shape shape) {
        return shape.heads() + shape.architecture.attention().keyValueHeads();
    }

    private static int stride(Shape shape) {
        return (turned(shape) + shape.architecture.attention().keyValueHeads()) * shape.headSize();
    }

    static Work work(String kernel, Shape shape) {
        return Work.each((double) shape.positions() * turned(shape) * shape.headSize(), 2, 1, 2);
    }
}
