package trivium.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import trivium.lstm.LstmShape;
import trivium.model.Gpt;
import trivium.model.LanguageModel;
import trivium.tensor.Batch;

/** Token accuracy against the largest of the raw outputs, position by position. */
class TokenAccuracyTest {

    private static final int ROWS = 7;
    private static final int TIME = 9;
    private static final int WORDS = 5;

    static Stream<LanguageModel> models() {
        return Stream.of(Gpt.of(TIME, 8, 1, 2).fresh(WORDS, 3), new LstmShape(TIME, 6, 1).fresh(WORDS, 3));
    }

    @ParameterizedTest
    @MethodSource("models")
    void countsThePositionsWhoseTargetIsTheLargestOutput(LanguageModel model) {
        var random = new SplittableRandom(4);
        int n = ROWS * TIME;
        var weights = new float[n];
        for (int i = 0; i < n; i++) {
            weights[i] = random.nextInt(3) == 0 ? 0 : 0.5f;
        }
        var batch = new Batch(
                ROWS,
                TIME,
                random.ints(n, 0, WORDS).toArray(),
                random.ints(n, 0, WORDS).toArray(),
                weights,
                1);
        int right = 0;
        var outputs = model.pass(ROWS, TIME).outputs(batch.tokens(), 0, ROWS, TIME);
        for (int i = 0; i < n; i++) {
            float target = outputs.get((long) i * WORDS + batch.targets()[i]);
            boolean likeliest = true;
            for (int word = 0; word < WORDS; word++) {
                likeliest &= outputs.get((long) i * WORDS + word) <= target;
            }
            right += weights[i] != 0 && likeliest ? 1 : 0;
        }
        assertTrue(right > 0 && right < batch.counted());
        try (var loop = new TrainLoop(model, AdamW.DEFAULT, 1, 2)) {
            var result = loop.step(batch, CrossEntropy.PLAIN, 1e-3);
            assertEquals((double) right / batch.counted(), result.tokenAccuracy());
        }
    }

    @Test
    void scoresAreNeitherRightNorWrong() {
        var judge = Gpt.of(TIME, 8, 1, 2).fresh(WORDS, 3).withScalarHead(1);
        var batch = new Batch(2, 2, new int[4], new int[4], new float[] {0, 1, 0, 1}, 2);
        try (var loop = new TrainLoop(judge, AdamW.DEFAULT, 1, 1)) {
            var result = loop.step(batch, (_, _, _, _, gradients, _) -> gradients[1] = 1, 1e-3);
            assertTrue(Double.isNaN(result.tokenAccuracy()));
        }
    }
}
