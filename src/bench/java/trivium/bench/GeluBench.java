package trivium.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import trivium.tensor.Activations;
import trivium.tensor.Floats;

/** GELU of a slice, (N, 4 C). */
@State(Scope.Thread)
public class GeluBench {

    @Param({"SMALL", "MEDIUM"})
    public Shape shape;

    private Floats x;
    private Floats y;

    private Floats ones;

    /** A gradient that is multiplied by 1 again and again stays as it is. */
    @Setup
    public void make() {
        x = Work.numbers(n(shape));
        y = Work.numbers(n(shape));
        ones = Floats.zeros(n(shape));
        for (long i = 0; i < ones.size(); i++) {
            ones.set(i, 1);
        }
    }

    @Benchmark
    public void forward() {
        Activations.gelu(x, y, n(shape));
    }

    /** Of training; the slopes soon are those of slopes, which cost no less. */
    @Benchmark
    public void withSlope() {
        Activations.geluWithSlope(x, y, n(shape));
    }

    @Benchmark
    public void backward() {
        Activations.multiply(ones, y, n(shape));
    }

    private static long n(Shape shape) {
        return (long) shape.positions() * shape.hidden();
    }

    static Work work(String kernel, Shape shape) {
        return switch (kernel) {
            case "forward" -> Work.each(n(shape), 2, 2, Work.EXPONENTIAL + 5);
            case "withSlope" -> Work.each(n(shape), 3, 2, Work.EXPONENTIAL + 12);
            default -> Work.each(n(shape), 3, 2, 1);
        };
    }
}
