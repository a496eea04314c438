package trivium.pretrain;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.LongStream;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.data.Batches;
import trivium.data.FiniteBatches;
import trivium.data.NextTokens;
import trivium.data.Tokens;
import trivium.generate.Completions;
import trivium.generate.Generator;
import trivium.generate.Sampling;
import trivium.measure.Loss;
import trivium.model.Compute;
import trivium.model.LanguageModel;
import trivium.pretrain.Pretraining.Training;
import trivium.run.Carried;
import trivium.run.Journal;
import trivium.run.Run;
import trivium.run.Stepwise;
import trivium.train.CrossEntropy;
import trivium.train.TrainLoop;
import trivium.train.WarmupCosine;

/** The work of one {@link Pretraining}. */
final class Reading implements Stepwise, AutoCloseable {

    private static final double CLIP = 1;
    private static final int LONGEST_WARMUP = 100;
    private static final int VALIDATION_ROWS = 32;
    /** Validation tokens scored on the way; the last look takes all. */
    private static final int GLANCE = 32_768;

    private static final Sampling SAMPLING = Sampling.atTemperature(0.8).maxTokens(60);

    private final Pretraining recipe;
    private final Training training;
    private final LanguageModel model;
    private final Batches batches;
    private final FiniteBatches validation;
    private final long validationBytes;
    private final WarmupCosine schedule;
    private final TrainLoop loop;
    private final Completions completions;
    private final Journal journal;

    Reading(Pretraining recipe, Journal journal) {
        this.recipe = recipe;
        this.journal = journal;
        training = recipe.training();
        var tokenizer = recipe.tokenizer();
        int context = recipe.architecture().context();
        var split = recipe.corpus().split(recipe.watching().validation());
        batches =
                NextTokens.shuffled(Tokens.encode(split.train(), tokenizer), training.rows(), context, training.seed());
        var heldBack = Tokens.encode(split.validation(), tokenizer);
        validation = NextTokens.sequential(heldBack, VALIDATION_ROWS, context);
        validationBytes = heldBack.bytes();
        double rate = training.learningRate();
        int warmup = Math.min(LONGEST_WARMUP, training.steps() / 10);
        schedule = new WarmupCosine(rate, rate / 10, warmup, training.steps());
        model = recipe.architecture().fresh(tokenizer.size(), training.seed());
        loop = new TrainLoop(
                model, training.optimizer(), CLIP, Compute.DEFAULT.withWorkers(training.workers()), training.seed());
        completions = new Completions(new Generator(model, training.workers()), tokenizer);
    }

    Run run() {
        journal.take("pre-training", training.steps(), this);
        return new Run(journal.finish(), model, recipe.tokenizer(), journal.tables());
    }

    @Override
    public Map<String, Double> step(long step) {
        var batch = batches.at(step);
        var result = loop.step(batch, new CrossEntropy(), schedule.valueAt((int) step, 0));
        var metrics = new LinkedHashMap<String, Double>();
        metrics.put("loss", result.loss());
        if (!Double.isNaN(result.tokenAccuracy())) {
            metrics.put("mean_token_accuracy", result.tokenAccuracy());
        }
        metrics.put("learning_rate", result.learningRate());
        metrics.put("grad_norm", result.gradientNorm());
        metrics.put("tokens", (double) (step + 1) * batch.tokens().length);
        return metrics;
    }

    @Override
    public void look(long done, Map<String, Double> metrics) {
        if (looks(done)) {
            validate(done == training.steps(), metrics);
            sample(done);
        }
    }

    @Override
    public Carried carried() {
        return new Carried(loop.tensors(), loop::updates, loop::updates);
    }

    /** Looks are spread evenly and the last step is one. */
    private boolean looks(long done) {
        int looks = Math.min(recipe.watching().looks(), training.steps());
        return done * looks / training.steps() > (done - 1) * looks / training.steps();
    }

    private void validate(boolean all, Map<String, Double> metrics) {
        int some = Math.ceilDiv(GLANCE, VALIDATION_ROWS * recipe.architecture().context());
        int count = all ? (int) validation.count() : (int) Math.min(validation.count(), some);
        var scored = Loss.over(loop.slices(), validation, count, recipe.tokenizer());
        // Over the whole text its bytes are known; on the way a character may be cut at the end of a window.
        var loss = all ? new Loss(scored.nats(), scored.tokens(), validationBytes) : scored;
        metrics.put("validation_loss", loss.nats());
        metrics.put("bits_per_byte", loss.bitsPerByte());
    }

    private void sample(long step) {
        var prompts = recipe.watching().prompts();
        var texts = completions.continuations(prompts, SAMPLING.seed(training.seed()));
        if (!prompts.isEmpty()) {
            var steps = LongStream.generate(() -> step).limit(prompts.size()).toArray();
            journal.note(Table.create(
                    Pretraining.SAMPLES,
                    LongColumn.create("step", steps),
                    StringColumn.create("prompt", prompts),
                    StringColumn.create("text", texts)));
        }
    }

    @Override
    public void close() {
        loop.close();
    }
}
