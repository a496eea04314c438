package trivium.model;

import java.util.stream.IntStream;
import trivium.tensor.Floats;
import trivium.tensor.RowLayout;

/**
 * One worker's forward and backward. {@code values[b,t]} is, for a language model, log p(target[b,t] | tokens[b,0..t])
 * in nats; for a model with a scalar head, the score at that position.
 *
 * <p>The arrays are a whole batch's, (B, T) row by row; the pass reads and writes rows {@code from … to - 1} only, so
 * that several passes can share one batch.
 */
public interface Pass {

    /**
     * How the rows of the batches that follow are cut into documents. A position sees nothing of other documents than
     * its own, and positions count from the document's start. Until this is called, every row is one document.
     *
     * <p>A model that reads a row from end to end need not do anything about padding, which stands at the right, but
     * refuses more than one document to a row.
     */
    default void rowLayout(RowLayout rowLayout) {
        if (rowLayout.packed()) {
            throw new IllegalArgumentException("this model reads a row as one text and cannot keep the documents of a"
                    + " packed row apart; give each a row of its own");
        }
    }

    /**
     * The temperature τ of the values that follow: a language model's become log softmax(z/τ)[target] in nats, z being
     * the logits, and {@link #backward} gives the gradient of those. Until this is called τ is 1. Raw outputs have no
     * temperature.
     *
     * @param temperature above 0
     * @throws IllegalArgumentException from a model that knows no temperature but 1, and from one that scores
     */
    default void temperature(double temperature) {
        if (temperature != 1) {
            throw new IllegalArgumentException("this model does not say how probable a token is at temperature "
                    + temperature + " (Pass.temperature); use temperature 1");
        }
    }

    /**
     * Computes {@code values} of these rows and keeps what {@link #backward} needs. At the padding at a row's right end
     * there is nothing to compute, and the value is 0 or whatever it may be.
     */
    void forward(int[] tokens, int[] targets, int from, int to, int time, float[] values);

    /**
     * {@code forward} of a training step, in which a model that drops numbers at random does so with this key; the
     * {@link #backward} that follows drops the same. A model without randomness needs nothing but this.
     */
    default void forward(int[] tokens, int[] targets, int from, int to, int time, float[] values, RandomKey key) {
        forward(tokens, targets, from, to, time, values);
    }

    /**
     * At how many of the last {@code forward}'s positions with a weight no token was likelier than the target; to be
     * asked before {@link #backward}. −1 where that is not known, or makes no sense, as with scores.
     *
     * @param weights (B, T)
     */
    default int right(float[] weights) {
        return -1;
    }

    /**
     * Takes dL/dvalue back through the last {@code forward}'s rows and keeps what {@link #gradient} needs.
     *
     * @param valueGradients (B, T); they stay as they are until the gradient has been asked for
     */
    void backward(float[] valueGradients);

    /**
     * In how many parts {@link #gradient} is computed, which threads share: the same number, for the same parts of the
     * parameters, in every pass of a model. 1 for a model whose gradient one thread computes.
     */
    default int parts() {
        return 1;
    }

    /**
     * dL/dθ of the rows that went {@link #backward} last, at one part of the parameters. Different parts may be asked
     * for by different threads at once.
     *
     * @param part from 0 to less than {@link #parts}
     * @param add whether it is added to what stands in the gradient there, or overwrites it
     * @param gradient as long as the parameters
     */
    void gradient(int part, boolean add, Floats gradient);

    /**
     * In how many rounds the gradient is asked for: the same number in every pass of a model. A pass that keeps little
     * ({@link LanguageModel#checkpointingPass}) has many; in each it first goes {@link #back}, and then answers the
     * gradient at the round's {@link #parts(int)}, and at no other.
     */
    default int rounds() {
        return 1;
    }

    /** Begins a round of the gradient, from 0 to less than {@link #rounds}, one after the other. */
    default void back(int round) {}

    /** Which parts of the gradient a round answers; all rounds together have each once. */
    default int[] parts(int round) {
        return IntStream.range(0, parts()).toArray();
    }

    /** All parts of {@link #gradient(int, boolean, Floats)}, one after the other. */
    default void gradient(boolean add, Floats gradient) {
        for (int round = 0; round < rounds(); round++) {
            back(round);
            for (int part : parts(round)) {
                gradient(part, add, gradient);
            }
        }
    }

    /**
     * Whether the {@link #forward}s that follow keep what {@link #backward} needs; until this is called they do. A pass
     * that keeps it at no cost need not listen.
     */
    default void keepForBackward(boolean keep) {}

    /**
     * Whether the {@link #forward}s that follow keep each position's whole distribution, so that
     * {@link #backward(float[], PositionLoss)} can show it; until this is called they do not.
     *
     * @throws IllegalArgumentException from a model that shows no distributions, and from one that scores
     */
    default void keepDistributions(boolean keep) {
        if (keep) {
            throw new IllegalArgumentException("this model does not show the whole distributions of a training step"
                    + " (Pass.keepDistributions), which the loss asks for: exact divergences, entropy and distillation"
                    + " need another model");
        }
    }

    /**
     * {@code backward} of a loss that depends on the values and on whole distributions; these were kept.
     *
     * @param valueGradients dL/dvalue (B, T), for what the loss asks of the values
     * @param loss is shown every position of the last {@code forward}'s rows, in their order
     * @return the loss's share of those positions
     */
    default double backward(float[] valueGradients, PositionLoss loss) {
        throw new IllegalStateException("no distributions were kept (Pass.keepDistributions)");
    }

    /**
     * The raw outputs (to - from, time, outputs) for these rows, for looking rather than training; the view is valid
     * until the next call.
     */
    Floats outputs(int[] tokens, int from, int to, int time);
}
