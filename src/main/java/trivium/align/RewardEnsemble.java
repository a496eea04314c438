package trivium.align;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import trivium.data.Comparison;
import trivium.data.Comparisons;
import trivium.generate.Generation.Finish;
import trivium.measure.RewardAccuracy;
import trivium.measure.Share;
import trivium.run.Run;

/**
 * Several judges as one reward, which is harder to deceive than each of them: where they have only guessed they
 * disagree (Coste et al. 2024, Reward Model Ensembles Help Mitigate Overoptimization, section 3). The scores of each
 * are {@linkplain RewardModel normalised}, so that one unit is the same for all.
 *
 * @param judges at least two, such as of several seeds
 * @param aggregation how their scores r₁ … r_k become one
 * @param lambda λ, the price of disagreement, at least 0; without a meaning for mean and worst
 */
public record RewardEnsemble(List<RewardModel> judges, Aggregation aggregation, double lambda) implements Reward {

    /** How the scores of k judges become one. */
    public enum Aggregation {
        /** r̄ = (1/k) Σ rᵢ. */
        MEAN,
        /** min rᵢ: Coste et al.'s worst-case optimisation. */
        WORST,
        /** r̄ − λ √V, with V = (1/k) Σ (rᵢ − r̄)². */
        MEAN_MINUS_DEVIATION,
        /** r̄ − λ V: Coste et al.'s uncertainty-weighted optimisation. */
        MEAN_MINUS_VARIANCE
    }

    public RewardEnsemble {
        judges = List.copyOf(judges);
        if (judges.size() < 2) {
            throw new IllegalArgumentException(
                    "an ensemble of " + judges.size() + ": expected at least two judges, such as of two seeds");
        }
        if (!(lambda >= 0) || Double.isInfinite(lambda)) {
            throw new IllegalArgumentException(
                    "a price of disagreement of " + lambda + ": expected a number of at least 0, such as 0.5");
        }
    }

    /** The mean of these judges' scores. */
    public static RewardEnsemble of(RewardModel... judges) {
        return new RewardEnsemble(List.of(judges), Aggregation.MEAN, 0);
    }

    /** The score of the judge that likes a completion least. */
    public RewardEnsemble worst() {
        return new RewardEnsemble(judges, Aggregation.WORST, 0);
    }

    /** The mean less λ standard deviations between the judges. */
    public RewardEnsemble lessDeviation(double price) {
        return new RewardEnsemble(judges, Aggregation.MEAN_MINUS_DEVIATION, price);
    }

    /** The mean less λ times the variance between the judges, as Coste et al. do. */
    public RewardEnsemble lessVariance(double price) {
        return new RewardEnsemble(judges, Aggregation.MEAN_MINUS_VARIANCE, price);
    }

    @Override
    public double score(String prompt, String completion) {
        return scores(List.of(prompt), List.of(completion))[0];
    }

    @Override
    public double[] scores(List<String> prompts, List<String> completions) {
        return aggregate(
                judges.stream().map(judge -> judge.scores(prompts, completions)).toList());
    }

    @Override
    public double[] scores(List<String> prompts, List<String> completions, List<Finish> finishes) {
        return aggregate(judges.stream()
                .map(judge -> judge.scores(prompts, completions, finishes))
                .toList());
    }

    /** On how many of these pairs the ensemble agrees with people, with an interval that goes by prompts. */
    public Share accuracy(Comparisons comparisons) {
        return RewardAccuracy.of(
                scores(comparisons, Comparison::chosen),
                scores(comparisons, Comparison::rejected),
                comparisons.prompts());
    }

    private double[] scores(Comparisons comparisons, Function<Comparison, String> answer) {
        return aggregate(
                judges.stream().map(judge -> judge.scores(comparisons, answer)).toList());
    }

    private double[] aggregate(List<double[]> scores) {
        var all = new double[scores.getFirst().length];
        for (int i = 0; i < all.length; i++) {
            int at = i;
            all[i] = aggregate(scores.stream().mapToDouble(each -> each[at]).toArray());
        }
        return all;
    }

    /** What these scores of one completion, one of each judge, become. */
    double aggregate(double... scores) {
        double mean = 0;
        double worst = Double.POSITIVE_INFINITY;
        for (double score : scores) {
            mean += score / scores.length;
            worst = Math.min(worst, score);
        }
        double variance = 0;
        for (double score : scores) {
            variance += (score - mean) * (score - mean) / scores.length;
        }
        return switch (aggregation) {
            case MEAN -> mean;
            case WORST -> worst;
            case MEAN_MINUS_DEVIATION -> mean - lambda * Math.sqrt(variance);
            case MEAN_MINUS_VARIANCE -> mean - lambda * variance;
        };
    }

    /** "worst of judge-1, judge-2". */
    @Override
    public String toString() {
        return switch (aggregation) {
                    case MEAN -> "mean";
                    case WORST -> "worst";
                    case MEAN_MINUS_DEVIATION -> String.format(Locale.ROOT, "mean − %s standard deviations", lambda);
                    case MEAN_MINUS_VARIANCE -> String.format(Locale.ROOT, "mean − %s variances", lambda);
                }
                + " of "
                + judges.stream().map(RewardModel::run).map(Run::id).collect(Collectors.joining(", "));
    }
}
