package trivium.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import trivium.tensor.Batch;
import trivium.tensor.Precision;
import trivium.tensor.Products;
import trivium.tensor.RowLayout;

/** What stands at the right end of short rows is neither seen nor computed. */
class PaddingTest {

    private static final int[] LENGTHS = {3, 7, 1, 5, 6, 2};
    private static final RandomKey KEY = new RandomKey(3, 17);

    /** Rows of these lengths, padded to {@code time} with whatever the seed gives. */
    private static Batch batch(int time, long padding, RowLayout layout) {
        int n = LENGTHS.length * time;
        var text = new SplittableRandom(5);
        var tokens = Shapes.tokens(new SplittableRandom(padding), n);
        var targets = Shapes.tokens(new SplittableRandom(padding + 1), n);
        var weights = new float[n];
        for (int row = 0; row < LENGTHS.length; row++) {
            for (int t = 0; t < LENGTHS[row]; t++) {
                tokens[row * time + t] = text.nextInt(Shapes.VOCABULARY);
                targets[row * time + t] = text.nextInt(Shapes.VOCABULARY);
                weights[row * time + t] = 1;
            }
        }
        return new Batch(LENGTHS.length, time, tokens, targets, weights, layout);
    }

    private static RowLayout layout(int group) {
        return RowLayout.lengths(group, IntStream.of(LENGTHS));
    }

    private record Found(double loss, float[] values, float[] gradient) {}

    private static Found found(LanguageModel model, Batch batch, Compute compute, RandomKey key) {
        var found = new float[IntStream.of(LENGTHS).sum()];
        try (var slices = new Slices(model, compute)) {
            double loss = slices.gradients(batch, key, (slice, from, to, values, gradients) -> {
                double sum = 0;
                for (int row = from; row < to; row++) {
                    int first = IntStream.of(LENGTHS).limit(row).sum();
                    for (int t = 0; t < batch.time(); t++) {
                        int i = row * batch.time() + t;
                        gradients[i] = -batch.weights()[i];
                        sum -= batch.weights()[i] * values[i];
                        if (t < LENGTHS[row]) {
                            found[first + t] = values[i];
                        } else {
                            assertEquals(0, values[i]);
                        }
                    }
                }
                return sum;
            });
            return new Found(loss, found, slices.gradient().toArray());
        }
    }

    @Test
    void itChangesNoBit() {
        float rounding = Products.keepBitsWhateverTheRows() ? 0 : 1e-5f;
        for (var shape : Shapes.all().entrySet()) {
            for (var precision : Precision.values()) {
                var model = Shapes.model(shape.getValue());
                var little = found(model, batch(7, 1, layout(1)), new Compute(2, precision), KEY);
                var much = found(model, batch(Shapes.CONTEXT, 100, layout(2)), new Compute(3, precision), KEY);
                assertArrayEquals(little.values(), much.values(), rounding, shape.getKey());
                assertEquals(little.loss(), much.loss(), 1e-6 * little.loss(), shape.getKey()); // pairs: other slices
                assertArrayEquals(little.gradient(), much.gradient(), 2e-5f, shape.getKey());
                var other = found(model, batch(Shapes.CONTEXT, 200, layout(2)), new Compute(1, precision), KEY);
                assertEquals(other.loss(), much.loss(), shape.getKey());
                assertArrayEquals(other.gradient(), much.gradient(), shape.getKey());
            }
        }
    }

    @Test
    void aRowAloneGivesTheSame() {
        for (var shape : Shapes.all().entrySet()) {
            var model = Shapes.model(shape.getValue());
            var all = found(model, batch(Shapes.CONTEXT, 1, layout(1)), new Compute(1, Precision.FLOAT32), null);
            var batch = batch(Shapes.CONTEXT, 1, layout(1));
            int first = 0;
            for (int row = 0; row < LENGTHS.length; row++) {
                int from = row * Shapes.CONTEXT;
                var values = new float[LENGTHS[row]];
                var tokens = Arrays.copyOfRange(batch.tokens(), from, from + LENGTHS[row]);
                var targets = Arrays.copyOfRange(batch.targets(), from, from + LENGTHS[row]);
                model.pass(1, LENGTHS[row]).forward(tokens, targets, 0, 1, LENGTHS[row], values);
                var expected = Arrays.copyOfRange(all.values(), first, first + LENGTHS[row]);
                assertArrayEquals(expected, values, 2e-5f, shape.getKey() + ", row " + row);
                first += LENGTHS[row];
            }
        }
    }

    /** A pass with room for 24 positions takes six rows that hold 24, however long they are padded, and no more. */
    @Test
    void itTakesNoRoom() {
        var model = Shapes.model(Shapes.GPT);
        var batch = batch(Shapes.CONTEXT, 1, layout(1));
        var values = new float[batch.tokens().length];
        var pass = model.pass(2, 12);
        pass.rowLayout(batch.layout());
        pass.forward(batch.tokens(), batch.targets(), 0, 6, Shapes.CONTEXT, values);
        var tight = model.pass(1, 23);
        tight.rowLayout(batch.layout());
        assertThrows(
                IllegalArgumentException.class,
                () -> tight.forward(batch.tokens(), batch.targets(), 0, 6, Shapes.CONTEXT, values));
    }

    /** Outputs keep a place for padding, which holds 0. */
    @Test
    void outputsHaveAPlaceForIt() {
        for (var shape : Shapes.all().entrySet()) {
            var model = Shapes.model(shape.getValue());
            int time = 8;
            var batch = batch(time, 1, layout(1));
            var pass = model.pass(6, time);
            pass.rowLayout(batch.layout());
            var outputs = pass.outputs(batch.tokens(), 0, 6, time).toArray();
            int vocabulary = outputs.length / batch.tokens().length;
            for (int row = 0; row < LENGTHS.length; row++) {
                int at = row * time;
                var tokens = Arrays.copyOfRange(batch.tokens(), at, at + LENGTHS[row]);
                var alone = model.pass(1, LENGTHS[row])
                        .outputs(tokens, 0, 1, LENGTHS[row])
                        .toArray();
                for (int i = 0; i < time * vocabulary; i++) {
                    float expected = i < alone.length ? alone[i] : 0;
                    assertEquals(expected, outputs[at * vocabulary + i], 2e-5f, shape.getKey() + ", row " + row);
                }
            }
        }
    }
}
