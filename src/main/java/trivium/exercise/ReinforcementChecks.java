package trivium.exercise;

import java.util.Arrays;
import java.util.List;
import trivium.align.Grpo;

/** Checks of phase 3. Advantages are GRPO's own; of the comparison there is a closed form. */
@SuppressWarnings("overloads") // answers are never lambdas here
final class ReinforcementChecks {

    private ReinforcementChecks() {}

    static Verdict of(PreferenceGradient answer) {
        return Checking.of(
                "The gradient of a comparison",
                answer,
                "right: the two scores are pushed apart, the more the less the comparison was foreseen.",
                List.of(
                        probe(answer, 1, -0.5),
                        probe(answer, -2, 1),
                        probe(answer, 800, -200),
                        probe(answer, -200, 800)));
    }

    private static Probe probe(PreferenceGradient answer, double chosen, double rejected) {
        double d = chosen - rejected;
        double surprise = 1 / (1 + Math.exp(d));
        double foreseen = 1 / (1 + Math.exp(-d));
        double slope = surprise * foreseen;
        double loss = Math.max(-d, 0) + Math.log1p(Math.exp(-Math.abs(d)));
        return new Probe(
                        "scores " + Checking.shown(new double[] {chosen}) + " of the chosen and "
                                + Checking.shown(new double[] {rejected}) + " of the rejected",
                        new double[] {-surprise, surprise},
                        () -> answer.of(chosen, rejected))
                .mistake(
                        "the signs are turned round. The loss falls where the chosen's score rises, so that slope is"
                                + " negative.",
                        surprise,
                        -surprise)
                .mistake(
                        "that is σ(chosen − rejected), how much the comparison was foreseen. The derivative of −ln σ(d) is"
                                + " −σ(−d): the more was foreseen, the less there is to learn.",
                        -foreseen,
                        foreseen)
                .mistake(
                        "the logarithm is missing: that is the gradient of −σ(d), which also vanishes where the order is"
                                + " quite wrong.",
                        -slope,
                        slope)
                .mistake(
                        "both have the same sign; the rejected stands with a minus in chosen − rejected.",
                        -surprise,
                        -surprise)
                .mistake("the slope of the rejected is missing; it is minus that of the chosen.", -surprise, 0)
                .mistake("that is the loss, not its gradient.", loss, loss)
                .mistake("that is half of it; nothing is divided by 2 here.", -surprise / 2, surprise / 2)
                .mistake(
                        "e^1000 is infinite, and infinity divided by infinity is no number. Write 1/(1 + e^d), which then"
                                + " is 0.",
                        Double.NaN,
                        Double.NaN);
    }

    static Verdict of(Advantage answer) {
        return Checking.of(
                "An advantage",
                answer,
                "right, also of a group whose rewards are all equal: it has nothing to tell.",
                List.of(probe(answer, 2, 4, 10, 0), probe(answer, -3, 5), probe(answer, 7, 7, 7)));
    }

    private static Probe probe(Advantage answer, double... rewards) {
        int n = rewards.length;
        double mean = Arrays.stream(rewards).average().orElseThrow();
        double[] off = Arrays.stream(rewards).map(r -> r - mean).toArray();
        double variance = Arrays.stream(off).map(x -> x * x).sum() / (n - 1);
        double deviation = Math.sqrt(variance);
        double[] expected = Grpo.grpo(n).advantages(rewards);
        double[] nothing = new double[n];
        Arrays.fill(nothing, Double.NaN);
        double[] infinite = new double[n];
        Arrays.fill(infinite, Double.POSITIVE_INFINITY);
        var zero = "the deviation of equal rewards is 0, and something was divided by it. Add 0.0001 to the deviation.";
        return new Probe("rewards " + Checking.shown(rewards), expected, () -> answer.of(rewards.clone()))
                .mistake(zero, nothing)
                .mistake(zero, infinite)
                .mistake(
                        "the signs are turned round: what is better than the mean has a positive advantage.",
                        divided(off, -deviation))
                .mistake(
                        "that is the reward less the mean, without the division by the deviation (which is what Dr. GRPO"
                                + " does).",
                        off)
                .mistake(
                        "the mean was not taken off: half of a group should come out negative.",
                        divided(rewards, deviation))
                .mistake(
                        "that deviation is over G; the sample's is over G − 1, because the mean was estimated from the"
                                + " same rewards.",
                        divided(off, deviation * Math.sqrt((n - 1.0) / n)))
                .mistake("that was divided by the variance; its square root is missing.", divided(off, variance))
                .mistake("those are the rewards as they were.", rewards);
    }

    private static double[] divided(double[] values, double by) {
        return Arrays.stream(values).map(value -> value / by).toArray();
    }
}
