package trivium.align;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.LongFunction;
import java.util.function.LongToDoubleFunction;
import java.util.stream.IntStream;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.data.ContextLimit;
import trivium.data.FiniteBatches;
import trivium.data.PreferenceBatches;
import trivium.measure.RewardAccuracy;
import trivium.measure.Summary;
import trivium.model.LanguageModel;
import trivium.run.DataProbes;
import trivium.run.LayerNames;
import trivium.run.Run;
import trivium.run.SupervisedTrainer;
import trivium.run.TrainingLog;
import trivium.train.Optimisation;
import trivium.train.TrainLoop;

/** The work of one {@link RewardModelling}. */
final class RewardModellingTrainer implements SupervisedTrainer {

    /** Pairs whose scores set the scale: enough for a mean and a deviation. */
    private static final int SCALE_PAIRS = 512;

    /** Scores that differ by less, relative to their mean, differ by rounding. */
    private static final double SAME = 1e-6;

    private final RewardModelling recipe;
    private final Optimisation training;
    private final int batchSize;
    private final LanguageModel model;
    private final PreferenceBatches train;
    private final FiniteBatches validation;
    /** The prompt of each validation pair, in order. */
    private final List<String> prompts;

    /** Which pairs each step has. */
    private final LongFunction<int[]> order;

    /** The margin of each validation pair. */
    private final double[] margins;

    private final long steps;
    private final LongToDoubleFunction rate;
    private final TrainLoop loop;
    private final TrainingLog log;

    RewardModellingTrainer(RewardModelling recipe, TrainingLog log) {
        this.recipe = recipe;
        this.log = log;
        recipe.optimisation().compute().caveat().ifPresent(log::remark);
        training = LayerNames.resolve(recipe.optimisation(), recipe.start());
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
        train = split.train();
        validation = split.validation().sequential(batchSize);
        prompts = split.validation().prompts();
        HeldOut.few(prompts, "comparison", "the reward model's accuracy").ifPresent(log::remark);
        ContextLimit.sentence(recipe.comparisons(), train.skipped(), context).ifPresent(log::remark);
        order = train.order(all, training.seed(), recipe.preparation().groupByLength());
        margins = margins(split.validation(), IntStream.range(0, prompts.size()).toArray());
        steps = training.length().steps(epochs -> epochs * train.stepsPerEpoch(all));
        rate = log.rate(training.rate().over(steps));
        model = training.scoring(start.model());
        // Without dropout: the two of a pair are scored by the same model.
        loop = TrainLoop.withoutDropout(model, training);
    }

    @Override
    public Run run() {
        log.take("reward model", steps, this);
        var tables = log.tables();
        tables.put(
                RewardModel.NORMALISATION, log.afterwards(this::normalisation).orElse(RewardModel.normalisation(0, 1)));
        log.afterwards(this::scores).ifPresent(scores -> tables.put(RewardModel.VALIDATION, scores));
        log.atBest(this, this::normalisation)
                .ifPresent(table -> tables.put(
                        Run.BEST + RewardModel.NORMALISATION, table.setName(Run.BEST + RewardModel.NORMALISATION)));
        log.atBest(this, this::scores)
                .ifPresent(scores -> tables.put(
                        Run.BEST + RewardModel.VALIDATION, scores.setName(Run.BEST + RewardModel.VALIDATION)));
        return recipe.start().child(log.finish(), model, tables);
    }

    @Override
    public Map<String, Double> step(long step) {
        int[] pairs = order.apply(step);
        var batch = train.batch(pairs);
        var objective = new BradleyTerry(margins(train, pairs), recipe.loss().centerRewardsCoefficient());
        var result = loop.step(batch, objective, rate.applyAsDouble(step));
        var metrics = result.row();
        metrics.put("tokens", log.latest("tokens") + batch.read());
        return metrics;
    }

    @Override
    public long steps() {
        return steps;
    }

    @Override
    public Map<String, Double> probes() {
        var comparisons = recipe.comparisons();
        return new DataProbes()
                .start(recipe.start())
                .records(comparisons, comparisons.split(recipe.preparation().validation()))
                .leftOut(train.skipped(), comparisons.size())
                .pairs(train)
                .values();
    }

    @Override
    public OptionalDouble uniformLoss() {
        return train.margins().stream().allMatch(margin -> margin == 0)
                ? OptionalDouble.of(Math.log(2))
                : Arrays.stream(margins(train, IntStream.range(0, train.size()).toArray()))
                        .map(margin -> BradleyTerry.of(0, 0, margin, 0))
                        .average();
    }

    /** The margins of these pairs, by their number from 0; all 0 where they are not to be used. */
    private double[] margins(PreferenceBatches pairs, int... which) {
        return Arrays.stream(which)
                .mapToDouble(pair -> recipe.loss().margins() ? pairs.margins().get(pair) : 0)
                .toArray();
    }

    @Override
    public TrainLoop loop() {
        return loop;
    }

    @Override
    public void validate(Map<String, Double> metrics) {
        var scores = scores();
        double[] chosen = scores.doubleColumn("chosen").asDoubleArray();
        double[] rejected = scores.doubleColumn("rejected").asDoubleArray();
        double loss = IntStream.range(0, chosen.length)
                .mapToDouble(i -> BradleyTerry.of(
                        chosen[i], rejected[i], margins[i], recipe.loss().centerRewardsCoefficient()))
                .average()
                .orElseThrow();
        metrics.put("validation_loss", loss);
        metrics.put("validation_accuracy", RewardAccuracy.of(chosen, rejected).value());
    }

    /** Mean and standard deviation of the scores of answers it was trained on, both chosen and rejected. */
    private Table normalisation() {
        var sample = train.sequential(batchSize);
        long enough = Math.min(sample.count(), Math.ceilDiv(SCALE_PAIRS, batchSize));
        double[] raw = IntStream.iterate(0, i -> i < enough, i -> i + 1)
                .mapToObj(sample::at)
                .flatMapToDouble(batch -> Arrays.stream(RewardModel.raw(loop.slices(), batch)))
                .toArray();
        var summary = Summary.of(raw);
        double deviation = summary.standardDeviation();
        if (!Double.isFinite(deviation)) {
            log.diverged("the scores of answers it was trained on are not numbers");
            return RewardModel.normalisation(0, 1);
        }
        if (deviation <= SAME * Math.abs(summary.mean())) {
            log.diverged("all " + raw.length + " answers that were scored have the same score, "
                    + String.format(Locale.ROOT, "%.4g", summary.mean()));
        }
        return RewardModel.normalisation(summary.mean(), deviation > 0 ? deviation : 1);
    }

    /** Raw scores of the validation pairs: columns "prompt", "chosen" and "rejected". */
    private Table scores() {
        var chosen = DoubleColumn.create("chosen");
        var rejected = DoubleColumn.create("rejected");
        validation.stream().map(batch -> RewardModel.raw(loop.slices(), batch)).forEach(raw -> {
            for (int row = 0; row < raw.length; row += 2) {
                chosen.append(raw[row]);
                rejected.append(raw[row + 1]);
            }
        });
        return Table.create(RewardModel.VALIDATION, StringColumn.create("prompt", prompts), chosen, rejected);
    }
}
