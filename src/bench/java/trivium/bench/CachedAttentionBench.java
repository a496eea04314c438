package trivium.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import trivium.tensor.CachedAttention;
import trivium.tensor.Floats;

/** A new token looks at half a context of cached ones, all heads of a layer. */
@State(Scope.Thread)
public class CachedAttentionBench {

    @Param({"SMALL", "MEDIUM"})
    public Shape shape;

    private Floats query;
    private Floats keys;
    private Floats values;
    private Floats scores;
    private Floats y;

    @Setup
    public void make() {
        query = Work.numbers(shape.width());
        keys = Work.numbers((long) shape.width() * shape.time());
        values = Work.numbers((long) shape.width() * shape.time());
        scores = Floats.zeros(shape.time());
        y = Floats.zeros(shape.width());
    }

    @Benchmark
    public void attend() {
        int size = shape.headSize();
        int capacity = shape.time();
        for (int head = 0; head < shape.heads(); head++) {
            long at = (long) head * size;
            CachedAttention.attend(
                    query,
                    at,
                    keys,
                    at * capacity,
                    values,
                    at,
                    shape.width(),
                    length(shape),
                    capacity,
                    size,
                    0.125f,
                    scores,
                    y,
                    at);
        }
    }

    private static int length(Shape shape) {
        return shape.time() / 2;
    }

    static Work work(String kernel, Shape shape) {
        double cached = 2.0 * length(shape) * shape.width();
        return new Work(cached, cached, cached + length(shape) * shape.heads() * (Work.EXPONENTIAL + 3.0));
    }
}
