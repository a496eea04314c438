package trivium.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import trivium.data.Masking;
import trivium.data.NextTokens;
import trivium.data.Tokens;
import trivium.model.Bert;
import trivium.model.Slices;
import trivium.tensor.Batch;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;

class HiddenTokensTest {

    private static final Tokenizer BYTES = Tokenizers.bytes().withSpecials(Masking.MASK);

    /**
     * Two other ways to the same numbers: the training's loss, and asking for every token's log-probability in turn.
     */
    @Test
    void lossAndAccuracyAreThoseOfEveryTokenAskedForInTurn() {
        int[] text = new SplittableRandom(3).ints(150, 'a', 'f').toArray();
        var batches = Masking.of(BYTES).share(0.4).over(NextTokens.sequential(new Tokens(text, 150, 0), 5, 8), 1);
        var model = Bert.of(8, 16, 1, 2).fresh(BYTES.size(), 2);
        try (var slices = new Slices(model, 2)) {
            int count = (int) batches.count();
            var found = HiddenTokens.over(slices, batches, count);
            var loss = Loss.over(slices, batches, count, BYTES);
            assertEquals(loss.nats(), found.nats(), 1e-5);
            assertEquals(loss.tokens(), found.tokens());
            long right =
                    batches.stream().mapToLong(batch -> right(slices, batch)).sum();
            assertEquals((double) right / loss.tokens(), found.accuracy(), 1e-12);
        }
    }

    private static long right(Slices slices, Batch batch) {
        int n = batch.tokens().length;
        var best = new float[n];
        var likeliest = new int[n];
        Arrays.fill(best, Float.NEGATIVE_INFINITY);
        for (int token = 0; token < BYTES.size(); token++) {
            var targets = new int[n];
            Arrays.fill(targets, token);
            var values = new float[n];
            slices.values(
                    new Batch(batch.rows(), batch.time(), batch.tokens(), targets, batch.weights(), batch.layout()),
                    values);
            for (int i = 0; i < n; i++) {
                if (values[i] > best[i]) {
                    best[i] = values[i];
                    likeliest[i] = token;
                }
            }
        }
        long right = 0;
        for (int i = 0; i < n; i++) {
            right += batch.weights()[i] != 0 && likeliest[i] == batch.targets()[i] ? 1 : 0;
        }
        return right;
    }
}
