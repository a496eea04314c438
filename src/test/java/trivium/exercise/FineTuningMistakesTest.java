package trivium.exercise;

import static trivium.exercise.Exercises.check;
import static trivium.exercise.PreTrainingMistakesTest.said;

import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import trivium.text.Tokenizer;

/** Each usual mistake is told by its own sentence. */
class FineTuningMistakesTest {

    @Test
    void maskThePrompt() {
        mask("one weight for each token", a -> weights(a.length, i -> a[i]));
        mask("not about the one it sees", a -> weights(a.length - 1, i -> a[i]));
        mask("the prompt is learned too", a -> weights(a.length - 1, _ -> true));
        mask("ends an answer has weight 0", a -> weights(a.length - 1, i -> a[i + 1] && i + 2 < a.length && a[i + 2]));
        mask("the other way round", a -> weights(a.length - 1, i -> !a[i + 1]));
        mask(
                "the next question too",
                a -> weights(a.length - 1, i -> IntStream.rangeClosed(0, i + 1).anyMatch(j -> a[j])));
    }

    private static double[] weights(int n, IntPredicate learned) {
        return IntStream.range(0, n).mapToDouble(i -> learned.test(i) ? 1 : 0).toArray();
    }

    private static void mask(String words, PromptMask answer) {
        said(words, check(answer));
    }

    @Test
    void conversationAsTokens() {
        tokens("encoded as text", (w, p, a) -> w.encode("<|user|>" + p + "<|assistant|>" + a + "<|end|>"));
        tokens(
                "<|end|> is missing",
                (w, p, a) -> joined(marker(w, "user"), w.encode(p), marker(w, "assistant"), w.encode(a)));
        tokens(
                "<|assistant|> is missing",
                (w, p, a) -> joined(marker(w, "user"), w.encode(p), w.encode(a), marker(w, "end")));
        tokens(
                "<|user|> is missing",
                (w, p, a) -> joined(w.encode(p), marker(w, "assistant"), w.encode(a), marker(w, "end")));
        tokens("must stay text", (w, p, a) -> w.encodeWithSpecials("<|user|>" + p + "<|assistant|>" + a + "<|end|>"));
    }

    private static int[] marker(Tokenizer words, String name) {
        return new int[] {words.special("<|" + name + "|>").orElseThrow()};
    }

    private static int[] joined(int[]... parts) {
        return Arrays.stream(parts).flatMapToInt(Arrays::stream).toArray();
    }

    private static void tokens(String words, ChatTokens answer) {
        said(words, check(answer));
    }

    @Test
    void lossOfABatch() {
        batch(
                "the mean of the rows' means",
                (l, w) -> IntStream.range(0, l.length)
                        .mapToDouble(r -> dot(l[r], w[r]) / dot(w[r], w[r]))
                        .average()
                        .orElseThrow());
        batch(
                "the prompt is in that mean",
                (l, w) -> Arrays.stream(l)
                        .flatMapToDouble(Arrays::stream)
                        .average()
                        .orElseThrow());
        batch(
                "divided by all positions",
                (l, w) ->
                        sum(l, w) / Arrays.stream(l).mapToInt(row -> row.length).sum());
        batch("that is the sum; divide", FineTuningMistakesTest::sum);
        batch("by the number of rows", (l, w) -> sum(l, w) / l.length);
        batch("0/0", (l, w) -> Double.NaN);
    }

    private static double dot(double[] a, double[] b) {
        return IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).sum();
    }

    private static double sum(double[][] losses, double[][] weights) {
        return IntStream.range(0, losses.length)
                .mapToDouble(row -> dot(losses[row], weights[row]))
                .sum();
    }

    private static void batch(String words, BatchLoss answer) {
        said(words, check(answer));
    }
}
