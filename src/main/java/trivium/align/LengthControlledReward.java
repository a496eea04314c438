package trivium.align;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import trivium.data.Comparisons;
import trivium.generate.Generation.Finish;

/**
 * A judge's score without the part that length explains: r − b (ℓ − ℓ̄), where ℓ is the number of a completion's
 * tokens, ℓ̄ the mean over the answers it was fitted on and b the slope of the least-squares line through their scores.
 * What is taken away is all that goes along with length, also what people rightly like about longer answers.
 *
 * @param judge whose scores they are, and whose tokenizer counts
 * @param slope b, reward per token
 * @param meanTokens ℓ̄
 */
public record LengthControlledReward(RewardModel judge, double slope, double meanTokens) implements Reward {

    public LengthControlledReward {
        if (!Double.isFinite(slope) || !Double.isFinite(meanTokens)) {
            throw new IllegalArgumentException("a slope of " + slope + " per token around " + meanTokens
                    + " tokens: expected finite numbers, as judge.lengthControlled(comparisons) finds them");
        }
    }

    /**
     * Fits the line through all answers of these comparisons, chosen and rejected, and the judge's scores of them.
     *
     * @throws IllegalArgumentException if all are equally long
     */
    static LengthControlledReward of(RewardModel judge, Comparisons comparisons, double[] chosen, double[] rejected) {
        var answers = comparisons.list().stream()
                .flatMap(each -> Stream.of(each.chosen(), each.rejected()))
                .toList();
        double[] lengths =
                answers.stream().mapToDouble(answer -> tokens(judge, answer)).toArray();
        int n = lengths.length;
        double[] scores = IntStream.range(0, n)
                .mapToDouble(i -> i % 2 == 0 ? chosen[i / 2] : rejected[i / 2])
                .toArray();
        double meanLength =
                IntStream.range(0, n).mapToDouble(i -> lengths[i]).average().orElseThrow();
        double meanScore =
                IntStream.range(0, n).mapToDouble(i -> scores[i]).average().orElseThrow();
        double along = 0;
        double squares = 0;
        for (int i = 0; i < n; i++) {
            along += (lengths[i] - meanLength) * (scores[i] - meanScore);
            squares += (lengths[i] - meanLength) * (lengths[i] - meanLength);
        }
        if (squares == 0) {
            throw new IllegalArgumentException("all " + n + " answers of " + comparisons.name() + " have "
                    + Math.round(meanLength)
                    + " tokens, so nothing can be said of length: give answers of several lengths");
        }
        return new LengthControlledReward(judge, along / squares, meanLength);
    }

    private static int tokens(RewardModel judge, String completion) {
        return judge.run().tokenizer().encode(completion).length;
    }

    @Override
    public double score(String prompt, String completion) {
        return scores(List.of(prompt), List.of(completion))[0];
    }

    @Override
    public double[] scores(List<String> prompts, List<String> completions) {
        return without(judge.scores(prompts, completions), completions);
    }

    @Override
    public double[] scores(List<String> prompts, List<String> completions, List<Finish> finishes) {
        return without(judge.scores(prompts, completions, finishes), completions);
    }

    private double[] without(double[] scores, List<String> completions) {
        return IntStream.range(0, scores.length)
                .mapToDouble(i -> scores[i] - slope * (tokens(judge, completions.get(i)) - meanTokens))
                .toArray();
    }

    /** "judge-1 less 0.0123 a token beyond 41.5"; plus, where longer answers are liked less. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%s %s %.4g a token beyond %.4g",
                judge.run().id(),
                slope < 0 ? "plus" : "less",
                Math.abs(slope),
                meanTokens);
    }
}
