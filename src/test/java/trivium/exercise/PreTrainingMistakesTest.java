package trivium.exercise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static trivium.exercise.Exercises.check;
import static trivium.exercise.Exercises.unfilled;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import trivium.exercise.Verdict.Outcome;

/** Each usual mistake is told by its own sentence. */
class PreTrainingMistakesTest {

    private static double[] softmax(double[] logits) {
        double highest = Arrays.stream(logits).max().orElseThrow();
        double[] e = Arrays.stream(logits).map(x -> Math.exp(x - highest)).toArray();
        double sum = Arrays.stream(e).sum();
        return Arrays.stream(e).map(x -> x / sum).toArray();
    }

    @Test
    void lossOfOneToken() {
        said("the minus is missing", (x, t) -> Math.log(softmax(x)[t]));
        said("in bits", (x, t) -> -Math.log(softmax(x)[t]) / Math.log(2));
        said("base 10", (x, t) -> -Math.log10(softmax(x)[t]));
        said("that is the probability of the target", (x, t) -> softmax(x)[t]);
        said("that is 1 less the probability", (x, t) -> 1 - softmax(x)[t]);
        said("the softmax is missing", (x, t) -> -x[t]);
        said(
                "is to be taken off it",
                (x, t) -> Math.log(Arrays.stream(x).map(Math::exp).sum()));
        said(
                "e^1000 is more than a double can hold",
                (x, t) -> -Math.log(
                        Math.exp(x[t]) / Arrays.stream(x).map(Math::exp).sum()));
        said(
                "e^1000 is more than a double can hold",
                (x, t) -> Math.log(Arrays.stream(x).map(Math::exp).sum()) - x[t]);
        said("No quotient is needed", (x, t) -> -Math.log(softmax(x)[t]));
        said("logits (2, 0, 0) and target 0 you answered 7, expected 0.2395.", (x, t) -> 7);
        said("ArrayIndexOutOfBounds", (x, t) -> x[t + 10]);
    }

    @Test
    void aStubIsUnfilled() {
        assertEquals(Outcome.UNFILLED, check((TokenLoss) (x, t) -> unfilled()).outcome());
    }

    private static void said(String words, TokenLoss answer) {
        said(words, check(answer));
    }

    static void said(String words, Verdict verdict) {
        assertEquals(Outcome.WRONG, verdict.outcome());
        assertTrue(verdict.says().contains(words), verdict.says());
    }

    @Test
    void gradientOfThatLoss() {
        gradient("that is the softmax", (x, t) -> softmax(x));
        gradient("in which the loss falls", (x, t) -> scaled(slopes(x, t, -1), -1));
        gradient("the others are 0", (x, t) -> {
            double[] only = new double[x.length];
            only[t] = slopes(x, t, -1)[t];
            return only;
        });
        gradient("1 was added", (x, t) -> slopes(x, t, 1));
        gradient("of −p, not of −ln p", (x, t) -> scaled(slopes(x, t, -1), softmax(x)[t]));
        gradient("of p, not of −ln p", (x, t) -> scaled(slopes(x, t, -1), -softmax(x)[t]));
        gradient("e^1000", (x, t) -> {
            double sum = Arrays.stream(x).map(Math::exp).sum();
            double[] slopes = Arrays.stream(x).map(y -> Math.exp(y) / sum).toArray();
            slopes[t] -= 1;
            return slopes;
        });
        gradient("2 numbers where 3 were expected", (x, t) -> new double[2]);
        gradient("must return", (x, t) -> null);
    }

    private static double[] slopes(double[] logits, int target, double there) {
        double[] slopes = softmax(logits);
        slopes[target] += there;
        return slopes;
    }

    static double[] scaled(double[] values, double by) {
        return Arrays.stream(values).map(value -> by * value).toArray();
    }

    private static void gradient(String words, TokenGradient answer) {
        said(words, check(answer));
    }

    @Test
    void bitsPerByte() {
        bits("per char of a Java string", (l, s) -> sum(l) / Math.log(2) / s.length());
        bits("per character", (l, s) -> sum(l) / Math.log(2) / s.codePointCount(0, s.length()));
        bits("bits per token", (l, s) -> sum(l) / Math.log(2) / l.length);
        bits("nats per byte", (l, s) -> sum(l) / bytes(s));
        bits("more bits than nats", (l, s) -> sum(l) * Math.log(2) / bytes(s));
        bits("nats per token", (l, s) -> sum(l) / l.length);
        bits("perplexity", (l, s) -> Math.exp(sum(l) / l.length));
        bits("of the whole text", (l, s) -> sum(l) / Math.log(2));
    }

    private static double sum(double[] values) {
        return Arrays.stream(values).sum();
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static void bits(String words, BitsPerByte answer) {
        said(words, check(answer));
    }
}
