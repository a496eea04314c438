package trivium.measure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.junit.jupiter.api.Test;
import trivium.model.Llama;
import trivium.model.Lora;
import trivium.model.Parameters;
import trivium.model.Parameters.Role;
import trivium.model.Parameters.Tensor;
import trivium.model.Transformer;
import trivium.tensor.Floats;

/** Sizes and ranks of changes, of matrices whose singular values are known. */
class WeightChangeTest {

    private final SplittableRandom random = new SplittableRandom(3);

    /** Matrices U diag(σ) Vᵀ with orthonormal U and V. */
    @Test
    void singularValuesAreThoseThatTheMatrixWasMadeOf() {
        for (double[] sigma : new double[][] {{5, 3, 3, 1, 0.25}, {2, 1e-5, 0, 0}, {7}, {0, 0, 0}}) {
            for (int[] size : new int[][] {{sigma.length, 9}, {12, sigma.length}, {sigma.length, sigma.length}}) {
                var matrix = made(sigma, size[0], size[1]);
                assertArrayEquals(sigma, SingularValues.of(matrix, size[0], size[1]), 1e-7 * Math.max(1, sigma[0]));
            }
        }
    }

    /** Against Commons Math's decomposition, which goes another way. */
    @Test
    void singularValuesAreThoseOfCommonsMath() {
        for (int[] size : new int[][] {{1, 1}, {2, 2}, {3, 2}, {17, 40}, {40, 17}, {64, 64}, {130, 65}}) {
            var rows = new double[size[0]][size[1]];
            var flat = new double[size[0] * size[1]];
            for (int i = 0; i < flat.length; i++) {
                flat[i] = random.nextGaussian();
                rows[i / size[1]][i % size[1]] = flat[i];
            }
            var expected = new SingularValueDecomposition(MatrixUtils.createRealMatrix(rows)).getSingularValues();
            assertArrayEquals(expected, SingularValues.of(flat, size[0], size[1]), 1e-6 * expected[0]);
        }
    }

    @Test
    void rankAndEffectiveRankOfKnownSpectra() {
        var equal = change(made(new double[] {2, 2, 2, 0, 0}, 5, 8), 5, 8);
        assertEquals(3, equal.spectrum().rank().getAsInt());
        assertEquals(3, equal.spectrum().effectiveRank().getAsDouble(), 1e-4);
        assertEquals(Math.sqrt(12), equal.size(), 1e-5);
        assertEquals(2, equal.spectrum().largest().getAsDouble(), 1e-5);

        var uneven = change(made(new double[] {3, 1}, 2, 6), 2, 6);
        double entropy = -0.75 * Math.log(0.75) - 0.25 * Math.log(0.25);
        assertEquals(Math.exp(entropy), uneven.spectrum().effectiveRank().getAsDouble(), 1e-5);
    }

    @Test
    void whatIsFrozenHasNotChanged() {
        var frozen = change(new double[12], 3, 4);
        assertEquals(0, frozen.size());
        assertEquals(0, frozen.relative());
        assertEquals(0, frozen.spectrum().rank().getAsInt());
        assertEquals(0, frozen.spectrum().effectiveRank().getAsDouble());
        assertEquals(3, frozen.spectrum().full());
    }

    /** The merged weights are float32 numbers, whose rounding is not counted. */
    @Test
    void anAdapterOfRankRChangesMatricesByRankR() {
        for (int rank : new int[] {1, 3, 8}) {
            var base = Transformer.of(Llama.of(16, 40, 2, 4, 2), 50, 1);
            var adapted = base.withAdapter(Lora.rank(rank), 2);
            var numbers = adapted.parameters().values();
            for (long i = 0; i < numbers.size(); i++) {
                numbers.set(i, (float) (0.004 * random.nextGaussian()));
            }
            var changes =
                    WeightChange.between(base.parameters(), adapted.merge().parameters());
            var changed = changes.stream().filter(change -> change.size() > 0).toList();
            assertTrue(changed.size() >= 14, "seven layers in each of two blocks");
            for (var change : changed) {
                assertEquals(
                        rank,
                        change.spectrum().rank().orElseThrow(),
                        change.tensor().name());
                assertTrue(change.spectrum().effectiveRank().getAsDouble() <= rank);
            }
        }
    }

    @Test
    void sizesAreRelativeToWhatWasThere() {
        var before = parameters(List.of(2, 2), 3, 0, 0, 4);
        var after = parameters(List.of(2, 2), 3, 0, 0, 5);
        var change = WeightChange.between(before, after).getFirst();
        assertEquals(0.2, change.relative(), 1e-7);
        assertEquals(1, change.spectrum().rank().getAsInt());
        var vector = WeightChange.between(parameters(List.of(4), 3, 0, 0, 4), parameters(List.of(4), 3, 0, 0, 5));
        assertTrue(vector.getFirst().spectrum().rank().isEmpty());
    }

    private WeightChange change(double[] delta, int rows, int columns) {
        var before = new float[delta.length];
        var after = new float[delta.length];
        for (int i = 0; i < delta.length; i++) {
            before[i] = (float) random.nextGaussian();
            after[i] = (float) (before[i] + delta[i]);
        }
        var shape = List.of(rows, columns);
        return WeightChange.between(parameters(shape, before), parameters(shape, after))
                .getFirst();
    }

    private static Parameters parameters(List<Integer> shape, float... values) {
        var floats = Floats.zeros(values.length);
        for (int i = 0; i < values.length; i++) {
            floats.set(i, values[i]);
        }
        return new Parameters(floats, List.of(new Tensor("w", 0, shape, Role.MATRIX)));
    }

    private double[] made(double[] sigma, int rows, int columns) {
        var left = orthonormal(sigma.length, rows);
        var right = orthonormal(sigma.length, columns);
        var matrix = new double[rows * columns];
        for (int k = 0; k < sigma.length; k++) {
            for (int i = 0; i < matrix.length; i++) {
                matrix[i] += sigma[k] * left[k][i / columns] * right[k][i % columns];
            }
        }
        return matrix;
    }

    /** Gram and Schmidt. */
    private double[][] orthonormal(int count, int size) {
        var vectors = new double[count][size];
        for (int k = 0; k < count; k++) {
            Arrays.setAll(vectors[k], _ -> random.nextGaussian());
            for (int twice = 0; twice < 2; twice++) {
                for (int j = 0; j < k; j++) {
                    double along = dot(vectors[k], vectors[j]);
                    for (int i = 0; i < size; i++) {
                        vectors[k][i] -= along * vectors[j][i];
                    }
                }
            }
            double length = Math.sqrt(dot(vectors[k], vectors[k]));
            for (int i = 0; i < size; i++) {
                vectors[k][i] /= length;
            }
        }
        return vectors;
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
