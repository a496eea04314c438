package trivium.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import trivium.tensor.Activations;
import trivium.tensor.Floats;

/** SwiGLU of a slice, gate and up (N, 2 H) to (N, H). */
@State(Scope.Thread)
public class SwigluBench {

    @Param("LLAMA")
    public Shape shape;

    private Floats gateUp;
    private Floats dGateUp;
    private Floats y;

    @Setup
    public void make() {
        gateUp = Work.numbers(2 * n(shape));
        dGateUp = Floats.zeros(2 * n(shape));
        y = Work.numbers(n(shape));
    }

    @Benchmark
    public void forward() {
        Activations.swiglu(gateUp, y, shape.positions(), shape.hidden());
    }

    @Benchmark
    public void backward() {
        Activations.swigluBackward(gateUp, y, dGateUp, shape.positions(), shape.hidden());
    }

    private static long n(Shape shape) {
        return (long) shape.positions() * shape.hidden();
    }

    static Work work(String kernel, Shape shape) {
        return switch (kernel) {
            case "forward" -> Work.each(n(shape), 3, 3, Work.EXPONENTIAL + 5);
            default -> Work.each(n(shape), 5, 5, Work.EXPONENTIAL + 11);
        };
    }
}
