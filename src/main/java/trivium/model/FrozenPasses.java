package trivium.model;

import java.util.concurrent.ConcurrentLinkedQueue;
import trivium.tensor.Batch;
import trivium.tensor.Floats;
import trivium.tensor.Precision;
import trivium.tensor.TokenDistribution;

/**
 * The distributions of a model that stands still beside the one that is trained: a reference, or a teacher. They are
 * computed when they are asked for, by the thread that asks, a few rows at a time: the logits of a whole batch are
 * never held.
 */
public final class FrozenPasses {

    /** Rows are put side by side until they have this many positions: enough for products that are not thin. */
    private static final int POSITIONS = 256;

    private final LanguageModel model;
    private final Precision precision;
    private final double temperature;
    private final ConcurrentLinkedQueue<Rows> free = new ConcurrentLinkedQueue<>();

    /**
     * Passes of this model.
     *
     * @param temperature τ of the distributions softmax(z/τ), above 0
     */
    public FrozenPasses(LanguageModel model, Compute compute, double temperature) {
        this.model = model;
        this.precision = compute.used();
        this.temperature = Temperatures.check(temperature, model.outputs());
        if (model.outputs() == 1) {
            throw new IllegalArgumentException(
                    "a model that scores has no distribution over tokens to be compared with; use a language model");
        }
    }

    /** How many tokens the distributions are over. */
    public int outputs() {
        return model.outputs();
    }

    /** The distributions at the positions of rows {@code from … to - 1}; to be closed on the same thread. */
    public Rows open(Batch batch, int from, int to) {
        if (batch.time() > model.context()) {
            throw new IllegalArgumentException("a batch of " + batch.time() + " tokens a row is longer than the context"
                    + " of " + model.context() + " of the model that it is compared with");
        }
        var rows = free.poll();
        if (rows == null) {
            rows = new Rows();
        }
        rows.start(batch, from, to);
        return rows;
    }

    /** The distributions of some rows, in rising order of positions. */
    public final class Rows implements AutoCloseable {

        private final TokenDistribution distribution = new TokenDistribution(model.outputs());
        private Pass pass;
        private int maxRows;
        private int maxTime;
        private Batch batch;
        private int last;
        private int readFrom;
        private int readTo;
        private Floats outputs;

        private void start(Batch batch, int from, int to) {
            this.batch = batch;
            last = to;
            readFrom = from;
            readTo = from;
            int rows = Math.clamp(POSITIONS / batch.time(), 1, to - from);
            if (rows > maxRows || batch.time() > maxTime) {
                maxRows = Math.max(rows, maxRows);
                maxTime = Math.max(batch.time(), maxTime);
                pass = model.pass(maxRows, maxTime, precision);
            }
            pass.rowLayout(batch.layout());
        }

        /** The distribution at {@code position}, b · T + t, valid until the next call. */
        public TokenDistribution at(int position) {
            int row = position / batch.time();
            if (row >= readTo) {
                readFrom = row;
                readTo = Math.min(last, row + maxRows);
                outputs = pass.outputs(batch.tokens(), readFrom, readTo, batch.time());
            }
            long place = position - (long) readFrom * batch.time();
            distribution.read(outputs, place * model.outputs(), temperature);
            return distribution;
        }

        @Override
        public void close() {
            batch = null;
            outputs = null;
            free.add(this);
        }
    }
}
