package trivium.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import trivium.tensor.Floats;
import trivium.tensor.Norms;

/** RMSNorm of a slice, (N, C). */
@State(Scope.Thread)
public class RmsNormBench {

    @Param("LLAMA")
    public Shape shape;

    private static final float EPSILON = 1e-5f;

    private Floats x;
    private Floats y;
    private Floats dx;
    private Floats scale;
    private Floats gradient;
    private Floats statistics;

    @Setup
    public void make() {
        long n = (long) shape.positions() * shape.width();
        x = Work.numbers(n);
        y = Work.numbers(n);
        dx = Work.numbers(n);
        scale = Work.numbers(shape.width());
        gradient = Floats.zeros(shape.width());
        statistics = Floats.zeros(2L * shape.positions());
        forward();
    }

    @Benchmark
    public final void forward() {
        Norms.rmsNorm(x, scale, 0, 0, EPSILON, shape.positions(), shape.width(), y, statistics);
    }

    /** Added to what flows past, as in a block. */
    @Benchmark
    public void backward() {
        int n = shape.positions();
        Norms.backward(x, statistics, false, scale, 0, 0, -1, n, shape.width(), y, gradient, 0, dx, true);
    }

    static Work work(String kernel, Shape shape) {
        double n = (double) shape.positions() * shape.width();
        return switch (kernel) {
            case "forward" -> Work.each(n, 2, 2, 3);
            default -> Work.each(n, 4, 3, 10);
        };
    }
}
