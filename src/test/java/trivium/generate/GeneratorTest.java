package trivium.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import trivium.generate.Generation.Finish;
import trivium.lstm.Lstm;
import trivium.lstm.LstmShape;
import trivium.model.DivergedException;
import trivium.model.Gpt;
import trivium.model.LanguageModel;
import trivium.model.LanguageModel.Batching;
import trivium.model.Llama;
import trivium.model.Transformer;

class GeneratorTest {

    private static final int VOCABULARY = 7;
    private static final Sampling SAMPLING =
            Sampling.atTemperature(1).maxTokens(12).stop(6).seed(3);

    private final TableModel model = TableModel.random(VOCABULARY, 20, 1, 1);

    @Test
    void sequencesAppearAsOftenAsTheModelSays() {
        int n = 20_000;
        var prompts = Collections.nCopies(n, new int[] {2, 4});
        var counts = new int[VOCABULARY * VOCABULARY];
        for (var g : new Generator(model, 2)
                .generate(prompts, Sampling.atTemperature(1).maxTokens(2))) {
            counts[g.tokens()[0] * VOCABULARY + g.tokens()[1]]++;
        }
        double chiSquare = 0;
        for (int i = 0; i < counts.length; i++) {
            double expected = n * Math.exp(model.logProb(new int[] {2, 4}, new int[] {i / VOCABULARY, i % VOCABULARY}));
            chiSquare += Math.pow(counts[i] - expected, 2) / expected;
        }
        assertTrue(
                chiSquare < 84.0,
                "chi-square " + chiSquare + " with 48 degrees of freedom passes 84.0 once in a thousand");
    }

    @Test
    void logProbsAreTheModelsAndTheEntropyIsThatOfWhatIsDrawn() {
        for (var g : new Generator(model, 2)
                .generate(prompts(30), Sampling.atTemperature(0.7).topK(4).stop(6))) {
            double entropy = 0;
            for (int i = 0; i < g.tokens().length; i++) {
                int[] before = IntStream.concat(IntStream.of(g.prompt()), Arrays.stream(g.tokens(), 0, i))
                        .toArray();
                double[] p = model.probabilities(before);
                assertEquals(Math.log(p[g.tokens()[i]]), g.logProbs()[i], 1e-5);
                double[] drawn = Arrays.stream(p)
                        .sorted()
                        .skip(p.length - 4)
                        .map(x -> Math.pow(x, 1 / 0.7))
                        .toArray();
                double total = Arrays.stream(drawn).sum();
                entropy -= Arrays.stream(drawn)
                        .map(x -> x / total * Math.log(x / total))
                        .sum();
            }
            assertEquals(entropy / g.tokens().length, g.entropy(), 1e-5);
            assertEquals(model.logProb(g.prompt(), g.tokens()), g.logProb(), 1e-4);
        }
    }

    @Test
    void greedyFollowsTheMostProbableTokens() {
        var g = new Generator(model, 1)
                .generate(List.of(new int[] {1}), Sampling.greedy().maxTokens(8))
                .getFirst();
        var tokens = new ArrayList<>(List.of(1));
        for (int i = 0; i < 8; i++) {
            double[] p = model.probabilities(
                    tokens.stream().mapToInt(Integer::intValue).toArray());
            tokens.add(IntStream.range(0, VOCABULARY)
                    .reduce((a, b) -> p[b] > p[a] ? b : a)
                    .getAsInt());
        }
        assertEquals(tokens.subList(1, 9), Arrays.stream(g.tokens()).boxed().toList());
    }

    @Test
    void theNumberOfWorkersAndEarlierCallsDoNotMatter() {
        var prompts = prompts(45);
        var expected = new Generator(model, 1).generate(prompts, SAMPLING);
        var generator = new Generator(model, 3);
        generator.generate(prompts(5), SAMPLING.seed(9));
        assertSame(expected, generator.generate(prompts, SAMPLING));
    }

    @Test
    void aRowDependsOnItsPromptAndItsDiceOnly() {
        var prompts = prompts(40);
        var all = new Generator(model, 2).generate(prompts, SAMPLING);
        // The same row number among other prompts, and fewer of them.
        for (int row : new int[] {0, 3, 17}) {
            var others = new ArrayList<>(Collections.nCopies(row, new int[] {5}));
            others.add(prompts.get(row));
            var some = new Generator(model, 1).generate(others, SAMPLING);
            assertSame(List.of(all.get(row)), List.of(some.get(row)));
        }
    }

    @Test
    void onePromptsCompletionsShareItsPrefillHoweverManyTheyAre() {
        var three = IntStream.range(0, 300).mapToObj(i -> new int[] {i % 3, 4}).toList();
        var expected = new Generator(model, 1).generate(three, SAMPLING);
        assertEquals(3, model.prefills());
        for (int workers = 1; workers <= 4; workers++) {
            var shared = TableModel.random(VOCABULARY, 20, 1, 1).together();
            assertSame(expected, new Generator(shared, workers).generate(three, SAMPLING));
            assertEquals(3, shared.prefills(), workers + " workers at one decoder");
        }
        var apart = TableModel.random(VOCABULARY, 20, 1, 1);
        assertSame(expected, new Generator(apart, 2).generate(three, SAMPLING));
        assertTrue(apart.prefills() <= 6, apart.prefills() + " prompts read by two decoders");
    }

    /** 32 rows decode side by side; they are all taken as long as somebody waits. */
    @Test
    void aCompletionThatIsOverMakesRoomForOneThatWaits() {
        var prompts = prompts(320);
        var generations = new Generator(model, 1).generate(prompts, SAMPLING);
        int drawn = generations.stream().mapToInt(g -> g.tokens().length).sum();
        int longest = 12;
        assertTrue(model.steps() <= drawn / 32 + longest, model.steps() + " steps for " + drawn + " tokens in 32 rows");
    }

    @Test
    void whatATeamsTaskThrowsIsThrown() {
        var broken = TableModel.random(VOCABULARY, 20, 1, 1).together();
        broken.last(5, 0, Double.NaN);
        var generator = new Generator(broken, 3);
        assertThrows(
                DivergedException.class,
                () -> generator.generate(prompts(400), Sampling.atTemperature(1).maxTokens(18)));
    }

    /** A model for each {@link Batching}. */
    @Test
    void rowsOfARealModelDoNotDependOnWorkersNorNeighbours() {
        for (LanguageModel network : List.of(
                Transformer.of(Llama.of(24, 64, 2, 4, 2), VOCABULARY, 1),
                Transformer.of(Gpt.of(24, 256, 3, 4), VOCABULARY, 1),
                Lstm.of(new LstmShape(24, 40, 2), VOCABULARY, 1))) {
            var prompts = prompts(21);
            var sampling = SAMPLING.maxTokens(20);
            var expected = new Generator(network, 1).generate(prompts, sampling);
            assertSame(expected, new Generator(network, 3).generate(prompts, sampling));
            if (network.batching() == Batching.CUT) {
                continue; // the number of workers changes nothing, but the number of rows may
            }
            for (int count : new int[] {1, 2, 5, 7}) {
                var some = new Generator(network, 2).generate(prompts.subList(0, count), sampling);
                assertSame(expected.subList(0, count), some);
            }
        }
    }

    @Test
    void rowsOfOnePromptThrowTheirOwnDice() {
        var texts = new Generator(model, 2)
                .generate(Collections.nCopies(20, new int[] {1}), SAMPLING).stream()
                        .map(g -> Arrays.toString(g.tokens()))
                        .distinct()
                        .count();
        assertTrue(texts > 10, texts + " different completions of 20");
    }

    @Test
    void twoModelsThatAgreeDrawTheSame() {
        var other = (TableModel) model.copy();
        other.last(5, 0, 9); // only what follows a 5 differs
        var prompts = prompts(60);
        var before = new Generator(model, 2).generate(prompts, SAMPLING);
        var after = new Generator(other, 2).generate(prompts, SAMPLING);
        int shared = 0;
        for (int i = 0; i < prompts.size(); i++) {
            int[] a = before.get(i).tokens();
            int[] b = after.get(i).tokens();
            if (last(prompts.get(i)) == 5) {
                continue;
            }
            int five = IntStream.range(0, a.length)
                    .filter(t -> a[t] == 5)
                    .findFirst()
                    .orElse(a.length - 1);
            assertArrayEquals(Arrays.copyOf(a, five + 1), Arrays.copyOf(b, five + 1));
            shared++;
        }
        assertTrue(shared > 30);
    }

    @Test
    void rowsStopForTheirOwnReasons() {
        var stubborn = TableModel.random(VOCABULARY, 20, 0, 0);
        for (int t = 0; t < VOCABULARY; t++) {
            stubborn.last(t, t == 1 ? 6 : t, 50); // 1 stops, everything else repeats itself
        }
        var generations = new Generator(stubborn, 2)
                .generate(List.of(new int[] {1}, new int[] {2}, new int[15], new int[20]), SAMPLING);
        assertEquals(
                List.of(Finish.STOP, Finish.LENGTH, Finish.CONTEXT, Finish.CONTEXT),
                generations.stream().map(Generation::finish).toList());
        assertArrayEquals(new int[] {6}, generations.get(0).tokens());
        assertEquals(0, generations.get(0).said().length);
        assertEquals(12, generations.get(1).said().length);
        assertEquals(6, generations.get(2).tokens().length); // 15 + 5 tokens are read, the last one need not be
        assertEquals(1, generations.get(3).tokens().length);
    }

    @Test
    void promptsThatDoNotFitAreRefused() {
        var generator = new Generator(model, 1);
        var failure =
                assertThrows(IllegalArgumentException.class, () -> generator.generate(List.of(new int[21]), SAMPLING));
        assertTrue(failure.getMessage().contains("21") && failure.getMessage().contains("20"), failure.getMessage());
        assertThrows(IllegalArgumentException.class, () -> generator.generate(List.of(new int[0]), SAMPLING));
        assertEquals(List.of(), generator.generate(List.of(), SAMPLING));
    }

    @Test
    void anInterruptStopsIt() {
        Thread.currentThread().interrupt();
        var generator = new Generator(model, 2);
        assertThrows(CancellationException.class, () -> generator.generate(prompts(40), SAMPLING));
    }

    private static List<int[]> prompts(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> i % 3 == 0 ? new int[] {2, 3} : new int[] {i % 6, i * i % 6, i / 2 % 6})
                .toList();
    }

    private static int last(int[] tokens) {
        return tokens[tokens.length - 1];
    }

    private static void assertSame(List<Generation> expected, List<Generation> actual) {
        for (int i = 0; i < expected.size(); i++) {
            assertArrayEquals(expected.get(i).tokens(), actual.get(i).tokens());
            assertArrayEquals(expected.get(i).logProbs(), actual.get(i).logProbs());
            assertEquals(expected.get(i).finish(), actual.get(i).finish());
        }
    }
}
