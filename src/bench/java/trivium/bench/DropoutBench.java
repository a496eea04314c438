package trivium.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import trivium.tensor.Dropout;
import trivium.tensor.Floats;

/** Dropout of a slice, a position after the other, (N, C). */
@State(Scope.Thread)
public class DropoutBench {

    @Param("MEDIUM")
    public Shape shape;

    private static final double PROBABILITY = 0.1;
    private static final long KEY = 0x9e3779b97f4a7c15L;

    private Floats x;
    private Floats y;

    @Setup
    public void make() {
        long n = (long) shape.positions() * shape.width();
        x = Work.numbers(n);
        y = Work.numbers(n);
    }

    @Benchmark
    public void drop() {
        for (int i = 0; i < shape.positions(); i++) {
            Dropout.drop(y, (long) i * shape.width(), shape.width(), PROBABILITY, KEY * i);
        }
    }

    @Benchmark
    public void dropAndAdd() {
        for (int i = 0; i < shape.positions(); i++) {
            Dropout.dropAndAdd(x, y, (long) i * shape.width(), shape.width(), PROBABILITY, KEY * i);
        }
    }

    static Work work(String kernel, Shape shape) {
        double n = (double) shape.positions() * shape.width();
        return switch (kernel) {
            case "drop" -> Work.each(n, 2, 1, 15);
            default -> Work.each(n, 3, 2, 15);
        };
    }
}
