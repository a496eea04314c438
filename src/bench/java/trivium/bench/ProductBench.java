package trivium.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import trivium.tensor.Blas;
import trivium.tensor.Floats;

/** The products of a slice: the feed-forward’s first layer, and one head of attention. */
@State(Scope.Thread)
public class ProductBench {

    @Param({"SMALL", "MEDIUM", "LLAMA"})
    public Shape shape;

    private Floats a;
    private Floats b;
    private Floats c;

    @Setup
    public void make() {
        long widest = Math.max(shape.positions(), shape.width());
        a = Work.numbers(widest * up(shape));
        b = Work.numbers(widest * up(shape));
        c = Work.numbers(widest * up(shape));
    }

    /** (N, C) · (out, C)ᵀ. */
    @Benchmark
    public void forward() {
        int n = shape.positions();
        int in = shape.width();
        int out = up(shape);
        Blas.multiply(false, true, n, out, in, a, 0, in, b, 0, in, 0, c, 0, out);
    }

    /** (N, out)ᵀ · (N, C), added to the gradient. */
    @Benchmark
    public void weightGradient() {
        int n = shape.positions();
        int in = shape.width();
        int out = up(shape);
        Blas.multiply(true, false, out, in, n, a, 0, out, b, 0, in, 1, c, 0, in);
    }

    /** (N, out) · (out, C). */
    @Benchmark
    public void inputGradient() {
        int n = shape.positions();
        int in = shape.width();
        int out = up(shape);
        Blas.multiply(false, false, n, in, out, a, 0, out, b, 0, in, 0, c, 0, in);
    }

    /** Queries (T, D) · keys (T, D)ᵀ, strided as they stand side by side. */
    @Benchmark
    public void scores() {
        int time = shape.time();
        int size = shape.headSize();
        int stride = shape.width();
        Blas.multiply(false, true, time, time, size, a, 0, stride, b, 0, stride, 0, c, 0, time);
    }

    /** Weights (T, T) · values (T, D). */
    @Benchmark
    public void mixing() {
        int time = shape.time();
        int size = shape.headSize();
        int stride = shape.width();
        Blas.multiply(false, false, time, size, time, a, 0, time, b, 0, stride, 0, c, 0, stride);
    }

    /** Gate and up together for Llama. */
    private static int up(Shape shape) {
        return shape == Shape.LLAMA ? 2 * shape.hidden() : shape.hidden();
    }

    static Work work(String kernel, Shape shape) {
        double n = shape.positions();
        double in = shape.width();
        double out = up(shape);
        double time = shape.time();
        double size = shape.headSize();
        double matrices = n * in + out * in + n * out;
        double heads = 2 * time * size + time * time;
        return switch (kernel) {
            case "forward", "inputGradient" -> new Work(matrices, matrices, n * in * out);
            case "weightGradient" -> new Work(matrices + out * in, matrices, n * in * out);
            default -> new Work(heads, heads, time * time * size);
        };
    }
}
