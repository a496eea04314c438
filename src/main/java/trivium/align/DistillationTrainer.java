package trivium.align;

import java.util.Map;
import java.util.Optional;
import java.util.function.LongToDoubleFunction;
import trivium.align.Distillation.Lessons;
import trivium.align.Distillation.Student;
import trivium.data.Batches;
import trivium.data.CompletionBatches;
import trivium.data.ContextLimit;
import trivium.data.FiniteBatches;
import trivium.data.NextTokens;
import trivium.data.Tokens;
import trivium.measure.Loss;
import trivium.model.FrozenPasses;
import trivium.model.LanguageModel;
import trivium.run.LayerNames;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.run.SupervisedTrainer;
import trivium.run.TrainingLog;
import trivium.tensor.TokenDistribution;
import trivium.train.CrossEntropy;
import trivium.train.Divergence;
import trivium.train.Objective;
import trivium.train.Optimisation;
import trivium.train.TrainLoop;

/** The work of one {@link Distillation}. */
final class DistillationTrainer implements SupervisedTrainer {

    private final Distillation recipe;
    private final Optimisation training;
    private final LanguageModel model;
    private final Data data;
    private final FrozenPasses asItIs; // the teacher at temperature 1
    private final Objective objective;
    private final long steps;
    private final LongToDoubleFunction rate;
    private final TrainLoop loop;
    private final TrainingLog log;

    DistillationTrainer(Distillation recipe, TrainingLog log) {
        this.recipe = recipe;
        this.log = log;
        training = switch (recipe.student()) {
            case Student.Trained(var run) -> LayerNames.resolve(recipe.optimisation(), run);
            case Student.Fresh _ -> recipe.optimisation();
        };
        training.compute().caveat().ifPresent(log::remark);
        data = data();
        steps = training.length().steps(epochs -> epochs * data.stepsPerEpoch());
        rate = log.rate(training.rate().over(steps));
        model = switch (recipe.student()) {
            case Student.Trained(var run) -> training.trained(run.model());
            case Student.Fresh(var architecture) ->
                training.fresh(architecture, recipe.teacher().model().outputs());
        };
        loop = TrainLoop.of(model, training);
        var teacher = recipe.teacher().model();
        var matching = recipe.matching();
        double temperature = matching.temperature();
        asItIs = new FrozenPasses(teacher, training.compute(), 1);
        var tempered = temperature == 1 ? asItIs : new FrozenPasses(teacher, training.compute(), temperature);
        double weight = (1 - matching.crossEntropy()) * temperature * temperature;
        objective = crossEntropy(matching.crossEntropy())
                .and(new Divergence(tempered, matching.beta(), weight, temperature, "divergence"));
    }

    private static Objective crossEntropy(double weight) {
        var all = CrossEntropy.PLAIN;
        return (batch, from, to, values, gradients, report) -> {
            double loss = all.loss(batch, from, to, values, gradients, report);
            for (int i = from * batch.time(); i < to * batch.time(); i++) {
                gradients[i] *= (float) weight;
            }
            return weight * loss;
        };
    }

    private record Data(Batches batches, long stepsPerEpoch, FiniteBatches validation) {}

    private Data data() {
        int rows = training.batching().all();
        int each = training.batching().batchSize();
        int context = recipe.context();
        double share = recipe.matching().validation();
        var tokenizer = recipe.teacher().tokenizer();
        return switch (recipe.lessons()) {
            case Lessons.Answers(var conversations) -> {
                var template = recipe.teacher().template();
                var answers = CompletionBatches.split(conversations, tokenizer, template, context, share);
                ContextLimit.sentence(conversations, answers.train().skipped(), context)
                        .ifPresent(log::remark);
                yield new Data(
                        answers.train().shuffled(rows, training.seed()),
                        answers.train().stepsPerEpoch(rows),
                        answers.validation().sequential(each));
            }
            case Lessons.Windows(var corpus) -> {
                var split = corpus.split(share);
                var train = Tokens.encode(split.train(), tokenizer);
                yield new Data(
                        NextTokens.shuffled(train, rows, context, training.seed()),
                        Math.ceilDiv(NextTokens.windows(train, context), rows),
                        NextTokens.sequential(Tokens.encode(split.validation(), tokenizer), each, context));
            }
        };
    }

    @Override
    public Run run() {
        log.take("distillation", steps, this);
        return recipe.teacher().child(log.finish(), model, log.tables());
    }

    @Override
    public Optional<Run> now(RunCard card) {
        return Optional.of(recipe.teacher().child(card, model, Map.of()));
    }

    @Override
    public Map<String, Double> step(long step) {
        var batch = data.batches().at(step);
        var result = loop.step(batch, objective, rate.applyAsDouble(step));
        var metrics = result.row(Map.of("epoch", (double) (step + 1) / data.stepsPerEpoch()));
        metrics.put("tokens", log.latest("tokens") + batch.read());
        return metrics;
    }

    @Override
    public long steps() {
        return steps;
    }

    @Override
    public void validate(Map<String, Double> metrics) {
        int count = (int) data.validation().count();
        metrics.put(
                "validation_loss",
                Loss.over(
                                loop.slices(),
                                data.validation(),
                                count,
                                recipe.teacher().tokenizer())
                        .nats());
        divergences(metrics);
    }

    /** Both exact divergences over the validation data. */
    private void divergences(Map<String, Double> metrics) {
        double forward = 0;
        double reverse = 0;
        long tokens = 0;
        for (long step = 0; step < data.validation().count(); step++) {
            var batch = data.validation().at(step);
            // by row, so that the sum has the same order with any number of workers
            var forwards = new double[batch.rows()];
            var reverses = new double[batch.rows()];
            loop.slices().outputs(batch, (from, to, outputs) -> {
                var mine = new TokenDistribution(model.outputs());
                try (var rows = asItIs.open(batch, from, to)) {
                    for (int i = from * batch.time(); i < to * batch.time(); i++) {
                        if (batch.weights()[i] != 0) {
                            mine.read(outputs, (long) (i - from * batch.time()) * model.outputs(), 1);
                            var theirs = rows.at(i);
                            forwards[i / batch.time()] += mine.forwardKl(theirs);
                            reverses[i / batch.time()] += mine.reverseKl(theirs);
                        }
                    }
                }
            });
            for (int row = 0; row < batch.rows(); row++) {
                forward += forwards[row];
                reverse += reverses[row];
            }
            tokens += batch.counted();
        }
        metrics.put("validation_forward_kl", forward / tokens);
        metrics.put("validation_reverse_kl", reverse / tokens);
    }

    @Override
    public TrainLoop loop() {
        return loop;
    }
}
