package trivium.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;
import trivium.tensor.Batch;
import trivium.tensor.Floats;
import trivium.tensor.RowLayout;

/** Several documents in a row: the same numbers as each in a row of its own. */
class PackedRowsTest {

    private static final int TIME = Shapes.CONTEXT;
    /** Of the first row one position is padding, of the second none, of the third six. */
    private static final int[][] ENDS = {{4, 5, 10}, {TIME}, {3, 5}};

    private static final int ROWS = ENDS.length;

    private final SplittableRandom random = new SplittableRandom(41);
    private final int[] tokens = Shapes.tokens(random, ROWS * TIME);
    private final int[] targets = Shapes.tokens(random, ROWS * TIME);
    private final float[] weights = new float[ROWS * TIME]; // dL/dvalue, 0 on padding

    @TestFactory
    Stream<DynamicTest> packedIsOneToARow() {
        return Shapes.all().entrySet().stream()
                .map(shape -> DynamicTest.dynamicTest(shape.getKey(), () -> check(Shapes.model(shape.getValue()))));
    }

    private void check(Transformer model) {
        var expected = new float[ROWS * TIME];
        var sum = Floats.zeros(model.parameters().count());
        for (int row = 0; row < ROWS; row++) {
            int start = 0;
            for (int end : ENDS[row]) {
                alone(model, row * TIME + start, row * TIME + end, expected, sum);
                start = end;
            }
        }
        var found = new float[ROWS * TIME];
        var gradient = Floats.zeros(model.parameters().count());
        var pass = model.pass(ROWS, TIME);
        pass.rowLayout(new RowLayout(1, ENDS));
        pass.forward(tokens, targets, 0, ROWS, TIME, found);
        pass.backward(weights);
        pass.gradient(false, gradient);
        for (int i = 0; i < found.length; i++) {
            if (weights[i] != 0) {
                assertEquals(expected[i], found[i], 2e-5, "row " + i / TIME + ", position " + i % TIME);
            }
        }
        assertArrayEquals(sum.toArray(), gradient.toArray(), 1e-5f);
    }

    /** One document from a pass of its own: its values, and its gradient added. */
    private void alone(Transformer model, int from, int to, float[] values, Floats gradient) {
        int time = to - from;
        var alone = new float[time];
        var slopes = new float[time];
        for (int i = 0; i < time; i++) {
            slopes[i] = (float) random.nextGaussian() / (ROWS * TIME);
        }
        var pass = model.pass(1, time);
        pass.forward(Arrays.copyOfRange(tokens, from, to), Arrays.copyOfRange(targets, from, to), 0, 1, time, alone);
        pass.backward(slopes);
        pass.gradient(true, gradient);
        System.arraycopy(alone, 0, values, from, time);
        System.arraycopy(slopes, 0, weights, from, time);
    }

    /** Every slice sees rows of the batch's, not its own, documents. */
    @Test
    void slicesFindTheirRows() {
        var model = Shapes.model(Shapes.BERT);
        var layout = new RowLayout(1, ENDS);
        var expected = new float[ROWS * TIME];
        var pass = model.pass(ROWS, TIME);
        pass.rowLayout(layout);
        pass.forward(tokens, targets, 0, ROWS, TIME, expected);
        for (int workers : new int[] {1, 2}) {
            var found = new float[ROWS * TIME];
            try (var slices = new Slices(model, workers)) {
                slices.values(new Batch(ROWS, TIME, tokens, targets, new float[tokens.length], layout), found);
                assertArrayEquals(expected, found, 1e-5f);
                // and the next batch is not cut
                slices.values(Batch.of(ROWS, TIME, tokens, targets), found);
            }
            pass.rowLayout(RowLayout.NONE);
            var whole = new float[ROWS * TIME];
            pass.forward(tokens, targets, 0, ROWS, TIME, whole);
            assertArrayEquals(whole, found, 1e-5f);
            pass.rowLayout(layout);
        }
    }

    @Test
    void aModelThatReadsARowAsOneRefusesMore() {
        Pass reading = new Pass() {
            @Override
            public void forward(int[] tokens, int[] targets, int from, int to, int time, float[] values) {}

            @Override
            public void backward(float[] valueGradients) {}

            @Override
            public void gradient(int part, boolean add, Floats gradient) {}

            @Override
            public Floats outputs(int[] tokens, int from, int to, int time) {
                return null;
            }
        };
        reading.rowLayout(new RowLayout(1, new int[][] {{7}, {11}}));
        assertSays("cannot keep the documents of a packed row apart", () -> reading.rowLayout(new RowLayout(1, ENDS)));
    }

    @Test
    void documentsMustLieInTheirRows() {
        var pass = Shapes.model(Shapes.GPT).pass(1, 4);
        pass.rowLayout(new RowLayout(1, new int[][] {{2, 5}}));
        assertSays("row 0 has a document that ends at 5, behind the row's 4", () -> pass.outputs(new int[4], 0, 1, 4));
        assertSays(
                "2 rows",
                () -> new Batch(2, 4, new int[8], new int[8], new float[8], new RowLayout(1, new int[][] {{4}})));
        assertSays("from 3 to 2", () -> new RowLayout(1, new int[][] {{3, 2}}));
        assertSays("row 1 has no document", () -> new RowLayout(1, new int[][] {{3}, {}}));
        assertSays("groups of 0", () -> RowLayout.groups(0));
    }

    private static void assertSays(String part, Executable call) {
        var message = assertThrows(IllegalArgumentException.class, call).getMessage();
        assertTrue(message.contains(part), message);
    }
}
