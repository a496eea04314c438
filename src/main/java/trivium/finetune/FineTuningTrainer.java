package trivium.finetune;

import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.LongToDoubleFunction;
import trivium.data.Batches;
import trivium.data.CompletionBatches;
import trivium.data.ContextLimit;
import trivium.data.FiniteBatches;
import trivium.data.ItemBatches;
import trivium.data.PackedCompletionBatches;
import trivium.measure.Loss;
import trivium.model.AdaptedTransformer;
import trivium.model.LanguageModel;
import trivium.model.Transformer;
import trivium.run.DataProbes;
import trivium.run.LayerNames;
import trivium.run.Probe;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.run.SupervisedTrainer;
import trivium.run.TrainingLog;
import trivium.text.Numbers;
import trivium.train.Optimisation;
import trivium.train.TrainLoop;

/** The work of one {@link FineTuning}. */
final class FineTuningTrainer implements SupervisedTrainer {

    /** Fewer validation conversations than this say little about others. */
    private static final int FEW = 20;

    private final FineTuning recipe;
    private final Optimisation training;
    /** With the special tokens of the template. */
    private final Run start;

    private final LanguageModel model;
    private final CompletionBatches train;
    private final Optional<BaseText> baseText;
    private final Data data;
    private final Batches batches;
    private final long stepsPerEpoch;
    private final FiniteBatches validation;
    private final long steps;
    private final LongToDoubleFunction rate;
    private final TrainLoop loop;
    private final TrainingLog log;

    FineTuningTrainer(FineTuning recipe, TrainingLog log) {
        this.recipe = recipe;
        this.log = log;
        recipe.optimisation().compute().caveat().ifPresent(log::remark);
        start = recipe.start().withTemplateTokens();
        training = LayerNames.resolve(recipe.optimisation(), start);
        recipe.start()
                .template()
                .missing(recipe.start().tokenizer())
                .ifPresent(missing -> log.remark(missing.replace(" ", ", ")
                        + " of the chat template were not in the vocabulary of " + start.id()
                        + " and were added, each with the mean of the other tokens' rows"));
        int context = start.model().context();
        var answers = CompletionBatches.split(
                recipe.conversations(),
                start.tokenizer(),
                start.template(),
                context,
                recipe.preparation().validation());
        train = answers.train();
        baseText = BaseText.of(recipe.start(), training.batching().batchSize());
        data = data(train, context);
        int each = training.batching().all();
        var order =
                data.rows().order(each, training.seed(), recipe.preparation().groupByLength());
        batches = step -> data.rows().batch(order.apply(step));
        stepsPerEpoch = data.rows().stepsPerEpoch(each);
        validation = answers.validation().sequential(training.batching().batchSize());
        ContextLimit.sentence(recipe.conversations(), answers.train().skipped(), context)
                .ifPresent(log::remark);
        fewAnswers(answers.validation().size()).ifPresent(log::remark);
        steps = training.length().steps(epochs -> epochs * stepsPerEpoch);
        rate = log.rate(training.rate().over(steps));
        model = training.trained(start.model());
        loop = TrainLoop.of(model, training);
        noise(recipe.preparation().neftuneNoiseAlpha());
    }

    private void noise(double alpha) {
        if (alpha > 0 && !(model instanceof Transformer || model instanceof AdaptedTransformer)) {
            throw new IllegalArgumentException(
                    "a model of the class " + model.getClass().getSimpleName()
                            + " adds no noise to its embeddings: leave out neftuneNoiseAlpha(…)");
        }
        loop.neftuneNoise(alpha);
    }

    /** The sentence that a validation loss of few conversations is worth little; empty if there are enough. */
    private static Optional<String> fewAnswers(int count) {
        return count >= FEW
                ? Optional.empty()
                : Optional.of("only " + Numbers.count(count, "conversation") + (count == 1 ? " validates" : " validate")
                        + ": the validation loss may be chance; give more conversations, or a larger share with"
                        + " validation(…)");
    }

    /** Rows of conversations, and the title of the work. */
    private record Data(String title, ItemBatches rows) {}

    private Data data(CompletionBatches answers, int context) {
        if (!recipe.preparation().packed()) {
            return new Data("fine-tuning", answers);
        }
        var packed = PackedCompletionBatches.pack(answers, context);
        var title = String.format(
                Locale.ROOT,
                "fine-tuning, packed (%.1f %% padding, %.1f %% with a row each)",
                100 * packed.padding(),
                100 * packed.paddingUnpacked());
        return new Data(title, packed);
    }

    @Override
    public Run run() {
        log.take(data.title(), steps, this);
        return start.child(log.finish(), model, log.tables());
    }

    @Override
    public Optional<Run> now(RunCard card) {
        return Optional.of(start.child(card, model, Map.of()));
    }

    @Override
    public Map<String, Double> step(long step) {
        var batch = batches.at(step);
        var result = loop.step(batch, recipe.loss(), rate.applyAsDouble(step));
        var metrics = result.row(Map.of("epoch", (double) (step + 1) / stepsPerEpoch));
        metrics.put("tokens", log.latest("tokens") + batch.read());
        metrics.put("padding", 1 - batch.read() / (double) batch.tokens().length);
        return metrics;
    }

    @Override
    public long steps() {
        return steps;
    }

    @Override
    public void validate(Map<String, Double> metrics) {
        metrics.put("validation_loss", validationLoss());
        baseText.ifPresent(text -> metrics.put(BaseText.METRIC, text.loss(loop.slices(), start.tokenizer())));
    }

    @Override
    public Map<String, Double> probes() {
        var ends = new HashSet<>(start.endOfSequence());
        ends.add(start.template().stop(start.tokenizer()));
        var conversations = recipe.conversations();
        var probes = new DataProbes()
                .start(recipe.start())
                .records(conversations, conversations.split(recipe.preparation().validation()))
                .leftOut(train.skipped(), conversations.size())
                .chats(conversations, train.examples(), ends)
                .values();
        baseText.ifPresent(text -> probes.put(Probe.BASE_LOSS, text.loss(loop.slices(), start.tokenizer())));
        return probes;
    }

    @Override
    public OptionalDouble uniformLoss() {
        return OptionalDouble.of(recipe.loss().uniform(model.outputs()));
    }

    @Override
    public TrainLoop loop() {
        return loop;
    }

    private double validationLoss() {
        return Loss.over(loop.slices(), validation, (int) validation.count(), start.tokenizer())
                .nats();
    }
}
