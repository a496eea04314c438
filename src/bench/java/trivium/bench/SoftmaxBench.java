package trivium.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import trivium.tensor.Floats;
import trivium.tensor.Softmax;

/** Attention weights of one head, causal, (T, T). */
@State(Scope.Thread)
public class SoftmaxBench {

    @Param({"SMALL", "MEDIUM"})
    public Shape shape;

    private Floats weights;
    private Floats gradients;
    private float scale;

    @Setup
    public void make() {
        int block = shape.time() * shape.time();
        weights = Work.numbers(block);
        gradients = Work.numbers(block);
        scale = (float) (1 / Math.sqrt(shape.headSize()));
    }

    @Benchmark
    public void forward() {
        Softmax.forward(weights, 0, shape.time(), shape.time(), shape.time(), 1, scale);
    }

    /** In place, so that the gradients soon are 0, which costs no less than other numbers. */
    @Benchmark
    public void backward() {
        Softmax.backward(weights, 0, gradients, 0, shape.time(), shape.time(), shape.time(), 1, scale);
    }

    static Work work(String kernel, Shape shape) {
        double all = (double) shape.time() * shape.time();
        double seen = (all + shape.time()) / 2;
        return switch (kernel) {
            case "forward" -> new Work(seen + all, all, seen * (Work.EXPONENTIAL + 4));
            default -> new Work(2 * seen + all, 2 * all, seen * 4);
        };
    }
}
