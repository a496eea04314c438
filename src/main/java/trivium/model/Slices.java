package trivium.model;

import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.IntConsumer;
import trivium.model.Size.Use;
import trivium.tensor.Batch;
import trivium.tensor.Floats;
import trivium.tensor.Precision;
import trivium.tensor.Vectors;
import trivium.tensor.Workers;

/**
 * The one place where work is spread over processors. A batch is cut into slices of whole rows, and workers take a
 * slice each through forward and back; then they share the parts of the parameters, and whoever has a part computes its
 * gradient over all slices, one after the other. Neither slices nor parts depend on the number of workers, so neither
 * do the results, to the last bit; and there is one gradient.
 */
public final class Slices implements AutoCloseable {

    /** The most slices of a batch. */
    public static final int SLICES = 64;

    /** As many as this there are if there are as many rows, however short. */
    private static final int FEW = 4;

    /** The most positions of a slice, if that makes no more slices than {@link #SLICES}: fewer make products thin. */
    private static final int POSITIONS = 512;

    private static final long CHUNK = 1 << 16;

    private final LanguageModel model;
    private final Precision precision;
    private final boolean checkpointing;
    private final Workers workers;
    private final Pass[] passes = new Pass[SLICES];
    private Floats gradient; // made when first asked for
    private final double[] losses = new double[SLICES];
    private final int[] right = new int[SLICES];
    private final boolean skipsPadding;
    private final List<Parameters.Range> chunks; // of what is trained
    private final double[] squares;
    private double temperature = 1;
    private int passPositions;
    private int passTime;
    private float[] values = {};
    private float[] valueGradients = {};

    // What the workers work on: fields, so that a step makes no objects.
    private final IntConsumer slice = this::slice;
    private final IntConsumer chunk = this::chunk;
    private final IntConsumer part = this::part;
    private final IntConsumer back = this::back;
    private int round;
    private int[] parts = {}; // of the round
    private int lastSlices;
    private final int[] bounds = new int[SLICES + 1]; // the rows of slice i are bounds[i] … bounds[i + 1] - 1
    private boolean adds;
    private int lastRight;
    private Batch batch;
    private RandomKey key;
    private Loss loss;

    /**
     * The share of rows {@code from … to - 1} in the loss, from values (B, T) to dL/dvalue (B, T); see
     * {@code trivium.train.Objective}. {@code slice} counts from 0 to less than {@link #SLICES}, in each part anew.
     */
    @FunctionalInterface
    public interface Loss {
        double of(int slice, int from, int to, float[] values, float[] gradients);

        /** Whether the loss sees whole distributions as well. */
        default boolean seesDistributions() {
            return false;
        }

        /** What sees the distributions of these rows, asked for once {@link #of} has seen their values. */
        default PositionLoss distributions(int slice, int from, int to) {
            throw new IllegalStateException("this loss sees values only");
        }
    }

    /** Slices of this model's batches for this many threads, in float32. */
    public Slices(LanguageModel model, int workers) {
        this(model, Compute.DEFAULT.withWorkers(workers));
    }

    /** Slices of this model's batches. */
    public Slices(LanguageModel model, Compute compute) {
        this(model, compute, false);
    }

    /**
     * The same.
     *
     * @param checkpointing whether passes keep little and compute it again ({@link LanguageModel#checkpointingPass})
     */
    public Slices(LanguageModel model, Compute compute, boolean checkpointing) {
        this.model = model;
        this.checkpointing = checkpointing;
        this.precision = compute.used();
        this.workers = new Workers(compute.workers());
        skipsPadding = model.skipsPadding();
        chunks = model.parameters().trainedRanges(CHUNK);
        squares = new double[chunks.size()];
    }

    public LanguageModel model() {
        return model;
    }

    /** The threads, for work of the same kind on whole vectors. */
    public Workers workers() {
        return workers;
    }

    /**
     * From now on the values are log softmax(z/τ) and gradients are theirs ({@link Pass#temperature}). What was sampled
     * at a temperature is scored at the same.
     *
     * @param temperature τ above 0; 1 until this is called
     * @return these slices
     * @throws IllegalArgumentException from a model that knows no temperature but 1, and from one that scores
     */
    public Slices temperature(double temperature) {
        Temperatures.check(temperature, model.outputs());
        this.temperature = temperature;
        return this;
    }

    /** Forward only: fills {@code values} (B, T). */
    public void values(Batch batch, float[] values) {
        prepare(batch, 1, false, skipsPadding);
        workers.run(
                lastSlices,
                i -> passes[i].forward(
                        batch.tokens(), batch.targets(), bounds[i], bounds[i + 1], batch.time(), values));
        stopIfInterrupted();
    }

    /**
     * Reads the outputs (to - from, time, outputs) of the rows {@code from … to - 1}, which are valid during this call
     * only.
     */
    @FunctionalInterface
    public interface Reader {
        void read(int from, int to, Floats outputs);
    }

    /** Forward only, for the raw outputs; the targets do not matter. Each slice's reader has a thread. */
    public void outputs(Batch batch, Reader reader) {
        prepare(batch, 1, false, false); // outputs have a place for padding
        workers.run(lastSlices, i -> {
            int from = bounds[i];
            int to = bounds[i + 1];
            reader.read(from, to, passes[i].outputs(batch.tokens(), from, to, batch.time()));
        });
        stopIfInterrupted();
    }

    /**
     * Forward and backward of a whole batch, nothing dropped. {@link #gradient()} then answers dL/dθ, and
     * {@link #norm()} its length.
     *
     * @return the loss
     */
    public double gradients(Batch batch, Loss loss) {
        return gradients(batch, null, loss);
    }

    /** The same for a training step, with the key of its dropout; null for none. */
    public double gradients(Batch batch, RandomKey key, Loss loss) {
        return gradients(batch, 1, key, loss);
    }

    /**
     * The same, computed in so many parts one after the other: the same but for rounding, in as little memory as the
     * largest part takes. The loss is asked about rows of the whole batch.
     */
    public double gradients(Batch batch, int parts, RandomKey key, Loss loss) {
        int all = Math.min(parts, batch.rows() / batch.group());
        this.key = key;
        this.loss = loss;
        prepare(batch, all, true, skipsPadding);
        lastRight = 0;
        double sum = 0;
        for (int i = 0; i < all; i++) {
            cut(i, all, skipsPadding);
            adds = i > 0;
            sum += addUp();
        }
        workers.run(squares.length, chunk);
        return sum;
    }

    /** The rows that are cut into slices; answers their loss. */
    private double addUp() {
        workers.run(lastSlices, slice);
        stopIfInterrupted();
        for (int i = 0; i < lastSlices; i++) {
            lastRight = lastRight < 0 || right[i] < 0 ? -1 : lastRight + right[i];
        }
        int rounds = passes[0].rounds();
        for (round = 0; round < rounds; round++) {
            if (checkpointing) {
                workers.run(lastSlices, back);
            }
            parts = passes[0].parts(round);
            workers.run(parts.length, part);
        }
        return sum(losses, lastSlices);
    }

    private void slice(int i) {
        int from = bounds[i];
        int to = bounds[i + 1];
        if (key == null) {
            passes[i].forward(batch.tokens(), batch.targets(), from, to, batch.time(), values);
        } else {
            passes[i].forward(batch.tokens(), batch.targets(), from, to, batch.time(), values, key);
        }
        right[i] = passes[i].right(batch.weights());
        losses[i] = loss.of(i, from, to, values, valueGradients);
        if (loss.seesDistributions()) {
            try (var positions = loss.distributions(i, from, to)) {
                losses[i] += passes[i].backward(valueGradients, positions);
            }
        } else {
            passes[i].backward(valueGradients);
        }
    }

    private void back(int i) {
        passes[i].back(round);
    }

    private void part(int i) {
        int part = parts[i];
        for (int slice = 0; slice < lastSlices; slice++) {
            passes[slice].gradient(part, adds || slice > 0, gradient);
        }
    }

    /**
     * At how many positions with a weight of the last batch no token was likelier than the target; −1 where it is not
     * known.
     */
    public int right() {
        return lastRight;
    }

    /** The Euclidean norm of the last batch's gradient at what is trained. */
    public double norm() {
        return Math.sqrt(sum(squares, squares.length));
    }

    private void chunk(int i) {
        var range = chunks.get(i);
        squares[i] = Vectors.squares(gradient, range.from(), range.to());
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

    /** dL/dθ of the last batch; where a tensor is frozen there may stand anything. */
    public Floats gradient() {
        return gradient;
    }

    /** How many slices so many groups of rows make, of so many positions each. */
    static int count(int groups, int positions) {
        int most = Math.min(SLICES, Math.ceilDiv(groups, Math.max(1, POSITIONS / positions)));
        return Math.max(most, Math.min(FEW, groups));
    }

    /**
     * Cuts a part of the batch's rows into slices of about equally many positions, and groups stay whole; answers how
     * many positions the largest has.
     */
    private int cut(int part, int parts, boolean text) {
        int group = batch.group();
        int groups = batch.rows() / group;
        int first = (int) ((long) groups * part / parts);
        int last = (int) ((long) groups * (part + 1) / parts);
        long all = 0;
        for (int i = first; i < last; i++) {
            all += positions(i, text);
        }
        lastSlices = count(last - first, (int) Math.ceilDiv(all, last - first));
        int largest = 0;
        long sum = 0;
        int next = first;
        for (int slice = 0; slice < lastSlices; slice++) {
            bounds[slice] = next * group;
            long begin = sum;
            int latest = last - (lastSlices - slice - 1); // each slice that follows needs a group
            do {
                sum += positions(next++, text);
            } while (next < latest && sum + positions(next, text) <= all * (slice + 1) / lastSlices);
            largest = Math.max(largest, (int) (sum - begin));
        }
        bounds[lastSlices] = last * group;
        return largest;
    }

    /** How many positions a group of rows has. */
    private int positions(int group, boolean text) {
        int rows = batch.group();
        if (!text) {
            return rows * batch.time();
        }
        int sum = 0;
        for (int row = group * rows; row < (group + 1) * rows; row++) {
            sum += Positions.length(batch.layout(), row, batch.time());
        }
        return sum;
    }

    /** Makes room for a batch that is computed in so many parts, and cuts the first. */
    private void prepare(Batch batch, int parts, boolean training, boolean text) {
        stopIfInterrupted();
        if (batch.time() > model.context()) {
            throw new IllegalArgumentException("a batch of " + batch.time()
                    + " tokens a row is longer than the model's context of " + model.context());
        }
        this.batch = batch;
        int positions = 0;
        int slices = 0;
        for (int i = parts - 1; i >= 0; i--) {
            // Full rows are room for most batches that follow, whatever text they hold.
            positions = Math.max(positions, cut(i, parts, false));
            slices = Math.max(slices, lastSlices);
            positions = Math.max(positions, cut(i, parts, text));
            slices = Math.max(slices, lastSlices);
        }
        boolean grows = positions > passPositions || batch.time() > passTime;
        if (grows || training && gradient == null) {
            var use = training ? Use.training(checkpointing) : Use.SCORING;
            model.size(Math.ceilDiv(batch.rows() / batch.group(), parts) * batch.group(), batch.time(), use)
                    .ifPresent(Size::requireFits);
        }
        if (grows) {
            passPositions = Math.max(positions, passPositions);
            passTime = Math.max(batch.time(), passTime);
            for (int i = 0; i < SLICES; i++) {
                passes[i] = null;
            }
        }
        for (int i = 0; i < slices; i++) {
            if (passes[i] == null) {
                passes[i] = pass(Math.ceilDiv(passPositions, passTime));
            }
            passes[i].rowLayout(batch.layout());
            passes[i].temperature(temperature);
            passes[i].keepForBackward(training);
            passes[i].keepDistributions(training && loss.seesDistributions());
        }
        if (training && gradient == null) {
            gradient =
                    Floats.unset(model.parameters().count(), model.parameters().trainedCount());
        }
        int n = batch.rows() * batch.time();
        if (training && values.length < n) {
            values = new float[n];
            valueGradients = new float[n];
        }
    }

    private Pass pass(int rows) {
        return checkpointing
                ? model.checkpointingPass(rows, passTime, precision)
                : model.pass(rows, passTime, precision);
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
