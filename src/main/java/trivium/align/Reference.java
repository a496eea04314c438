package trivium.align;

import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.IntStream;
import trivium.model.Slices;
import trivium.tensor.Batch;

/**
 * The frozen model that a training starts from, asked once about every answer.
 *
 * @param slices passes of the frozen model
 * @param batchSize comparisons or answers scored side by side
 */
record Reference(Slices slices, int batchSize) {

    /** Σ log π_ref of each row of {@code size} comparisons or answers, of which {@code batch} makes rows. */
    double[] sums(int size, Function<int[], Batch> batch) {
        return IntStream.iterate(0, from -> from < size, from -> from + batchSize)
                .mapToObj(from -> batch.apply(
                        IntStream.range(from, Math.min(from + batchSize, size)).toArray()))
                .flatMapToDouble(rows -> Arrays.stream(sums(slices, rows)))
                .toArray();
    }

    /** Σ log π of each row's completion under a model as it is now. */
    static double[] sums(Slices model, Batch batch) {
        var values = new float[batch.rows() * batch.time()];
        model.values(batch, values);
        return IntStream.range(0, batch.rows())
                .mapToDouble(row -> Logps.of(batch, row, values, 0).policy())
                .toArray();
    }
}
