package trivium.measure;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import trivium.model.Compute;
import trivium.model.FrozenPasses;
import trivium.model.LanguageModel;
import trivium.tensor.Batch;
import trivium.tensor.RowLayout;
import trivium.tensor.TokenDistribution;
import trivium.tensor.Workers;

/**
 * How far a model p has come from another, q, on completions that p has drawn at temperature 1: at each of their
 * positions KL(p‖q) = Σ_v p(v) (log p(v) − log q(v)) over the whole vocabulary, given the prompt and the completion
 * until there. The sum over positions is, in the mean over completions, the divergence of the distributions of whole
 * completions (the chain rule of relative entropy: Cover and Thomas 2006, theorem 2.5.3), with less noise than the
 * log-ratio of the tokens that were drawn.
 *
 * @param kl of each completion, at each of its positions, in nats
 * @param terms (V) p(v) (log p(v) − log q(v)), added over all positions: what each token contributes to the sum of
 *     {@code kl}; below 0 for a token that has become rarer
 * @param before (V) q(v), added over all positions
 * @param after (V) p(v), added over all positions: how often p expects each token there
 */
public record CompletionKl(List<double[]> kl, double[] terms, double[] before, double[] after) {

    /** Completions that are scored side by side. */
    private static final int ROWS = 8;

    /**
     * Of these completions.
     *
     * @param after p
     * @param before q, with the same vocabulary
     * @param prompts tokens that each completion follows, at least one
     * @param completions tokens that p drew, the end token included
     * @throws CancellationException if the thread is interrupted
     */
    public static CompletionKl of(
            LanguageModel after, LanguageModel before, List<int[]> prompts, List<int[]> completions) {
        if (after.outputs() != before.outputs()) {
            throw new IllegalArgumentException("a model of " + after.outputs() + " tokens and one of "
                    + before.outputs() + ": expected the same vocabulary, without which there is no divergence");
        }
        int parts = Math.ceilDiv(completions.size(), ROWS);
        var found = new CompletionKl[parts];
        var p = new FrozenPasses(after, Compute.DEFAULT, 1);
        var q = new FrozenPasses(before, Compute.DEFAULT, 1);
        var asking = Thread.currentThread();
        try (var workers = new Workers(Workers.available())) {
            workers.run(parts, part -> {
                if (asking.isInterrupted()) {
                    throw new CancellationException("measuring the divergence was interrupted");
                }
                int to = Math.min((part + 1) * ROWS, completions.size());
                found[part] = part(p, q, prompts.subList(part * ROWS, to), completions.subList(part * ROWS, to));
            });
        }
        var sums = new double[3][after.outputs()];
        for (var each : found) { // in their order, so that threads change no bit
            add(each.terms, sums[0]);
            add(each.before, sums[1]);
            add(each.after, sums[2]);
        }
        return new CompletionKl(
                Arrays.stream(found).flatMap(each -> each.kl.stream()).toList(), sums[0], sums[1], sums[2]);
    }

    private static void add(double[] from, double... to) {
        for (int i = 0; i < to.length; i++) {
            to[i] += from[i];
        }
    }

    private static CompletionKl part(FrozenPasses after, FrozenPasses before, List<int[]> prompts, List<int[]> said) {
        var batch = batch(prompts, said);
        var sums = new double[3][after.outputs()];
        try (var p = after.open(batch, 0, batch.rows());
                var q = before.open(batch, 0, batch.rows())) {
            var kl = IntStream.range(0, said.size())
                    .mapToObj(row -> {
                        int first = row * batch.time() + prompts.get(row).length - 1;
                        var each = new double[said.get(row).length];
                        for (int t = 0; t < each.length; t++) {
                            each[t] = position(p.at(first + t), q.at(first + t), sums);
                        }
                        return each;
                    })
                    .toList();
            return new CompletionKl(kl, sums[0], sums[1], sums[2]);
        }
    }

    private static double position(TokenDistribution p, TokenDistribution q, double[]... sums) {
        double kl = 0;
        for (int v = 0; v < p.size(); v++) {
            double share = p.probability(v);
            double term = share == 0 ? 0 : share * (p.logProb(v) - q.logProb(v));
            kl += term;
            sums[0][v] += term;
            sums[1][v] += q.probability(v);
            sums[2][v] += share;
        }
        return Math.max(0, kl);
    }

    /** Prompts with their completions but for the last token, after which nothing follows; padded at the right. */
    private static Batch batch(List<int[]> prompts, List<int[]> said) {
        int rows = said.size();
        var lengths = IntStream.range(0, rows)
                .map(i -> prompts.get(i).length + said.get(i).length - 1)
                .toArray();
        int time = Arrays.stream(lengths).max().orElse(1);
        var tokens = new int[rows * time];
        for (int i = 0; i < rows; i++) {
            int[] prompt = prompts.get(i);
            System.arraycopy(prompt, 0, tokens, i * time, prompt.length);
            System.arraycopy(said.get(i), 0, tokens, i * time + prompt.length, lengths[i] - prompt.length);
        }
        return new Batch(
                rows,
                time,
                tokens,
                new int[tokens.length],
                new float[tokens.length],
                RowLayout.lengths(1, Arrays.stream(lengths)));
    }
}
