package trivium.exercise;

import java.util.Arrays;
import java.util.List;
import trivium.tensor.Floats;
import trivium.tensor.LogProbabilities;

/** Checks of phase 1. What is right comes from the kernels that models are trained with. */
final class PreTrainingChecks {

    private static final String NO_NUMBER =
            "that is no number a loss can have. Was something divided by 0, or the" + " logarithm of 0 taken?";

    private PreTrainingChecks() {}

    static Verdict of(TokenLoss answer) {
        return Checking.of(
                "The loss of one token",
                "right, also at logits of 1000, where e^1000 alone would overflow.",
                List.of(
                        probe(answer, 0, 2, 0, 0),
                        probe(answer, 2, -1, 0.5, 3, 3),
                        probe(answer, 1, 1000, 998, 0),
                        new Probe("logits (100, −700, 0) and target 1", new double[] {800}, () ->
                                        new double[] {answer.of(new double[] {100, -700, 0}, 1)})
                                .mistake(
                                        "the probability of the target is too small for a double and became 0. No"
                                                + " quotient is needed: −ln p is ln Σ exp(x) less x[target].",
                                        Double.POSITIVE_INFINITY)));
    }

    private static Probe probe(TokenLoss answer, int target, double... logits) {
        double expected = loss(logits, target);
        double probability = Math.exp(-expected);
        double sum = Arrays.stream(logits).map(Math::exp).sum();
        var overflow = "e^1000 is more than a double can hold. Take the largest logit off all of them first; the"
                + " probabilities stay the same.";
        return new Probe("logits " + Checking.shown(logits) + " and target " + target, new double[] {expected}, () ->
                        new double[] {answer.of(logits.clone(), target)})
                .mistake(sum < Double.POSITIVE_INFINITY ? NO_NUMBER : overflow, Double.NaN)
                .mistake(sum < Double.POSITIVE_INFINITY ? NO_NUMBER : overflow, Double.POSITIVE_INFINITY)
                .mistake("the minus is missing; a loss is never negative.", -expected)
                .mistake(
                        "that is in bits, by the logarithm to the base 2; a loss in nats takes the one to the base e,"
                                + " Math.log.",
                        expected / Math.log(2))
                .mistake(
                        "that is by the logarithm to the base 10; Math.log is the one to the base e.",
                        expected / Math.log(10))
                .mistake("that is the probability of the target; the loss is minus its logarithm.", probability)
                .mistake(
                        "that is 1 less the probability of the target; the loss is minus the logarithm.",
                        1 - probability)
                .mistake("that is ln Σ exp(x); the logit of the target is to be taken off it.", Math.log(sum))
                .mistake("that is minus the logit; the softmax is missing.", -logits[target]);
    }

    /** −ln softmax(logits)[target] in nats, by the engine. */
    static double loss(double[] logits, int target) {
        return -LogProbabilities.forward(floats(logits), 0, logits.length, target, Floats.zeros(1), 0);
    }

    private static Floats floats(double[] values) {
        var row = Floats.zeros(values.length);
        for (int i = 0; i < values.length; i++) {
            row.set(i, (float) values[i]);
        }
        return row;
    }
}
