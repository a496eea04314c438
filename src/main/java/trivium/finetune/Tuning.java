package trivium.finetune;

import java.util.LinkedHashMap;
import java.util.Map;
import trivium.data.Answers;
import trivium.data.Batches;
import trivium.data.FiniteBatches;
import trivium.finetune.FineTuning.Training;
import trivium.measure.Loss;
import trivium.model.Compute;
import trivium.model.LanguageModel;
import trivium.run.Carried;
import trivium.run.Journal;
import trivium.run.Run;
import trivium.run.Stepwise;
import trivium.text.ChatTemplate;
import trivium.train.AdamW;
import trivium.train.CrossEntropy;
import trivium.train.TrainLoop;
import trivium.train.WarmupCosine;

/** The work of one {@link FineTuning}. */
final class Tuning implements Stepwise, AutoCloseable {

    private static final double CLIP = 1;
    /** How often the validation answers are scored on the way. */
    private static final int LOOKS = 10;

    private final FineTuning recipe;
    private final Training training;
    private final LanguageModel model;
    private final Batches batches;
    private final FiniteBatches validation;
    private final long stepsPerEpoch;
    private final long steps;
    private final WarmupCosine schedule;
    private final TrainLoop loop;
    private final Journal journal;

    Tuning(FineTuning recipe, Journal journal) {
        this.recipe = recipe;
        this.journal = journal;
        training = recipe.training();
        var start = recipe.start();
        int context = start.model().context();
        var split = recipe.conversations().split(recipe.validation());
        var answers = Answers.encode(split.train(), start.tokenizer(), ChatTemplate.DEFAULT, context);
        batches = answers.shuffled(training.rows(), training.seed());
        validation = Answers.encode(split.validation(), start.tokenizer(), ChatTemplate.DEFAULT, context)
                .sequential(training.rows());
        stepsPerEpoch = answers.stepsPerEpoch(training.rows());
        steps = training.epochs() * stepsPerEpoch;
        double rate = training.learningRate();
        schedule = new WarmupCosine(rate, rate / 10, steps / 20, steps);
        model = start.model().copy();
        loop = new TrainLoop(
                model, AdamW.DEFAULT, CLIP, Compute.DEFAULT.withWorkers(training.workers()), training.seed());
    }

    Run run() {
        journal.take("fine-tuning", steps, this);
        return new Run(journal.finish(), model, recipe.start().tokenizer(), journal.tables());
    }

    @Override
    public Map<String, Double> step(long step) {
        var batch = batches.at(step);
        var result = loop.step(batch, new CrossEntropy(), schedule.valueAt((int) step, 0));
        var metrics = new LinkedHashMap<String, Double>();
        metrics.put("loss", result.loss());
        metrics.put("epoch", (double) (step + 1) / stepsPerEpoch);
        metrics.put("learning_rate", result.learningRate());
        metrics.put("grad_norm", result.gradientNorm());
        metrics.put("tokens", journal.latest("tokens") + batch.tokens().length);
        return metrics;
    }

    @Override
    public void look(long done, Map<String, Double> metrics) {
        if (done % Math.max(1, steps / LOOKS) == 0 || done == steps) {
            metrics.put("validation_loss", validationLoss());
        }
    }

    @Override
    public Carried carried() {
        return new Carried(loop.tensors(), loop::updates, loop::updates);
    }

    private double validationLoss() {
        var tokenizer = recipe.start().tokenizer();
        return Loss.over(loop.slices(), validation, (int) validation.count(), tokenizer)
                .nats();
    }

    @Override
    public void close() {
        loop.close();
    }
}
