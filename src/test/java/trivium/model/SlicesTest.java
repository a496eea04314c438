package trivium.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import trivium.tensor.Batch;
import trivium.tensor.Precision;

/** A batch cut into slices: the same numbers whoever computes them, and those of its rows one by one. */
class SlicesTest {

    private static final int TIME = Shapes.CONTEXT;

    private final SplittableRandom random = new SplittableRandom(31);

    private Batch input(int rows, int group) {
        int n = rows * TIME;
        var weights = new float[n];
        Arrays.fill(weights, 1);
        return new Batch(rows, TIME, Shapes.tokens(random, n), Shapes.tokens(random, n), weights, group);
    }

    /** Mean −log p over a batch of {@code rows}. */
    private static Slices.Loss mean(int rows) {
        return (slice, from, to, values, gradients) -> {
            double sum = 0;
            for (int i = from * TIME; i < to * TIME; i++) {
                gradients[i] = -1f / (rows * TIME);
                sum -= values[i] / (rows * TIME);
            }
            return sum;
        };
    }

    private record Result(double loss, double norm, float[] gradient) {}

    private static Result gradient(LanguageModel model, int workers, Batch input) {
        return gradient(model, workers, input, null);
    }

    private static Result gradient(LanguageModel model, int workers, Batch input, RandomKey key) {
        try (var slices = new Slices(model, workers)) {
            double loss = slices.gradients(input, key, mean(input.rows()));
            return new Result(loss, slices.norm(), slices.gradient().toArray());
        }
    }

    @Test
    void workersChangeNoBit() {
        for (var architecture : Shapes.all().values()) {
            var model = Shapes.model(architecture);
            for (int rows : new int[] {1, 3, 8, 9}) {
                var input = input(rows, 1);
                var one = gradient(model, 1, input);
                for (int workers : new int[] {2, 4, 7}) {
                    var many = gradient(model, workers, input);
                    assertEquals(one.loss(), many.loss());
                    assertEquals(one.norm(), many.norm());
                    assertArrayEquals(one.gradient(), many.gradient());
                }
            }
        }
    }

    /** More slices than workers, several tiles to a layer, parts of a batch, packed pairs, dropout, both precisions. */
    @Test
    void anyNumberOfWorkersGivesTheSameBits() {
        var many = input(800, 2);
        assertTrue(Slices.count(many.rows() / 2, 2 * TIME) > 16);
        sameBits(Shapes.model(Shapes.DROPOUT_AND_ALL), many);
        sameBits(Transformer.of(Gpt.of(TIME, 400, 1, 2), Shapes.VOCABULARY, 1), input(6, 1));
    }

    private static void sameBits(LanguageModel model, Batch input) {
        for (var precision : Precision.values()) {
            Result one = null;
            for (int workers : new int[] {1, 2, 3, 8, 16}) {
                try (var slices = new Slices(model, new Compute(workers, precision))) {
                    double loss = slices.gradients(input, 2, new RandomKey(3, 17), mean(input.rows()));
                    var found =
                            new Result(loss, slices.norm(), slices.gradient().toArray());
                    one = one == null ? found : one;
                    assertEquals(one.loss(), found.loss());
                    assertEquals(one.norm(), found.norm());
                    assertArrayEquals(one.gradient(), found.gradient(), workers + " workers in " + precision);
                }
            }
        }
    }

    /** 184 rows make four slices of 46, 185 make five of 37: buffers must take either. */
    @Test
    void partsOfOneRowMoreOrLess() {
        var model = Shapes.model(Shapes.GPT);
        var input = input(369, 1);
        var whole = gradient(model, 2, input);
        try (var slices = new Slices(model, 2)) {
            double loss = slices.gradients(input, 2, null, mean(input.rows()));
            assertEquals(whole.loss(), loss, 1e-6);
            assertArrayEquals(whole.gradient(), slices.gradient().toArray(), 1e-6f);
        }
    }

    /** A slice is at most 512 positions, or one group; a small batch makes four slices if it has the rows. */
    @Test
    void howManySlices() {
        assertEquals(8, Slices.count(16, 256));
        assertEquals(2, Slices.count(2, 256));
        assertEquals(4, Slices.count(12, 64));
        assertEquals(16, Slices.count(16, 300));
        assertEquals(5, Slices.count(40, 64));
        assertEquals(Slices.SLICES, Slices.count(1_000, 512));
        assertEquals(3, Slices.count(3, 1));
    }

    /** bfloat16 keeps 8 bits: an error of at most 1/256 in each factor, most of which cancel in the sums. */
    @Test
    void productsOfBfloat16ChangeTheGradientALittle() {
        assumeTrue(Precision.BF16.available());
        for (var architecture : Shapes.all().values()) {
            var model = Shapes.model(architecture);
            var input = input(8, 1);
            var exact = gradient(model, 2, input).gradient();
            try (var slices = new Slices(model, new Compute(2, Precision.BF16))) {
                slices.gradients(input, mean(input.rows()));
                var rounded = slices.gradient().toArray();
                double error = 0;
                double size = 0;
                for (int i = 0; i < exact.length; i++) {
                    error += Math.pow(rounded[i] - exact[i], 2);
                    size += Math.pow(exact[i], 2);
                }
                double relative = Math.sqrt(error / size);
                assertTrue(relative > 1e-4 && relative < 2e-2, relative + " for " + architecture);
            }
        }
    }

    @Test
    void workersChangeNoBitOfDropout() {
        for (var architecture : List.of(Shapes.DROPOUT, Shapes.DROPOUT_AND_ALL)) {
            var model = Shapes.model(architecture);
            var input = input(9, 1);
            var key = new RandomKey(3, 17);
            var one = gradient(model, 1, input, key);
            for (int workers : new int[] {2, 4}) {
                var many = gradient(model, workers, input, key);
                assertEquals(one.loss(), many.loss());
                assertArrayEquals(one.gradient(), many.gradient());
            }
            assertNotEquals(
                    one.loss(), gradient(model, 2, input, new RandomKey(3, 18)).loss(), "another step");
            assertNotEquals(
                    one.loss(), gradient(model, 2, input, new RandomKey(4, 17)).loss(), "another seed");
            assertNotEquals(one.loss(), gradient(model, 2, input).loss(), "no key");
        }
    }

    /** The row in the batch decides what is dropped, not where the batch was cut. */
    @Test
    void dropoutKnowsNoSlices() {
        var model = Shapes.model(Shapes.DROPOUT_AND_ALL);
        var input = input(8, 1);
        var key = new RandomKey(1, 0);
        var whole = new float[8 * TIME];
        model.pass(8, TIME).forward(input.tokens(), input.targets(), 0, 8, TIME, whole, key);
        var parts = new float[8 * TIME];
        var pass = model.pass(5, TIME);
        pass.forward(input.tokens(), input.targets(), 0, 3, TIME, parts, key);
        pass.forward(input.tokens(), input.targets(), 3, 8, TIME, parts, key);
        assertArrayEquals(whole, parts, 1e-5f);

        var tokens = new int[8 * TIME];
        model.pass(8, TIME).forward(tokens, tokens, 0, 8, TIME, whole, key);
        assertNotEquals(whole[0], whole[TIME], "the first position of two rows");
    }

    @Test
    void nothingIsDroppedOutsideTraining() {
        var model = Shapes.model(Shapes.DROPOUT_AND_ALL);
        var without = twin(model, Shapes.DROPOUT_AND_ALL.dropout(0));
        var input = input(6, 1);
        var found = new float[6 * TIME];
        try (var slices = new Slices(model, 2);
                var plain = new Slices(without, 2)) {
            slices.gradients(input, new RandomKey(2, 2), mean(6));
            slices.values(input, found);
            var expected = new float[6 * TIME];
            plain.values(input, expected);
            assertArrayEquals(expected, found);
        }
        var pass = model.pass(6, TIME);
        pass.forward(input.tokens(), input.targets(), 0, 6, TIME, found, new RandomKey(2, 2));
        var expected = without.pass(6, TIME).outputs(input.tokens(), 0, 6, TIME);
        assertArrayEquals(
                expected.toArray(), pass.outputs(input.tokens(), 0, 6, TIME).toArray());
    }

    @Test
    void aProbabilityOfZeroIsNoDropout() {
        var model = Shapes.model(Shapes.GPT_WITH_BIASES.dropout(0));
        var input = input(5, 1);
        var plain = gradient(model, 2, input);
        var zero = gradient(model, 2, input, new RandomKey(1, 1));
        assertEquals(plain.loss(), zero.loss());
        assertArrayEquals(plain.gradient(), zero.gradient());
    }

    /** The same weights in another architecture that has the same. */
    private static Transformer twin(Transformer model, Architecture architecture) {
        var twin = Transformer.blank(architecture, model.vocabulary(), model.outputs());
        var values = model.parameters().values();
        twin.parameters().values().copyFrom(values, 0, 0, values.size());
        return twin;
    }

    @Test
    void aBatchIsTheMeanOfItsRows() {
        for (var architecture : Shapes.all().values()) {
            var model = Shapes.model(architecture);
            int rows = 8;
            var input = input(rows, 1);
            var whole = gradient(model, 2, input);
            double loss = 0;
            var sum = new float[whole.gradient().length];
            for (int row = 0; row < rows; row++) {
                var tokens = Arrays.copyOfRange(input.tokens(), row * TIME, (row + 1) * TIME);
                var targets = Arrays.copyOfRange(input.targets(), row * TIME, (row + 1) * TIME);
                var single = gradient(model, 1, Batch.of(1, TIME, tokens, targets));
                loss += single.loss() / rows;
                for (int i = 0; i < sum.length; i++) {
                    sum[i] += single.gradient()[i] / rows;
                }
            }
            assertEquals(loss, whole.loss(), 1e-6);
            assertArrayEquals(sum, whole.gradient(), 1e-6f);
        }
    }

    @Test
    void theNormIsTheGradientsLength() {
        var result = gradient(Shapes.model(Shapes.LLAMA), 2, input(5, 1));
        double squares = 0;
        for (float g : result.gradient()) {
            squares += (double) g * g;
        }
        assertEquals(Math.sqrt(squares), result.norm(), 1e-5 * result.norm());
    }

    /** Buffers that served a larger batch leave nothing behind, nor do those that must grow. */
    @Test
    void batchesOfAllSizesInAnyOrder() {
        var model = Shapes.model(Shapes.LLAMA_IN_GROUPS);
        try (var slices = new Slices(model, 2)) {
            for (int rows : new int[] {2, 9, 1, 4, 16, 3}) {
                var input = input(rows, 1);
                double loss = slices.gradients(input, mean(rows));
                var fresh = gradient(model, 2, input);
                assertEquals(fresh.loss(), loss);
                assertArrayEquals(fresh.gradient(), slices.gradient().toArray(), rows + " rows");
            }
        }
    }

    @Test
    void valuesAreThoseOfOnePass() {
        var model = Shapes.model(Shapes.GPT);
        var input = input(7, 1);
        var expected = new float[7 * TIME];
        model.pass(7, TIME).forward(input.tokens(), input.targets(), 0, 7, TIME, expected);
        var found = new float[7 * TIME];
        try (var slices = new Slices(model, 2)) {
            slices.values(input, found);
        }
        assertArrayEquals(expected, found, 1e-5f);
    }

    /** Also by passes that a larger batch makes anew, and until another temperature is asked for. */
    @Test
    void theTemperatureIsThatOfEveryPass() {
        var model = Shapes.model(Shapes.LLAMA);
        try (var slices = new Slices(model, 2).temperature(0.6)) {
            for (int rows : new int[] {3, 9}) {
                var input = input(rows, 1);
                var pass = model.pass(rows, TIME);
                var expected = new float[rows * TIME];
                pass.temperature(0.6);
                pass.forward(input.tokens(), input.targets(), 0, rows, TIME, expected);
                var found = new float[rows * TIME];
                slices.values(input, found);
                assertArrayEquals(expected, found, 1e-5f);
                slices.gradients(input, (slice, from, to, values, gradients) -> {
                    assertArrayEquals(
                            Arrays.copyOfRange(expected, from * TIME, to * TIME),
                            Arrays.copyOfRange(values, from * TIME, to * TIME),
                            1e-5f);
                    return 0;
                });
            }
            var input = input(9, 1);
            var found = new float[9 * TIME];
            slices.temperature(1).values(input, found);
            assertArrayEquals(values(model, input), found, 1e-5f);
        }
        var scores = new Slices(model.withScalarHead(1), 1);
        assertThrows(IllegalArgumentException.class, () -> scores.temperature(2));
    }

    private static float[] values(Transformer model, Batch input) {
        var values = new float[input.rows() * TIME];
        model.pass(input.rows(), TIME).forward(input.tokens(), input.targets(), 0, input.rows(), TIME, values);
        return values;
    }

    @Test
    void groupsAreNeverCut() {
        try (var slices = new Slices(Shapes.model(Shapes.GPT), 1)) {
            for (int groups = 1; groups <= 9; groups++) {
                var seen = new int[groups * 2];
                slices.gradients(input(groups * 2, 2), (slice, from, to, values, gradients) -> {
                    assertEquals(0, from % 2);
                    assertEquals(0, to % 2);
                    Arrays.fill(gradients, from * TIME, to * TIME, 0);
                    for (int row = from; row < to; row++) {
                        seen[row]++;
                    }
                    return 0;
                });
                assertArrayEquals(Arrays.stream(seen).map(n -> 1).toArray(), seen, "every row once");
            }
        }
    }

    @Test
    void anInterruptStops() {
        try (var slices = new Slices(Shapes.model(Shapes.GPT), 2)) {
            Thread.currentThread().interrupt();
            assertThrows(CancellationException.class, () -> slices.gradients(input(4, 1), mean(4)));
            assertFalse(Thread.interrupted(), "the exception stands for the interrupt");
        }
    }

    @Test
    void rowsLongerThanTheContextAreRefused() {
        try (var slices = new Slices(Shapes.model(Shapes.GPT), 1)) {
            int time = TIME + 1;
            var input = Batch.of(1, time, new int[time], new int[time]);
            var thrown = assertThrows(IllegalArgumentException.class, () -> slices.values(input, new float[time]));
            assertTrue(thrown.getMessage().contains("12 tokens a row is longer than the model's context of 11"));
        }
    }
}
