package trivium.align;

import java.util.Arrays;
import java.util.Map;
import java.util.function.LongFunction;
import java.util.function.LongToDoubleFunction;
import java.util.stream.IntStream;
import trivium.data.ContextLimit;
import trivium.data.PreferenceBatches;
import trivium.model.LanguageModel;
import trivium.model.Slices;
import trivium.run.RecipeTrainer;
import trivium.run.Run;
import trivium.run.Trainer;
import trivium.run.TrainingLog;
import trivium.tensor.Batch;
import trivium.train.Objective;
import trivium.train.Optimisation;
import trivium.train.Report;
import trivium.train.TrainLoop;

/** The work of one {@link PreferenceOptimisation}. */
final class PreferenceOptimisationTrainer implements RecipeTrainer {

    /** How often the validation pairs are looked at on the way. */
    private static final int EVALUATIONS = 10;

    private static final String VALIDATION = "validation_";

    private final PreferenceOptimisation recipe;
    private final PairLoss loss;
    private final int batchSize;
    private final LanguageModel policy;
    private final Pairs train;
    private final Pairs validation;
    private final LongFunction<int[]> order;
    private final long steps;
    private final LongToDoubleFunction rate;
    private final TrainLoop loop;
    private final TrainingLog log;

    /**
     * Comparisons and what the reference makes of them.
     *
     * @param reference Σ log π_ref of the chosen and the rejected answer of each pair; empty where no loss reads it
     */
    private record Pairs(PreferenceBatches batches, double[] reference) {

        double[] reference(int[] pairs) {
            return reference.length == 0
                    ? reference
                    : Arrays.stream(pairs)
                            .flatMap(pair -> IntStream.of(2 * pair, 2 * pair + 1))
                            .mapToDouble(row -> reference[row])
                            .toArray();
        }
    }

    PreferenceOptimisationTrainer(PreferenceOptimisation recipe, TrainingLog log) {
        this.recipe = recipe;
        this.log = log;
        loss = (PairLoss) recipe.loss();
        Optimisation training = recipe.optimisation();
        training.compute().caveat().ifPresent(log::remark);
        batchSize = training.batching().batchSize();
        int all = training.batching().all();
        var start = recipe.start();
        int context = start.model().context();
        var split = PreferenceBatches.split(
                recipe.comparisons(),
                start.tokenizer(),
                start.template(),
                context,
                recipe.preparation().validation());
        ContextLimit.sentence(recipe.comparisons(), split.train().skipped(), context)
                .ifPresent(log::remark);
        train = pairs(split.train());
        validation = pairs(split.validation());
        order = train.batches().order(all, training.seed());
        steps = training.length().steps(epochs -> epochs * train.batches().stepsPerEpoch(all));
        rate = training.rate().over(steps);
        policy = start.model().copy();
        // Without dropout: the policy and the reference must begin as the same function.
        loop = TrainLoop.withoutDropout(policy, training);
    }

    /** Asks the reference about every answer, once. */
    private Pairs pairs(PreferenceBatches scored) {
        var batches = scored.completions();
        if (!loss.needsReference()) {
            return new Pairs(batches, new double[0]);
        }
        var sums = new double[2 * batches.size()];
        try (var reference =
                new Slices(recipe.start().model(), recipe.optimisation().compute())) {
            for (int from = 0; from < batches.size(); from += batchSize) {
                int to = Math.min(from + batchSize, batches.size());
                var batch = batches.batch(IntStream.range(from, to).toArray());
                var values = new float[batch.rows() * batch.time()];
                reference.values(batch, values);
                for (int row = 0; row < batch.rows(); row++) {
                    sums[2 * from + row] = Logps.of(batch, row, values, 0).policy();
                }
            }
        }
        return new Pairs(batches, sums);
    }

    @Override
    public Run run() {
        log.take("preference optimisation", steps, this);
        return recipe.start().child(log.finish(), policy, log.tables());
    }

    @Override
    public Map<String, Double> step(long step) {
        int[] pairs = order.apply(step);
        var batch = train.batches().batch(pairs);
        var result = loop.step(batch, loss.objective(train.reference(pairs)), rate.applyAsDouble(step));
        var metrics = result.row();
        metrics.put("tokens", log.latest("tokens") + batch.read());
        return metrics;
    }

    @Override
    public void evaluate(long done, Map<String, Double> metrics) {
        if (Trainer.isPart(done, EVALUATIONS, steps)) {
            validate(metrics);
        }
    }

    private void validate(Map<String, Double> metrics) {
        var report = new Report();
        int all = validation.batches().size();
        for (int from = 0; from < all; from += batchSize) {
            int[] pairs = IntStream.range(from, Math.min(from + batchSize, all)).toArray();
            var batch = validation.batches().batch(pairs);
            double mean = score(batch, loss.objective(validation.reference(pairs)), report);
            report.mean("loss", pairs.length * mean, pairs.length);
        }
        report.means().forEach((name, mean) -> metrics.put(VALIDATION + name, mean));
    }

    private double score(Batch batch, Objective objective, Report report) {
        var values = new float[batch.rows() * batch.time()];
        loop.slices().values(batch, values);
        return objective.loss(batch, 0, batch.rows(), values, new float[values.length], report);
    }

    @Override
    public TrainLoop loop() {
        return loop;
    }
}
