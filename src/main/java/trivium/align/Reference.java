package trivium.align;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import trivium.model.Slices;
import trivium.run.TrainingLog;
import trivium.tensor.Batch;

/**
 * The frozen model that a training starts from, asked once about every answer; where the run is kept, its folder holds
 * what it said, and a training that goes on reads it there.
 *
 * @param slices passes of the frozen model
 * @param batchSize comparisons or answers scored side by side
 * @param log of the training
 * @param known what it said in trainings before on the same data, which begin with the same model, by the file's name
 */
record Reference(Slices slices, int batchSize, TrainingLog log, Map<String, double[]> known) {

    /**
     * Σ log π_ref of each row of {@code size} comparisons or answers, of which {@code batch} makes rows.
     *
     * @param name of the file in the run's folder
     * @param each rows of one of them
     */
    double[] sums(String name, int size, int each, Function<int[], Batch> batch) {
        return log.once("reference-" + name, size * each, () -> known.computeIfAbsent(name, _ -> sums(size, batch)));
    }

    private double[] sums(int size, Function<int[], Batch> batch) {
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
