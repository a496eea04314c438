package trivium.exercise;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import trivium.tensor.Floats;
import trivium.tensor.LogProbabilities;

/** Checks of phase 1. What is right comes from the kernels that models are trained with. */
@SuppressWarnings("overloads") // answers are never lambdas here
final class PreTrainingChecks {

    private static final String NO_NUMBER =
            "that is no number a loss can have. Was something divided by 0, or the" + " logarithm of 0 taken?";

    private static final String OVERFLOW = "e^1000 is more than a double can hold. Take the largest logit off all of"
            + " them first; the probabilities stay the same.";

    private PreTrainingChecks() {}

    static Verdict of(TokenLoss answer) {
        return Checking.of(
                "The loss of one token",
                answer,
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
        return new Probe("logits " + Checking.shown(logits) + " and target " + target, new double[] {expected}, () ->
                        new double[] {answer.of(logits.clone(), target)})
                .mistake(sum < Double.POSITIVE_INFINITY ? NO_NUMBER : OVERFLOW, Double.NaN)
                .mistake(sum < Double.POSITIVE_INFINITY ? NO_NUMBER : OVERFLOW, Double.POSITIVE_INFINITY)
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

    static Verdict of(TokenGradient answer) {
        return Checking.of(
                "The gradient of that loss",
                answer,
                "right. Its numbers add up to 0, and none is farther from 0 than 1: one token pulls its own logit up and"
                        + " all others down.",
                List.of(probe(answer, 0, 2, 0, 0), probe(answer, 2, -1, 0.5, 3, 2), probe(answer, 1, 1000, 998, 999)));
    }

    private static Probe probe(TokenGradient answer, int target, double... logits) {
        double[] expected = gradient(logits, target);
        double[] softmax = expected.clone();
        softmax[target] += 1;
        double[] atTarget = new double[logits.length];
        atTarget[target] = expected[target];
        double[] added = softmax.clone();
        added[target] += 1;
        double[] noLogarithm =
                Arrays.stream(expected).map(slope -> slope * softmax[target]).toArray();
        double[] lost = new double[logits.length];
        Arrays.fill(lost, Double.NaN);
        return new Probe(
                        "logits " + Checking.shown(logits) + " and target " + target,
                        expected,
                        () -> answer.of(logits.clone(), target))
                .mistake("that is the softmax; 1 is to be taken off it at the target.", softmax)
                .mistake(
                        "that is its negative, the direction in which the loss falls. The gradient points to where it"
                                + " rises.",
                        negative(expected))
                .mistake(
                        "the number at the target is right, the others are 0. Every logit is in the sum below the"
                                + " fraction, so each has a slope.",
                        atTarget)
                .mistake("1 was added at the target; it is to be taken off.", added)
                .mistake("that is the gradient of −p, not of −ln p: divide by p of the target.", noLogarithm)
                .mistake("that is the gradient of p, not of −ln p.", negative(noLogarithm))
                .mistake(OVERFLOW, lost);
    }

    static Verdict of(BitsPerByte answer) {
        return Checking.of(
                "Bits per byte",
                answer,
                "right: the number would be comparable between models that cut text into other tokens.",
                List.of(probe(answer, "Zoë is here. 🙂", 2.5, 1, 0.5, 3, 4.25), probe(answer, "a", Math.log(2))));
    }

    private static Probe probe(BitsPerByte answer, String text, double... losses) {
        double nats = Arrays.stream(losses).sum();
        double bytes = text.getBytes(StandardCharsets.UTF_8).length;
        double bits = nats / Math.log(2);
        return new Probe(
                        "losses " + Checking.shown(losses) + " of the text \"" + text + "\"",
                        new double[] {bits / bytes},
                        () -> new double[] {answer.of(losses.clone(), text)})
                .mistake(
                        "those are bits per char of a Java string. Bytes are those of"
                                + " text.getBytes(StandardCharsets.UTF_8), where ë takes two and 🙂 four.",
                        bits / text.length())
                .mistake(
                        "those are bits per character, and ë is one of two bytes, 🙂 one of four.",
                        bits / text.codePointCount(0, text.length()))
                .mistake(
                        "those are bits per token: divide by the bytes of the text, not by the number of losses.",
                        bits / losses.length)
                .mistake("those are nats per byte; a bit is ln 2 nats, so divide by Math.log(2).", nats / bytes)
                .mistake(
                        "a bit is ln 2 = 0.693 nats: there are more bits than nats, so divide by Math.log(2).",
                        nats * Math.log(2) / bytes)
                .mistake(
                        "those are nats per token: the mean of the losses, neither in bits nor per byte.",
                        nats / losses.length)
                .mistake(
                        "that is the perplexity, e to the mean loss of a token; it depends on the tokenizer.",
                        Math.exp(nats / losses.length))
                .mistake("those are the bits of the whole text; divide by its bytes.", bits);
    }

    private static double[] negative(double[] values) {
        return Arrays.stream(values).map(value -> -value).toArray();
    }

    /** softmax(logits) less one at the target, by the engine. */
    private static double[] gradient(double[] logits, int target) {
        var row = floats(logits);
        var inverseSums = Floats.zeros(1);
        var _ = LogProbabilities.forward(row, 0, logits.length, target, inverseSums, 0);
        LogProbabilities.backward(row, 0, logits.length, target, inverseSums.get(0), -1);
        float[] gradient = row.toArray(0, logits.length);
        return IntStream.range(0, gradient.length).mapToDouble(i -> gradient[i]).toArray();
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
