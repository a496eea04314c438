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

    /** Where x is large the slope is 1, so that a gradient multiplied by it again and again stays as it is. */
    @Setup
    public void make() {
        x = Floats.zeros(n(shape));
        y = Work.numbers(n(shape));
        for (long i = 0; i < x.size(); i++) {
            x.set(i, 20);
        }
    }

    @Benchmark
    public void forward() {
        Activations.gelu(x, y, n(shape));
    }

    @Benchmark
    public void backward() {
        Activations.geluBackward(x, y, n(shape));
    }

    private static long n(Shape shape) {
        return (long) shape.positions() * shape.hidden();
    }

    static Work work(String kernel, Shape shape) {
        return switch (kernel) {
            case "forward" -> Work.each(n(shape), 2, 2, Work.EXPONENTIAL + 5);
            default -> Work.each(n(shape), 3, 2, Work.EXPONENTIAL + 11);
        };
    }
}
