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
    private CachedAttention cache;
    private Floats y;

    @Setup
    public void make() {
        query = Work.numbers(shape.width());
        cache = new CachedAttention(1, shape.heads(), shape.headSize(), shape.time());
        for (int t = 0; t < shape.time(); t++) {
            cache.put(0, t, Work.numbers(2L * shape.width()), 0);
        }
        y = Floats.zeros(shape.width());
    }

    @Benchmark
    public void attend() {
        cache.attend(0, length(shape), shape.heads(), 0.125f, query, 0, y, 0);
    }

    private static int length(Shape shape) {
        return shape.time() / 2;
    }

    static Work work(String kernel, Shape shape) {
        double cached = 2.0 * length(shape) * shape.width();
        return new Work(cached, cached, cached + length(shape) * shape.heads() * (Work.EXPONENTIAL + 3.0));
    }
}
