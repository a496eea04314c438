package trivium.pretrain;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.LongToDoubleFunction;
import java.util.stream.LongStream;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.data.NextTokens;
import trivium.model.LanguageModel;
import trivium.model.Size;
import trivium.run.DataProbes;
import trivium.run.RecipeTrainer;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.run.Trainer;
import trivium.run.TrainingLog;
import trivium.text.Tokenizer;
import trivium.train.Optimisation;
import trivium.train.TrainLoop;

/** The work of one {@link Pretraining}. */
final class PretrainingTrainer implements RecipeTrainer {

    private final Pretraining recipe;
    private final Optimisation training;
    private final long steps;
    private final LanguageModel model;
    private final Tokenizer tokenizer;
    private final TextSource.TokenSplit text;
    private final PretrainingData data;
    private final LongToDoubleFunction rate;
    private final TrainLoop loop;
    private final TrainingLog log;

    PretrainingTrainer(Pretraining recipe, TrainingLog log) {
        this.recipe = recipe;
        this.log = log;
        training = recipe.optimisation();
        training.compute().caveat().ifPresent(log::remark);
        var task = recipe.material().task();
        tokenizer = task.equip(recipe.tokenizer());
        text = recipe.material()
                .text()
                .sides(tokenizer, task, recipe.evaluation().validation(), training.seed());
        unknown(text).ifPresent(log::remark);
        int context = recipe.architecture().context();
        steps = training.length()
                .steps(epochs -> Math.ceilDiv(
                        epochs * NextTokens.windows(text.train(), context),
                        training.batching().all()));
        rate = log.rate(training.rate().over(steps));
        model = training.fresh(recipe.architecture(), tokenizer.size());
        loop = TrainLoop.of(model, training);
        // before the first batch, whose rows alone may be more than Java's heap can hold
        model.size(
                        training.batching().batchSize(),
                        model.context(),
                        Size.Use.training(training.batching().gradientCheckpointing()))
                .ifPresent(Size::requireFits);
        data = task instanceof Task.MaskedTokens masked
                ? new MaskedLanguageModelling(recipe, masked, text, tokenizer, model)
                : new CausalLanguageModelling(recipe, text, tokenizer, model);
    }

    /** Characters that the tokenizer could not represent, if there are any. */
    private static Optional<String> unknown(TextSource.TokenSplit text) {
        long held = text.validation().unknown();
        long all = text.train().unknown() + held;
        return all == 0
                ? Optional.empty()
                : Optional.of(String.format(
                        Locale.ROOT,
                        "%,d %s of the text %s no token, %,d of them in the validation text; bits per byte are of the"
                                + " text without them",
                        all,
                        all == 1 ? "character" : "characters",
                        all == 1 ? "has" : "have",
                        held));
    }

    @Override
    public Run run() {
        log.take("pre-training", steps, this);
        return new Run(log.finish(), model, tokenizer, log.tables());
    }

    @Override
    public Optional<Run> now(RunCard card) {
        return Optional.of(new Run(card, model, tokenizer, Map.of()));
    }

    @Override
    public Map<String, Double> step(long step) {
        var batch = data.batches().at(step);
        var result = loop.step(batch, recipe.material().loss(), rate.applyAsDouble(step));
        var metrics = result.row();
        metrics.put("tokens", (double) (step + 1) * batch.tokens().length);
        return metrics;
    }

    @Override
    public long evaluations(long all) {
        return Math.min(recipe.evaluation().evaluations(), all);
    }

    @Override
    public void evaluate(long done, Map<String, Double> metrics) {
        if (Trainer.isSpread(done, recipe.evaluation().evaluations(), steps)) {
            boolean all = done == steps || training.selection() != null;
            measure(metrics, measured -> data.validate(loop.slices(), all, measured));
            onAverage(() -> sample(done));
        }
    }

    @Override
    public Map<String, Double> probes() {
        return new DataProbes().text(text.train(), text.validation(), tokenizer).values();
    }

    @Override
    public OptionalDouble uniformLoss() {
        return OptionalDouble.of(recipe.material().loss().uniform(model.outputs()));
    }

    @Override
    public TrainLoop loop() {
        return loop;
    }

    private void sample(long step) {
        var prompts = recipe.evaluation().samples();
        var texts = data.write(prompts);
        if (!prompts.isEmpty()) {
            var steps = LongStream.generate(() -> step).limit(prompts.size()).toArray();
            log.note(Table.create(
                    Pretraining.SAMPLES,
                    LongColumn.create("step", steps),
                    StringColumn.create("prompt", prompts),
                    StringColumn.create("text", texts)));
        }
    }
}
