package trivium.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import trivium.tensor.Floats;
import trivium.tensor.Panels;

/** Decoding’s product with the packed weights of the feed-forward’s first layer, (4 C, C). */
@State(Scope.Thread)
public class PanelsBench {

    @Param({"SMALL", "MEDIUM"})
    public Shape shape;

    private static final int HANDFUL = 8;

    private Panels panels;
    private Floats weights;
    private Floats x;
    private Floats y;
    private Floats scratch;

    @Setup
    public void make() {
        panels = new Panels(shape.hidden(), shape.width());
        weights = Work.numbers((long) shape.hidden() * shape.width());
        pack();
        x = Work.numbers((long) HANDFUL * shape.width());
        y = Floats.zeros((long) HANDFUL * shape.hidden());
        scratch = Floats.zeros(Panels.SCRATCH);
    }

    /** Once before each generation. */
    @Benchmark
    public final void pack() {
        panels.pack(weights, 0);
    }

    @Benchmark
    public void oneRow() {
        panels.multiply(x, y, 1, false, scratch);
    }

    @Benchmark
    public void eightRows() {
        panels.multiply(x, y, HANDFUL, false, scratch);
    }

    static Work work(String kernel, Shape shape) {
        double weights = (double) shape.hidden() * shape.width();
        if (kernel.equals("pack")) {
            return new Work(2 * weights, 2 * weights, 0);
        }
        int rows = kernel.equals("oneRow") ? 1 : HANDFUL;
        double moved = weights + (double) rows * (shape.hidden() + shape.width());
        return new Work(moved, moved, rows * weights);
    }
}
