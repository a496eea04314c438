package trivium.model;

import java.util.concurrent.CancellationException;
import java.util.function.IntConsumer;
import trivium.model.Size.Use;
import trivium.tensor.Cuts;
import trivium.tensor.Floats;
import trivium.tensor.Precision;
import trivium.tensor.Vectors;
import trivium.tensor.Workers;

/**
 * The one place where work is spread over processors: a batch is cut into slices of whole rows, workers run the whole
 * forward and backward of a slice, and the slices' gradients are added in a fixed order. The number of slices does not
 * depend on the number of workers, so neither do the results, to the last bit.
 */
public final class Slices implements AutoCloseable {

    /** Enough for the cores of a laptop; more would make the products of a small batch too thin. */
    static final int SLICES = 4;

    private static final long CHUNK = 1 << 16;

    private final LanguageModel model;
    private final Precision precision;
    private final Workers workers;
    private final Pass[] passes = new Pass[SLICES];
    private final Floats[] gradients = new Floats[SLICES];
    private final Floats[] others = new Floats[SLICES - 1]; // gradients but the first
    private final double[] losses = new double[SLICES];
    private final int[] right = new int[SLICES];
    private final double[] squares;
    private int passRows;
    private int passTime;
    private float[] values = {};
    private float[] valueGradients = {};

    // What the workers work on: fields, so that a step makes no objects.
    private final IntConsumer slice = this::slice;
    private final IntConsumer chunk = this::chunk;
    private int lastSlices;
    private Input input;
    private Dice dice;
    private float[] weights;
    private Loss loss;

    /** One slice's share of the loss, from values (B, T) to dL/dvalue (B, T); see {@code trivium.train.Objective}. */
    @FunctionalInterface
    public interface Loss {
        double of(int from, int to, float[] values, float[] gradients);
    }

    /** Where the rows are: {@code rows × time} tokens and targets, and how they belong together or apart. */
    public record Input(int rows, int time, int[] tokens, int[] targets, Cuts cuts) {

        public Input {
            cuts.check(rows, time);
        }

        /** Every row is one document, in indivisible groups of {@code group} rows. */
        public Input(int rows, int time, int[] tokens, int[] targets, int group) {
            this(rows, time, tokens, targets, Cuts.groups(group));
        }

        int group() {
            return cuts.group();
        }
    }

    /** Slices of this model's batches for this many threads, in float32. */
    public Slices(LanguageModel model, int workers) {
        this(model, Compute.DEFAULT.withWorkers(workers));
    }

    /** Slices of this model's batches. */
    public Slices(LanguageModel model, Compute compute) {
        this.model = model;
        this.precision = compute.used();
        this.workers = new Workers(compute.workers());
        squares = new double[Math.toIntExact(Math.ceilDiv(model.parameters().count(), CHUNK))];
    }

    public LanguageModel model() {
        return model;
    }

    /** The threads, for work of the same kind on whole vectors. */
    public Workers workers() {
        return workers;
    }

    /** Forward only: fills {@code values} (B, T). */
    public void values(Input input, float[] values) {
        prepare(input, false);
        int slices = count(input);
        workers.run(slices, i -> {
            int from = bound(input, i, slices);
            int to = bound(input, i + 1, slices);
            passes[i].forward(input.tokens(), input.targets(), from, to, input.time(), values);
        });
        stopIfInterrupted();
    }

    /**
     * Reads the outputs (to - from, time, outputs) of the rows {@code from … to - 1}, which are its for this call only.
     */
    @FunctionalInterface
    public interface Reader {
        void read(int from, int to, Floats outputs);
    }

    /** Forward only, for looking at the raw outputs; the targets do not matter. Each slice's reader has a thread. */
    public void outputs(Input input, Reader reader) {
        prepare(input, false);
        int slices = count(input);
        workers.run(slices, i -> {
            int from = bound(input, i, slices);
            int to = bound(input, i + 1, slices);
            reader.read(from, to, passes[i].outputs(input.tokens(), from, to, input.time()));
        });
        stopIfInterrupted();
    }

    /**
     * Forward and backward of a whole batch, nothing dropped. {@link #reduce} and {@link #gradient()} then answer
     * dL/dθ.
     *
     * @return the loss
     */
    public double gradients(Input input, Loss loss) {
        return gradients(input, null, loss);
    }

    /** The same for a training step, with the dice of its dropout; null for none. */
    public double gradients(Input input, Dice dice, Loss loss) {
        return gradients(input, dice, null, loss);
    }

    /** The same, where {@link #right} is asked for afterwards, of the positions with a weight (B, T). */
    public double gradients(Input input, Dice dice, float[] weights, Loss loss) {
        prepare(input, true);
        this.input = input;
        this.dice = dice;
        this.weights = weights;
        this.loss = loss;
        lastSlices = count(input);
        workers.run(lastSlices, slice);
        stopIfInterrupted();
        return sum(losses, lastSlices);
    }

    private void slice(int i) {
        int from = bound(input, i, lastSlices);
        int to = bound(input, i + 1, lastSlices);
        if (dice == null) {
            passes[i].forward(input.tokens(), input.targets(), from, to, input.time(), values);
        } else {
            passes[i].forward(input.tokens(), input.targets(), from, to, input.time(), values, dice);
        }
        right[i] = weights == null ? -1 : passes[i].right(weights);
        losses[i] = loss.of(from, to, values, valueGradients);
        passes[i].gradient(valueGradients, gradients[i]);
    }

    /** At how many positions of the last batch no token was likelier than the target; −1 where it is not known. */
    public int right() {
        int sum = 0;
        for (int i = 0; i < lastSlices; i++) {
            if (right[i] < 0) {
                return -1;
            }
            sum += right[i];
        }
        return sum;
    }

    /** Adds the slices' gradients into {@link #gradient()}; answers its Euclidean norm. */
    public double reduce() {
        workers.run(squares.length, chunk);
        return Math.sqrt(sum(squares, squares.length));
    }

    private void chunk(int i) {
        long end = Math.min(model.parameters().count(), (i + 1) * CHUNK);
        squares[i] = Vectors.addAll(gradients[0], others, lastSlices - 1, i * CHUNK, end);
    }

    /** With what rounding takes from each addition given back to the next (Kahan 1965). */
    private static double sum(double[] values, int count) {
        double sum = 0;
        double excess = 0;
        for (int i = 0; i < count; i++) {
            double value = values[i] - excess;
            double next = sum + value;
            excess = next - sum - value;
            sum = next;
        }
        return sum - excess;
    }

    /** dL/dθ of the last batch, after {@link #reduce}. */
    public Floats gradient() {
        return gradients[0];
    }

    private int count(Input input) {
        return Math.min(SLICES, input.rows() / input.group());
    }

    private static int bound(Input input, int slice, int slices) {
        int groups = input.rows() / input.group();
        return (int) ((long) groups * slice / slices) * input.group();
    }

    private void prepare(Input input, boolean training) {
        stopIfInterrupted();
        if (input.time() > model.context()) {
            throw new IllegalArgumentException("a batch of " + input.time()
                    + " tokens a row is longer than the model's context of " + model.context());
        }
        int slices = count(input);
        int groups = input.rows() / input.group();
        int rows = (groups + slices - 1) / slices * input.group();
        boolean grows = rows > passRows || input.time() > passTime;
        if (grows || training && gradients[0] == null) {
            var use = training ? Use.TRAINING : Use.SCORING;
            model.size(input.rows(), input.time(), use).ifPresent(Size::requireFits);
        }
        if (grows) {
            passRows = Math.max(rows, passRows);
            passTime = Math.max(input.time(), passTime);
            for (int i = 0; i < SLICES; i++) {
                passes[i] = null;
            }
        }
        for (int i = 0; i < slices; i++) {
            if (passes[i] == null) {
                passes[i] = model.pass(passRows, passTime, precision);
            }
            passes[i].cuts(input.cuts());
            if (training && gradients[i] == null) {
                gradients[i] = Floats.zeros(model.parameters().count());
            }
            if (i > 0) {
                others[i - 1] = gradients[i];
            }
        }
        int n = input.rows() * input.time();
        if (training && values.length < n) {
            values = new float[n];
            valueGradients = new float[n];
        }
    }

    private static void stopIfInterrupted() {
        if (Thread.interrupted()) {
            throw new CancellationException("interrupted");
        }
    }

    @Override
    public void close() {
        workers.close();
    }
}
