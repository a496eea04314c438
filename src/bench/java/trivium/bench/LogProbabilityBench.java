package trivium.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import trivium.tensor.Floats;
import trivium.tensor.LogProbabilities;

/** Cross entropy of a slice, from logits (N, V) and back. */
@State(Scope.Thread)
public class LogProbabilityBench {

    @Param({"SMALL", "LLAMA", "GPT2"})
    public Shape shape;

    private Floats logits;
    private Floats inverseSums;

    @Setup
    public void make() {
        logits = Work.numbers((long) shape.positions() * shape.vocabulary);
        inverseSums = Floats.zeros(shape.positions());
    }

    @Benchmark
    public float forward() {
        int v = shape.vocabulary;
        float sum = 0;
        for (int i = 0; i < shape.positions(); i++) {
            sum += LogProbabilities.forward(logits, (long) i * v, v, i % v, inverseSums, i);
        }
        return sum;
    }

    /** Scaled by 1, so that the same numbers can go through again and again. */
    @Benchmark
    public void backward() {
        int v = shape.vocabulary;
        for (int i = 0; i < shape.positions(); i++) {
            LogProbabilities.backward(logits, (long) i * v, v, i % v, 1, -1);
        }
    }

    static Work work(String kernel, Shape shape) {
        double n = (double) shape.positions() * shape.vocabulary;
        return switch (kernel) {
            case "forward" -> Work.each(n, 2, 1, Work.EXPONENTIAL + 3);
            default -> Work.each(n, 2, 1, 1);
        };
    }
}
