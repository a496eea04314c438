package trivium.align;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.LongFunction;
import java.util.function.LongToDoubleFunction;
import java.util.stream.IntStream;
import tech.tablesaw.api.BooleanColumn;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.data.ContextLimit;
import trivium.data.StepwiseBatches;
import trivium.run.DataProbes;
import trivium.run.LayerNames;
import trivium.run.Run;
import trivium.run.SupervisedTrainer;
import trivium.run.TrainingLog;
import trivium.text.Numbers;
import trivium.train.TrainLoop;

/** The work of one {@link ProcessRewardModelling}. */
final class ProcessRewardModellingTrainer implements SupervisedTrainer {

    private final ProcessRewardModelling recipe;
    private final StepwiseBatches train;
    private final StepwiseBatches validation;
    private final LongFunction<int[]> order;
    private final long steps;
    private final LongToDoubleFunction rate;
    private final TrainLoop loop;
    private final TrainingLog log;

    ProcessRewardModellingTrainer(ProcessRewardModelling recipe, TrainingLog log) {
        this.recipe = recipe;
        this.log = log;
        var training = LayerNames.resolve(recipe.optimisation(), recipe.start());
        training.compute().caveat().ifPresent(log::remark);
        var start = recipe.start();
        int context = start.model().context();
        var split = StepwiseBatches.split(
                recipe.answers(),
                start.tokenizer(),
                start.template(),
                context,
                recipe.preparation().validation(),
                recipe.preparation().stepSeparator());
        train = split.train();
        validation = split.validation();
        ContextLimit.sentence(recipe.answers(), train.skipped(), context).ifPresent(log::remark);
        remarkOneKind();
        int all = training.batching().all();
        order = train.order(all, training.seed(), recipe.preparation().groupByLength());
        steps = training.length().steps(epochs -> epochs * train.stepsPerEpoch(all));
        rate = log.rate(training.rate().over(steps));
        loop = TrainLoop.withoutDropout(training.scoring(start.model()), training);
    }

    private void remarkOneKind() {
        var labels = train.labels(IntStream.range(0, train.size()).toArray());
        long right = labels.stream().filter(label -> label).count();
        if (right == 0 || right == labels.size()) {
            log.remark("all " + Numbers.count(labels.size(), "step") + " to learn from are "
                    + (right == 0 ? "wrong" : "right")
                    + ": what tells right steps from wrong ones cannot be learned from them; give steps of both kinds");
        }
    }

    @Override
    public Run run() {
        log.take("process reward model", steps, this);
        var tables = log.tables();
        log.afterwards(this::judged).ifPresent(table -> tables.put(ProcessRewardModel.VALIDATION, table));
        log.atBest(this, this::judged)
                .ifPresent(table -> tables.put(
                        Run.BEST + ProcessRewardModel.VALIDATION,
                        table.setName(Run.BEST + ProcessRewardModel.VALIDATION)));
        return recipe.start().child(log.finish(), loop.slices().model(), tables);
    }

    @Override
    public Map<String, Double> step(long step) {
        int[] answers = order.apply(step);
        var batch = train.batch(answers);
        var result = loop.step(batch, new StepLoss(train.labels(answers)), rate.applyAsDouble(step));
        var metrics = result.row();
        metrics.put("tokens", log.latest("tokens") + batch.read());
        return metrics;
    }

    @Override
    public long steps() {
        return steps;
    }

    @Override
    public void validate(Map<String, Double> metrics) {
        var scores = scores();
        double loss = 0;
        int judged = 0;
        for (int i = 0; i < scores.size(); i++) {
            var labels = validation.answers().get(i).labels();
            for (int s = 0; s < labels.size(); s++) {
                loss += StepLoss.of(scores.get(i)[s], labels.get(s));
            }
            judged += labels.size();
        }
        var accuracy = StepAccuracy.of(judged(scores));
        metrics.put("validation_loss", loss / judged);
        metrics.put("validation_step_accuracy", accuracy.steps().value());
        metrics.put("validation_first_error_accuracy", accuracy.firstErrors().value());
    }

    @Override
    public OptionalDouble uniformLoss() {
        return OptionalDouble.of(Math.log(2));
    }

    /** The scores of the validation answers' steps. */
    private List<double[]> scores() {
        int rows = recipe.optimisation().batching().batchSize();
        var scores = new ArrayList<double[]>();
        validation.sequential(rows).stream()
                .forEach(batch -> scores.addAll(ProcessRewardModel.raw(loop.slices(), batch)));
        return scores;
    }

    /** What is made of the validation answers' steps, a row each. */
    private Table judged() {
        return judged(scores());
    }

    private Table judged(List<double[]> scores) {
        var prompts = StringColumn.create("prompt");
        var numbers = IntColumn.create("step");
        var texts = StringColumn.create("text");
        var labels = BooleanColumn.create("right");
        var probabilities = DoubleColumn.create("probability");
        for (int i = 0; i < scores.size(); i++) {
            var answer = validation.answers().get(i);
            for (int s = 0; s < scores.get(i).length; s++) {
                prompts.append(answer.prompt());
                numbers.append(s + 1);
                texts.append(answer.steps().get(s));
                labels.append(answer.labels().get(s));
                probabilities.append(StepLoss.probability(scores.get(i)[s]));
            }
        }
        return Table.create(ProcessRewardModel.VALIDATION, prompts, numbers, texts, labels, probabilities);
    }

    @Override
    public Map<String, Double> probes() {
        return new DataProbes()
                .start(recipe.start())
                .leftOut(train.skipped(), recipe.answers().size())
                .values();
    }

    @Override
    public TrainLoop loop() {
        return loop;
    }
}
