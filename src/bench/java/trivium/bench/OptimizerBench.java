package trivium.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import trivium.tensor.Floats;
import trivium.tensor.Vectors;

/** What is done with every parameter once a step, on one thread. */
@State(Scope.Thread)
public class OptimizerBench {

    @Param({"SMALL", "MEDIUM"})
    public Shape shape;

    private static final int STRETCH = 1 << 16;

    private Floats[] buffers;

    @Setup
    public void make() {
        buffers = new Floats[] {numbers(), numbers(), numbers(), numbers()};
    }

    private Floats numbers() {
        return Work.numbers(shape.parameters());
    }

    @Benchmark
    public void adamW() {
        for (long from = 0; from < shape.parameters(); from += STRETCH) {
            long to = Math.min(shape.parameters(), from + STRETCH);
            Vectors.adamW(
                    buffers[0],
                    buffers[1],
                    buffers[2],
                    buffers[3],
                    from,
                    to,
                    from,
                    1,
                    0.1f,
                    1e-4f,
                    0.9f,
                    0.99f,
                    1e-8f,
                    1.1f,
                    1.01f);
        }
    }

    @Benchmark
    public double gradientNorm() {
        double squares = 0;
        for (long from = 0; from < shape.parameters(); from += STRETCH) {
            long to = Math.min(shape.parameters(), from + STRETCH);
            squares += Vectors.squares(buffers[1], from, to);
        }
        return squares;
    }

    static Work work(String kernel, Shape shape) {
        return kernel.equals("adamW")
                ? Work.each(shape.parameters(), 7, 4, 16)
                : Work.each(shape.parameters(), 1, 1, 1);
    }
}
