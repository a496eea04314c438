package trivium.align;

import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import trivium.data.Rows;
import trivium.generate.Generation;
import trivium.generate.Generation.Finish;
import trivium.model.Slices;
import trivium.tensor.Batch;
import trivium.text.ChatTemplate.Example;

/**
 * Completions drawn from the policy and what they earned. Rows {@code i · group … i · group + group - 1} answer the
 * same prompt.
 *
 * @param batch (B, T), weight 1 on the completions' tokens, the end token included
 * @param group G, completions of each prompt
 * @param rewards (B), higher is better
 * @param finishes (B), why each completion ended
 * @param old log-probabilities (B, T) under the policy that drew the completions, 0 elsewhere
 * @param reference log-probabilities (B, T) under the frozen reference
 */
public record Rollouts(
        Batch batch, int group, double[] rewards, List<Finish> finishes, float[] old, float[] reference) {

    public Rollouts {
        if (group < 1 || batch.rows() % group != 0) {
            throw new IllegalArgumentException(batch.rows() + " completions cannot be cut into groups of " + group);
        }
        if (rewards.length != batch.rows()) {
            throw new IllegalArgumentException(
                    batch.rows() + " completions need as many rewards, not " + rewards.length);
        }
        finishes = List.copyOf(finishes);
        if (finishes.size() != batch.rows()) {
            throw new IllegalArgumentException(
                    batch.rows() + " completions need as many reasons why they ended, not " + finishes.size());
        }
    }

    /**
     * Puts completions into a batch and asks the reference about them.
     *
     * @param reference passes of the frozen model
     */
    public static Rollouts of(List<Generation> generations, int group, double[] rewards, Slices reference) {
        return of(generations, Generation::logProbs, group, rewards, reference);
    }

    /**
     * The same of completions that were drawn at another temperature than 1: the old log-probabilities are those of the
     * distributions that the tokens were drawn from.
     *
     * @param reference passes of the frozen model at the same temperature
     */
    public static Rollouts drawn(List<Generation> generations, int group, double[] rewards, Slices reference) {
        return of(generations, Generation::drawnLogProbs, group, rewards, reference);
    }

    private static Rollouts of(
            List<Generation> generations,
            Function<Generation, float[]> oldLogProbs,
            int group,
            double[] rewards,
            Slices reference) {
        var batch = Rows.completions(generations.stream().map(Rollouts::example).toList());
        var old = new float[batch.rows() * batch.time()];
        for (int row = 0; row < batch.rows(); row++) {
            var logProbs = oldLogProbs.apply(generations.get(row));
            // The last token of the prompt predicts the first of the completion.
            int at = row * batch.time() + generations.get(row).prompt().length - 1;
            System.arraycopy(logProbs, 0, old, at, logProbs.length);
        }
        var values = new float[old.length];
        reference.values(batch, values);
        var finishes = generations.stream().map(Generation::finish).toList();
        return new Rollouts(batch, group, rewards, finishes, old, values);
    }

    private static Example example(Generation generation) {
        var ids = IntStream.concat(IntStream.of(generation.prompt()), IntStream.of(generation.tokens()));
        return new Example(ids.toArray(), generation.prompt().length);
    }

    /** The same with the log-probabilities that these passes of the policy give in the place of the old ones. */
    Rollouts judgedBy(Slices policy) {
        var values = new float[old.length];
        policy.values(batch, values);
        return new Rollouts(batch, group, rewards, finishes, values, reference);
    }

    /**
     * Σ log π_old − log π_ref over each completion's tokens, in nats: drawn from the policy, its expectation is the
     * Kullback-Leibler divergence of whole completions from the reference.
     */
    public double[] kl() {
        return kl(KlEstimator.K1);
    }

    /** The same with another estimate of each token's share. */
    double[] kl(KlEstimator estimator) {
        int time = batch.time();
        return IntStream.range(0, batch.rows())
                .mapToDouble(row -> IntStream.range(row * time, (row + 1) * time)
                        .filter(this::counts)
                        .mapToDouble(i -> estimator.value((double) old[i] - reference[i]))
                        .sum())
                .toArray();
    }

    /** Whether the completion of this row was cut off: its model did not end it. */
    public boolean isCut(int row) {
        return finishes.get(row).isCut();
    }

    /** Whether position {@code i} of (B, T) belongs to a completion. */
    public boolean counts(int i) {
        return batch.weights()[i] != 0;
    }
}
