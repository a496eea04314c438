package trivium.measure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import trivium.model.Gpt;
import trivium.model.Llama;
import trivium.model.Transformer;

/** Divergences of tiny models, by brute force over their vocabulary. */
class CompletionKlTest {

    private static final int VOCABULARY = 5;
    private static final Transformer P = Transformer.of(Llama.of(12, 8, 1, 2, 2), VOCABULARY, 1);
    private static final Transformer Q = Transformer.of(Gpt.of(12, 12, 1, 2), VOCABULARY, 2);

    @Test
    void ofEachPositionAndTokenByBruteForce() {
        var random = new SplittableRandom(4);
        var prompts = new ArrayList<int[]>();
        var said = new ArrayList<int[]>();
        for (int i = 0; i < 19; i++) { // more than are scored side by side
            prompts.add(random.ints(1 + i % 4, 0, VOCABULARY).toArray());
            said.add(random.ints(1 + i % 7, 0, VOCABULARY).toArray());
        }
        var found = CompletionKl.of(P, Q, prompts, said);
        var sums = new double[3][VOCABULARY];
        for (int i = 0; i < said.size(); i++) {
            assertEquals(said.get(i).length, found.kl().get(i).length);
            for (int t = 0; t < said.get(i).length; t++) {
                var seen = join(prompts.get(i), Arrays.copyOf(said.get(i), t));
                var p = distribution(P, seen);
                var q = distribution(Q, seen);
                double kl = 0;
                for (int v = 0; v < VOCABULARY; v++) {
                    kl += p[v] * Math.log(p[v] / q[v]);
                    sums[0][v] += p[v] * Math.log(p[v] / q[v]);
                    sums[1][v] += q[v];
                    sums[2][v] += p[v];
                }
                assertEquals(kl, found.kl().get(i)[t], 1e-5, i + ", " + t);
            }
        }
        assertArrayEquals(sums[0], found.terms(), 1e-4);
        assertArrayEquals(sums[1], found.before(), 1e-4);
        assertArrayEquals(sums[2], found.after(), 1e-4);
    }

    /** In the mean over all completions of three tokens, each as often as p draws it, it is theirs as wholes. */
    @Test
    void addsUpToTheDivergenceOfWholeCompletions() {
        int[] prompt = {2, 3};
        double expected = 0;
        double found = 0;
        for (int i = 0; i < VOCABULARY * VOCABULARY * VOCABULARY; i++) {
            int[] said = {i % VOCABULARY, i / VOCABULARY % VOCABULARY, i / VOCABULARY / VOCABULARY};
            double p = logProb(P, prompt, said);
            double q = logProb(Q, prompt, said);
            expected += Math.exp(p) * (p - q);
            found += Math.exp(p)
                    * Arrays.stream(CompletionKl.of(P, Q, List.of(prompt), List.of(said))
                                    .kl()
                                    .getFirst())
                            .sum();
        }
        assertEquals(expected, found, 1e-5);
    }

    private static double logProb(Transformer model, int[] prompt, int... said) {
        double sum = 0;
        for (int t = 0; t < said.length; t++) {
            sum += Math.log(distribution(model, join(prompt, Arrays.copyOf(said, t)))[said[t]]);
        }
        return sum;
    }

    private static double[] distribution(Transformer model, int... seen) {
        var logits = model.pass(1, seen.length).outputs(seen, 0, 1, seen.length);
        var p = new double[VOCABULARY];
        for (int v = 0; v < VOCABULARY; v++) {
            p[v] = Math.exp(logits.get((long) (seen.length - 1) * VOCABULARY + v));
        }
        double sum = Arrays.stream(p).sum();
        return Arrays.stream(p).map(x -> x / sum).toArray();
    }

    private static int[] join(int[] a, int... b) {
        var both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    @Test
    void itStopsWhereTheThreadIsInterrupted() {
        Thread.currentThread().interrupt();
        assertThrows(
                CancellationException.class,
                () -> CompletionKl.of(P, Q, List.of(new int[] {1}), List.of(new int[] {1})));
        Thread.interrupted();
    }

    @Test
    void anotherVocabularyIsRefused() {
        var other = Transformer.of(Gpt.of(12, 12, 1, 2), VOCABULARY + 1, 2);
        assertThrows(
                IllegalArgumentException.class,
                () -> CompletionKl.of(P, other, List.of(new int[] {1}), List.of(new int[] {1})));
    }
}
