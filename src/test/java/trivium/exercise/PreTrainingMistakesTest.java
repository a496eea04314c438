package trivium.exercise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static trivium.exercise.Exercises.check;
import static trivium.exercise.Exercises.unfilled;

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
}
