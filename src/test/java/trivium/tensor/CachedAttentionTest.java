package trivium.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static trivium.tensor.Twin.assertTwin;
import static trivium.tensor.Twin.guarded;
import static trivium.tensor.Twin.normals;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CachedAttentionTest {

    private static final int LONGEST = 150;
    private static final float SCALE = 0.3f;

    private final SplittableRandom random = new SplittableRandom(8);

    private static double[] twin(double[] query, double[][] keys, double[][] values) {
        var weights = new double[keys.length];
        double sum = 0;
        for (int j = 0; j < keys.length; j++) {
            weights[j] = Math.exp(SCALE * Twin.dot(query, keys[j]));
            sum += weights[j];
        }
        var y = new double[query.length];
        for (int j = 0; j < keys.length; j++) {
            for (int i = 0; i < y.length; i++) {
                y[i] += weights[j] / sum * values[j][i];
            }
        }
        return y;
    }

    @Test
    void everyLength() {
        for (int length = 1; length <= LONGEST; length++) {
            check(length, 8, 2);
        }
    }

    @Test
    void everyHeadSize() {
        for (int size = 1; size <= Twin.LONGEST; size++) {
            check(19, size, 1);
        }
    }

    /** Two heads to each of K, in the second of two rows; the first row is full of NaN. */
    private void check(int length, int size, int groups) {
        var cache = new CachedAttention(3, groups, size, LONGEST);
        var keys = new double[groups][length][];
        var values = new double[groups][length][];
        var nothing = new double[2 * groups * size];
        Arrays.fill(nothing, Double.NaN);
        for (int j = 0; j < LONGEST; j++) { // what is not yet written may be anything
            cache.put(0, j, guarded(nothing), 0);
            cache.put(2, j, guarded(nothing), 0);
        }
        for (int j = 0; j < length; j++) {
            for (int group = 0; group < groups; group++) {
                keys[group][j] = normals(random, size, 1);
                values[group][j] = normals(random, size, 1);
            }
            int position = j;
            var token = Stream.of(keys, values)
                    .flatMap(Arrays::stream)
                    .flatMapToDouble(head -> Arrays.stream(head[position]))
                    .toArray();
            cache.put(1, j, guarded(token), 0);
        }
        cache.copyRow(1, 2, length);
        var queries = normals(random, 2 * groups * size, 1);
        var y = guarded(new double[queries.length]);
        var copied = guarded(new double[queries.length]);
        cache.attend(1, length, 2 * groups, SCALE, guarded(queries), 0, y, 0);
        cache.attend(2, length, 2 * groups, SCALE, guarded(queries), 0, copied, 0);
        var expected = IntStream.range(0, 2 * groups)
                .mapToObj(head -> twin(
                        Arrays.copyOfRange(queries, head * size, (head + 1) * size), keys[head / 2], values[head / 2]))
                .flatMapToDouble(Arrays::stream)
                .toArray();
        assertTwin(expected, y, 2e-6, length + " positions, heads of " + size);
        assertArrayEquals(y.toArray(), copied.toArray());
    }
}
