package trivium.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import trivium.model.Parameters.Role;
import trivium.tensor.Batch;
import trivium.tensor.Floats;

/**
 * What every {@link LanguageModel} promises; the phases rely on nothing else. Whoever writes a third one extends this
 * class, answers {@link #model}, and is done when it is green. Asked for are
 *
 * <ul>
 *   <li>a {@link Parameters} vector that its tensors tile, read anew by every pass and decoder at every call, for the
 *       optimiser changes it in place;
 *   <li>a {@link Pass}: causal, blind to other rows and to padding at the end, with values that are log-probabilities
 *       and a backward that <em>adds</em> the true gradient; as many at once as there are workers, one thread each;
 *   <li>a {@link Decoder} that goes token by token to where the pass goes at once;
 *   <li>a {@code copy()} that shares nothing, a {@code withScalarHead} of the same body (or the sentence that it has
 *       none), and a {@code toJson()} from which {@link Models#load} makes the same model (by a {@link ModelKind});
 *   <li>a sentence for ids outside the vocabulary and for more tokens than the context takes.
 * </ul>
 */
@SuppressWarnings("this-escape") // model() is asked once the object stands, and depends on no field
public abstract class LanguageModelContract {

    private static final int ROWS = 3;
    private static final float CLOSE = 1e-5f;

    private final SplittableRandom random = new SplittableRandom(17);
    private LanguageModel model;
    private int vocabulary;
    private int time;
    private int[] tokens;
    private int[] targets;

    /**
     * A small causal model with a vocabulary of 5 to 50 and a context of 8 to 16, made anew at each call with the same
     * weights. Every weight should matter: of spread 1/√in rather than fresh and tiny, and no bias 0.
     */
    protected abstract LanguageModel model();

    @BeforeEach
    void draw() {
        model = model();
        vocabulary = model.outputs();
        time = model.context();
        tokens = ids(ROWS * time);
        targets = ids(ROWS * time);
    }

    /** Weights of every tensor drawn anew, a matrix's with deviation 1/√in. */
    protected static <M extends LanguageModel> M spread(M model) {
        var random = new SplittableRandom(3);
        for (var tensor : model.parameters().tensors()) {
            int in = tensor.shape().getLast();
            double deviation = tensor.shape().size() > 1 ? 1 / Math.sqrt(in) : 0.3;
            for (long i = 0; i < tensor.size(); i++) {
                model.parameters().values().set(tensor.offset() + i, (float) (deviation * random.nextGaussian()));
            }
        }
        return model;
    }

    private int[] ids(int n) {
        return random.ints(n, 0, vocabulary).toArray();
    }

    private int other(int id) {
        return (id + 1) % vocabulary;
    }

    private float[] values(LanguageModel model, int[] tokens, int[] targets) {
        var values = new float[tokens.length];
        model.pass(ROWS, time).forward(tokens, targets, 0, tokens.length / time, time, values);
        return values;
    }

    /** Logits after the last of these tokens, from a pass of their own. */
    private static float[] logits(LanguageModel model, int... tokens) {
        int n = tokens.length;
        var all = model.pass(1, n).outputs(tokens, 0, 1, n);
        return all.toArray((n - 1L) * model.outputs(), model.outputs());
    }

    @Test
    void theTensorsTileTheVector() {
        long next = 0;
        var names = new HashSet<String>();
        for (var tensor : model.parameters().tensors()) {
            assertEquals(next, tensor.offset(), tensor.name());
            assertTrue(names.add(tensor.name()), tensor.name() + " is there twice");
            next += tensor.size();
        }
        assertEquals(model.parameters().count(), next);
    }

    /** Weight decay goes by roles; what it is for are matrices, whatever a model calls them. */
    @Test
    void whatHasMoreThanOneAxisDecays() {
        for (var tensor : model.parameters().tensors()) {
            assertEquals(tensor.shape().size() > 1, tensor.role().decays(), tensor.name());
        }
    }

    @Test
    void valuesAreLogProbabilities() {
        var sums = new double[tokens.length];
        for (int v = 0; v < vocabulary; v++) {
            var all = new int[tokens.length];
            Arrays.fill(all, v);
            var values = values(model, tokens, all);
            for (int i = 0; i < sums.length; i++) {
                sums[i] += Math.exp(values[i]);
            }
        }
        for (double sum : sums) {
            assertEquals(1, sum, 1e-4);
        }
    }

    @Test
    void valuesAreTheSoftmaxOfTheOutputs() {
        var values = values(model, tokens, targets);
        var outputs = model.pass(ROWS, time).outputs(tokens, 0, ROWS, time).toArray();
        assertEquals(ROWS * time * vocabulary, outputs.length);
        for (int i = 0; i < values.length; i++) {
            double sum = 0;
            for (int v = 0; v < vocabulary; v++) {
                sum += Math.exp(outputs[i * vocabulary + v]);
            }
            assertEquals(outputs[i * vocabulary + targets[i]] - Math.log(sum), values[i], CLOSE, "at " + i);
        }
    }

    @Test
    void aPositionSeesItsTokenAndNothingLater() {
        var before = outputs(tokens);
        for (int t = 0; t < time; t++) {
            var changed = tokens.clone();
            changed[t] = other(tokens[t]);
            var after = outputs(changed);
            double largest = 0;
            for (int i = 0; i < (t + 1) * vocabulary; i++) {
                double difference = Math.abs(before[i] - after[i]);
                largest = Math.max(largest, difference);
                assertTrue(i / vocabulary == t || difference <= 1e-6, "a change at " + t + " is seen earlier");
            }
            assertTrue(largest > 1e-3, "a change at " + t + " is not seen there");
        }
    }

    private float[] outputs(int[] tokens) {
        return model.pass(1, time).outputs(tokens, 0, 1, time).toArray();
    }

    @Test
    void rowsDoNotSeeOrTouchEachOther() {
        var together = values(model, tokens, targets);
        for (int row = 0; row < ROWS; row++) {
            var alone = new float[ROWS * time];
            Arrays.fill(alone, 7);
            model.pass(1, time).forward(tokens, targets, row, row + 1, time, alone);
            for (int i = 0; i < alone.length; i++) {
                assertEquals(i / time == row ? together[i] : 7, alone[i], CLOSE, "row " + row);
            }
        }
    }

    @Test
    void gradientsAreThoseOfFiniteDifferences() {
        new GradientCheck(model, vocabulary, time).run();
    }

    /** What is sampled at a temperature is scored and learned at the same, or the model says in a sentence why not. */
    @Test
    void atATemperatureValuesAndGradientsAreThoseOfTheLogitsDividedByIt() {
        var pass = model.pass(ROWS, time);
        try {
            pass.temperature(0.7);
        } catch (IllegalArgumentException e) {
            assertTrue(e.getMessage().contains("at temperature 0.7"), e.getMessage());
            return;
        }
        for (double wrong : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
            refuses(() -> pass.temperature(wrong), "temperature " + wrong + ": expected a positive number");
        }
        var outputs = model.pass(ROWS, time).outputs(tokens, 0, ROWS, time).toArray();
        for (double temperature : new double[] {0.7, 2.5}) {
            var values = new float[tokens.length];
            pass.temperature(temperature);
            pass.forward(tokens, targets, 0, ROWS, time, values);
            for (int i = 0; i < values.length; i++) {
                double sum = 0;
                for (int v = 0; v < vocabulary; v++) {
                    sum += Math.exp(outputs[i * vocabulary + v] / temperature);
                }
                double expected = outputs[i * vocabulary + targets[i]] / temperature - Math.log(sum);
                assertEquals(expected, values[i], CLOSE, "temperature " + temperature + " at " + i);
            }
            new GradientCheck(model, vocabulary, time).temperature(temperature).run();
        }
        assertArrayEquals(outputs, pass.outputs(tokens, 0, ROWS, time).toArray(), "outputs have no temperature");
        pass.temperature(1);
        var again = new float[tokens.length];
        pass.forward(tokens, targets, 0, ROWS, time, again);
        assertArrayEquals(values(model, tokens, targets), again, "at 1 the same bits");
    }

    /**
     * A loss of whole distributions, Σ over positions and tokens of a · p plus Σ w · value, at two temperatures; or the
     * sentence that this model shows none.
     */
    @Test
    void gradientsOfLossesOfWholeDistributionsAreThoseOfFiniteDifferences() {
        var pass = model.pass(ROWS, time);
        try {
            pass.keepDistributions(true);
        } catch (IllegalArgumentException e) {
            assertTrue(e.getMessage().contains("does not show the whole distributions"), e.getMessage());
            return;
        }
        for (double temperature : new double[] {1, 1.8}) {
            new DistributionCheck(model, time, temperature).run();
        }
        var kept = new float[tokens.length];
        pass.forward(tokens, targets, 0, ROWS, time, kept);
        assertArrayEquals(values(model, tokens, targets), kept, CLOSE, "the values stay");
        var weights = new float[tokens.length];
        Arrays.fill(weights, 1);
        var plain = model.pass(ROWS, time);
        plain.forward(tokens, targets, 0, ROWS, time, kept);
        assertEquals(plain.right(weights), pass.right(weights), "so does what is right");
    }

    /** A row that ends early is filled up with anything, at weight 0. */
    @Test
    void paddingAtTheEndIsNeutral() {
        int used = time - 3;
        var padded = tokens.clone();
        var elsewhere = targets.clone();
        for (int i = 0; i < padded.length; i++) {
            if (i % time >= used) {
                padded[i] = other(tokens[i]);
                elsewhere[i] = other(targets[i]);
            }
        }
        assertArrayEquals(
                gradient(model, tokens, targets, time, used), gradient(model, padded, elsewhere, time, used), 1e-6f);
        var cut = gradient(model, cut(tokens, used), cut(targets, used), used, used);
        assertArrayEquals(gradient(model, tokens, targets, time, used), cut, CLOSE, "as if there were no padding");
    }

    private int[] cut(int[] ids, int used) {
        var cut = new int[ROWS * used];
        for (int row = 0; row < ROWS; row++) {
            System.arraycopy(ids, row * time, cut, row * used, used);
        }
        return cut;
    }

    /** Of the sum of values at the first {@code used} positions of rows of {@code length}. */
    private float[] gradient(LanguageModel model, int[] tokens, int[] targets, int length, int used) {
        var weights = new float[ROWS * length];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = i % length < used ? 1 : 0;
        }
        var pass = model.pass(ROWS, time);
        var gradient = Floats.zeros(model.parameters().count());
        pass.forward(tokens, targets, 0, ROWS, length, new float[ROWS * length]);
        pass.backward(weights);
        pass.gradient(false, gradient);
        return gradient.toArray();
    }

    @Test
    void workersChangeNoBit() {
        var one = sliced(1);
        for (int workers : new int[] {2, 4}) {
            assertArrayEquals(one, sliced(workers), workers + " workers");
        }
    }

    private float[] sliced(int workers) {
        try (var slices = new Slices(model, workers)) {
            var input = Batch.of(ROWS, time, tokens, targets);
            slices.gradients(input, (slice, from, to, values, gradients) -> {
                Arrays.fill(gradients, from * time, to * time, 1);
                return 0;
            });
            return slices.gradient().toArray();
        }
    }

    /** A notebook's stop button may be pressed at any moment; who asked for the pass looks at it between steps. */
    @Test
    void anInterruptOnTheWayHarmsNothing() {
        var calm = gradient(model, tokens, targets, time, time);
        Thread.currentThread().interrupt();
        var disturbed = gradient(model, tokens, targets, time, time);
        assertTrue(Thread.interrupted(), "the thread stays interrupted");
        assertArrayEquals(calm, disturbed);
    }

    @Test
    void changedWeightsCountAtOnceInAPassAndAfterARefreshInADecoder() {
        var pass = model.pass(ROWS, time);
        var decoder = model.decoder(1);
        pass.outputs(tokens, 0, ROWS, time);
        decoder.prefill(0, new int[] {1, 2});
        scale(model, 0.5f);
        var fresh = model();
        scale(fresh, 0.5f);
        assertArrayEquals(
                fresh.pass(ROWS, time).outputs(tokens, 0, ROWS, time).toArray(),
                pass.outputs(tokens, 0, ROWS, time).toArray(),
                1e-6f);
        decoder.refresh();
        decoder.prefill(0, new int[] {1, 2});
        assertArrayEquals(logits(fresh, 1, 2), decoder.logits().toArray(), CLOSE);
    }

    private static void scale(LanguageModel model, float factor) {
        var values = model.parameters().values();
        for (long i = 0; i < values.size(); i++) {
            values.set(i, factor * values.get(i));
        }
    }

    @Test
    void tokenByTokenIsTheWholePass() {
        var row = Arrays.copyOf(tokens, time);
        for (int prompt : new int[] {1, 2, time}) {
            var decoder = model.decoder(1);
            decoder.prefill(0, Arrays.copyOf(row, prompt));
            for (int t = prompt; t <= time; t++) {
                assertEquals(t, decoder.length(0));
                var expected = logits(model, Arrays.copyOf(row, t));
                assertArrayEquals(expected, decoder.logits().toArray(), CLOSE, "after " + t + " tokens");
                if (t < time) {
                    decoder.step(new int[] {0}, new int[] {row[t]}, 1);
                }
            }
        }
    }

    /** Rows of different lengths, of which some step and some wait, some begin again and some are copied. */
    @Test
    void rowsOfADecoderGoTheirOwnWays() {
        int rows = 4;
        var decoder = model.decoder(rows);
        var held = new ArrayList<int[]>();
        for (int row = 0; row < rows; row++) {
            held.add(ids(1 + row));
            decoder.prefill(row, held.get(row));
        }
        for (int round = 0; round < 12; round++) {
            int row = random.nextInt(rows);
            if (random.nextBoolean()) {
                held.set(row, ids(1 + random.nextInt(3)));
                decoder.prefill(row, held.get(row));
            } else {
                int from = random.nextInt(rows);
                held.set(row, held.get(from));
                decoder.copyRow(from, row);
            }
            step(decoder, held);
        }
    }

    /** Steps some of the rows that have room, in an order that is not theirs; the arrays are longer than needed. */
    private void step(Decoder decoder, List<int[]> held) {
        var rows = new int[held.size() + 1];
        var next = new int[held.size() + 1];
        int count = 0;
        for (int row = held.size() - 1; row >= 0; row--) {
            int length = held.get(row).length;
            if (length < time && random.nextInt(3) > 0) {
                var longer = Arrays.copyOf(held.get(row), length + 1);
                longer[length] = random.nextInt(vocabulary);
                held.set(row, longer);
                rows[count] = row;
                next[count++] = longer[length];
            }
        }
        if (count == 0) {
            return;
        }
        decoder.step(rows, next, count);
        assertEquals((long) count * vocabulary, decoder.logits().size());
        for (int i = 0; i < count; i++) {
            var expected = logits(model, held.get(rows[i]));
            assertArrayEquals(expected, decoder.logits().toArray((long) i * vocabulary, vocabulary), CLOSE);
            assertEquals(held.get(rows[i]).length, decoder.length(rows[i]));
        }
    }

    @Test
    void aCopySharesNothing() {
        var before = values(model, tokens, targets);
        var copy = model.copy();
        assertArrayEquals(before, values(copy, tokens, targets), 1e-6f);
        scale(copy, 0.5f);
        assertArrayEquals(before, values(model, tokens, targets), 1e-6f, "the copy changed");
        var after = values(copy, tokens, targets);
        assertFalse(Arrays.equals(before, after));
        scale(model, 2);
        assertArrayEquals(after, values(copy, tokens, targets), 1e-6f, "the original changed");
    }

    @Test
    void aCopyIsFrozenAlike() {
        var last = model.parameters().tensors().getLast();
        model.parameters().freeze(last::equals);
        var copy = model.copy();
        assertEquals(model.parameters().trained(), copy.parameters().trained());
        assertTrue(copy.parameters().isFrozen(last));
        model.parameters().freeze(tensor -> false);
        assertTrue(copy.parameters().isFrozen(last), "and from then on goes its own way");
    }

    /** For a reward model: the same body under one output, whose value is what the pass answers. */
    @Test
    void aScalarHeadStandsOnTheSameBody(@TempDir Path folder) {
        model.parameters().freeze(tensor -> tensor.role() == Role.EMBEDDING);
        LanguageModel scoring;
        try {
            scoring = model.withScalarHead(7);
        } catch (IllegalArgumentException e) {
            assertTrue(e.getMessage().contains("scalar head"), e.getMessage());
            return;
        }
        assertEquals(1, scoring.outputs());
        assertEquals(-1, scoring.pass(ROWS, time).right(new float[ROWS * time]));
        var before = named(model);
        named(scoring).forEach((name, numbers) -> {
            if (!name.startsWith("head.")) {
                assertArrayEquals(before.get(name), numbers, name);
            }
        });
        assertEquals(
                scoring.parameters().tensors().stream()
                        .filter(tensor -> tensor.role() == Role.EMBEDDING)
                        .map(Parameters.Tensor::name)
                        .toList(),
                scoring.parameters().tensors().stream()
                        .filter(scoring.parameters()::isFrozen)
                        .map(Parameters.Tensor::name)
                        .toList());
        assertArrayEquals(
                model.withScalarHead(7).parameters().values().toArray(),
                scoring.parameters().values().toArray(),
                "the seed decides");
        var scores = values(scoring, tokens, targets);
        assertArrayEquals(
                scoring.pass(ROWS, time).outputs(tokens, 0, ROWS, time).toArray(), scores, "a score is the output");
        Models.save(scoring, folder);
        var loaded = Models.load(folder);
        assertArrayEquals(scores, values(loaded, tokens, targets), "and comes back");
        assertEquals(scoring.parameters().trained(), loaded.parameters().trained());
        refuses(
                () -> scoring.pass(1, 1).outputs(new int[] {vocabulary}, 0, 1, 1),
                "token " + vocabulary + " is outside the model's vocabulary of " + vocabulary);
        scoring.parameters().freeze(tensor -> false);
        new GradientCheck(scoring, vocabulary, time).run();
    }

    /** The logit of a new token is the mean of the others', for its row of the head is the mean of theirs. */
    @Test
    void newTokensComeBehindTheLast() {
        model.parameters().freeze(tensor -> tensor.role() == Role.EMBEDDING);
        LanguageModel grown;
        try {
            grown = model.withVocabulary(vocabulary + 2);
        } catch (IllegalArgumentException e) {
            assertTrue(e.getMessage().contains("cannot be given new tokens"), e.getMessage());
            return;
        }
        assertEquals(vocabulary + 2, grown.outputs());
        assertEquals(
                model.parameters().frozen().stream()
                        .map(Parameters.Tensor::name)
                        .toList(),
                grown.parameters().tensors().stream()
                        .filter(grown.parameters()::isFrozen)
                        .map(Parameters.Tensor::name)
                        .toList());
        var before = model.pass(ROWS, time).outputs(tokens, 0, ROWS, time).toArray();
        var after = grown.pass(ROWS, time).outputs(tokens, 0, ROWS, time).toArray();
        for (int i = 0; i < ROWS * time; i++) {
            double mean = 0;
            for (int token = 0; token < vocabulary; token++) {
                assertEquals(before[i * vocabulary + token], after[i * (vocabulary + 2) + token], 1e-5);
                mean += before[i * vocabulary + token] / vocabulary;
            }
            assertEquals(mean, after[i * (vocabulary + 2) + vocabulary], 1e-5);
            assertEquals(mean, after[i * (vocabulary + 2) + vocabulary + 1], 1e-5);
        }
        var ids = tokens.clone();
        Arrays.fill(ids, vocabulary + 1);
        grown.pass(ROWS, time).outputs(ids, 0, ROWS, time);
        refuses(() -> grown.withVocabulary(vocabulary), "cannot become one of " + vocabulary);
    }

    private static Map<String, float[]> named(LanguageModel model) {
        var numbers = new HashMap<String, float[]>();
        for (var tensor : model.parameters().tensors()) {
            numbers.put(tensor.name(), model.parameters().values().toArray(tensor.offset(), (int) tensor.size()));
        }
        return numbers;
    }

    @Test
    void aSavedModelComesBack(@TempDir Path folder) {
        Models.save(model, folder);
        var loaded = Models.load(folder);
        assertEquals(model.getClass(), loaded.getClass());
        assertEquals(model.outputs(), loaded.outputs());
        assertEquals(model.context(), loaded.context());
        assertEquals(model.toJson(), loaded.toJson());
        assertEquals(model.parameters().tensors(), loaded.parameters().tensors());
        assertArrayEquals(values(model, tokens, targets), values(loaded, tokens, targets), 1e-6f);
    }

    @Test
    void idsOutsideTheVocabularyAreRefused() {
        for (int wrong : new int[] {-1, vocabulary, Integer.MAX_VALUE}) {
            var bad = tokens.clone();
            bad[time + 1] = wrong;
            var pass = model.pass(ROWS, time);
            var sentence = wrong + " is outside the model's vocabulary of " + vocabulary;
            refuses(() -> pass.forward(bad, targets, 0, ROWS, time, new float[ROWS * time]), "token " + sentence);
            refuses(() -> pass.forward(tokens, bad, 0, ROWS, time, new float[ROWS * time]), "target " + sentence);
            refuses(() -> pass.outputs(bad, 0, ROWS, time), "token " + sentence);
            pass.outputs(bad, 0, 1, time); // the id is in another's row
            var decoder = model.decoder(1);
            refuses(() -> decoder.prefill(0, new int[] {1, wrong}), "token " + sentence);
            decoder.prefill(0, new int[] {1});
            refuses(() -> decoder.step(new int[] {0}, new int[] {wrong}, 1), "token " + sentence);
        }
    }

    @Test
    void theContextIsRespected() {
        var decoder = model.decoder(2);
        refuses(() -> decoder.prefill(0, new int[0]), "the prompt has 0 tokens");
        refuses(() -> decoder.prefill(0, new int[time + 1]), "the prompt has " + (time + 1) + " tokens");
        decoder.prefill(1, new int[time]);
        var full = "row 1 already fills the model's context of " + time + " tokens";
        refuses(() -> decoder.step(new int[] {1}, new int[] {0}, 1), full);
        refuses(() -> model.pass(1, time).outputs(tokens, 0, 2, time), "do not fit a pass of 1 rows of " + time);
        refuses(() -> model.pass(1, 2).outputs(tokens, 0, 1, 3), "do not fit a pass of 1 rows of 2");
    }

    @Test
    void aPassTakesMoreRowsThatAreShorter() {
        int half = time / 2;
        var ids = cut(tokens, half);
        var next = cut(targets, half);
        var expected = new float[ROWS * half];
        model.pass(ROWS, half).forward(ids, next, 0, ROWS, half, expected);
        var found = new float[ROWS * half];
        model.pass(Math.ceilDiv(ROWS * half, time), time).forward(ids, next, 0, ROWS, half, found);
        assertArrayEquals(expected, found, 1e-6f);
    }

    private static void refuses(Executable call, String part) {
        var message = assertThrows(IllegalArgumentException.class, call).getMessage();
        assertTrue(message.contains(part), message);
    }
}
