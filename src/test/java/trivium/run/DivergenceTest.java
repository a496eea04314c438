package trivium.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.Table;

class DivergenceTest {

    private static final int VOCABULARY = 1_024;
    private static final double UNIFORM = Math.log(VOCABULARY);

    private static Optional<String> judged(int steps, IntToDoubleFunction loss) {
        double[] losses = IntStream.range(0, steps).mapToDouble(loss).toArray();
        return Divergence.of(Table.create("metrics", DoubleColumn.create("loss", losses)), OptionalDouble.of(UNIFORM));
    }

    @Test
    void aboveAUniformGuessAndAboveItsBeginningIsDivergence() {
        var reason = judged(1_600, step -> step < 100 ? 7 : 157).orElseThrow();
        assertEquals(
                "the loss of the last 160 steps is 157 on average; it began at 7, and a uniform guess has 6.9315",
                reason);
        // a fine-tuning, which begins low
        assertTrue(judged(40, step -> step < 20 ? 1.5 : 7).isPresent());
        assertTrue(judged(4, step -> step < 1 ? 7 : 50).isPresent());
    }

    @Test
    void oneStepOfTheLastTenthThatIsBetterIsEnough() {
        assertFalse(judged(100, step -> step == 91 ? 6.9 : step < 50 ? 7 : 157).isPresent());
        assertTrue(judged(100, step -> step == 89 ? 6.9 : step < 50 ? 7 : 157).isPresent());
    }

    /** Fresh weights have a loss a few hundredths above ln V, and batches scatter; so does what hardly moves. */
    @Test
    void whatHardlyMovesHasNotDiverged() {
        for (int steps : new int[] {2, 3, 4, 6, 10, 60, 600}) {
            for (int seed = 0; seed < 100; seed++) {
                var random = new SplittableRandom(seed);
                assertFalse(
                        judged(steps, _ -> 1.03 * UNIFORM + 0.02 * UNIFORM * random.nextGaussian())
                                .isPresent(),
                        steps + " steps, seed " + seed);
            }
        }
    }

    @Test
    void aLossThatFallsHasNotDivergedHoweverHighItBegan() {
        assertFalse(judged(50, step -> 20 - 0.2 * step).isPresent());
        assertFalse(judged(6, step -> new double[] {6.9, 9, 12, 11, 8, 6.8}[step])
                .isPresent());
        assertFalse(judged(3, _ -> 50).isPresent(), "too few steps to say");
        // fine-tuning in steps of two short conversations, at the default rate: nothing is wrong
        assertFalse(judged(5, step -> UNIFORM * new double[] {1.01, 1.11, 1.15, 1.2, 1.15}[step])
                .isPresent());
    }

    @Test
    void exactlyAUniformGuessIsAModelThatReadsNothing() {
        assertTrue(judged(10, step -> step < 4 ? 7 : (float) UNIFORM).isPresent());
        assertFalse(judged(10, step -> step < 4 ? 7 : UNIFORM - 0.001).isPresent());
        var judge = Table.create("metrics", DoubleColumn.create("loss", 0.61, 0.7, 0.693147, 0.693147, 0.693147));
        assertTrue(Divergence.of(judge, OptionalDouble.of(Math.log(2))).isPresent());
        assertFalse(Divergence.of(judge, OptionalDouble.empty()).isPresent());
    }

    @Test
    void numbersThatAreNoneAreNamed() {
        assertEquals(
                "the KL to the reference is not a number",
                Divergence.at(Map.of("loss", 1.0, "kl", Double.NaN)).orElseThrow());
        assertEquals(
                "the validation loss is not a number",
                Divergence.at(Map.of("validation_loss", Double.POSITIVE_INFINITY))
                        .orElseThrow());
        assertFalse(
                Divergence.at(Map.of("loss", -1e30, "clip_ratio", Double.NaN)).isPresent());
    }
}
