package trivium.pretrain;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import trivium.data.Corpus;
import trivium.model.Architecture;
import trivium.model.Blueprint;
import trivium.run.Bookkeeping;
import trivium.run.Fingerprint;
import trivium.run.Journal;
import trivium.run.Origin;
import trivium.run.Progress;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.run.TrainingData;
import trivium.tensor.Workers;
import trivium.text.Tokenizer;
import trivium.train.AdamW;
import trivium.train.Checks;

/**
 * Phase 1: a fresh model learns to predict the next token of a text (Radford et al. 2018, section 3.1).
 *
 * <p>The run's metrics, one row a step: "loss" (nats per token of the step's batch), "mean_token_accuracy" (the
 * share of them that was the likeliest), "validation_loss" (nats per token) and "bits_per_byte" at some steps, over the start of the validation text on the way and over all of it at the last
 * step; "learning_rate", "grad_norm", "tokens" (seen so far), "seconds". Table "samples" has what the model wrote along
 * the way.
 *
 * @param architecture the model's shape, a transformer's or another's
 * @param tokenizer its vocabulary
 * @param corpus what it reads
 * @param training how long and how fast
 * @param watching what is measured on the way
 * @param books who hears of every step, and where it is kept
 */
public record Pretraining(
        Blueprint architecture,
        Tokenizer tokenizer,
        Corpus corpus,
        Training training,
        Watching watching,
        Bookkeeping books) {

    /** The kind of run this makes. */
    public static final String KIND = "pretrain";

    /** The table of texts written along the way: "step", "prompt", "text". */
    public static final String SAMPLES = "samples";

    /**
     * How long and how fast.
     *
     * @param steps optimiser steps
     * @param rows windows of the model's context in a step
     * @param learningRate the highest of a schedule with a warm-up (100 steps, or a tenth if that is less) and a
     *     cosine's fall to a tenth, as nanoGPT has it
     * @param optimizer AdamW's settings
     * @param seed the fresh weights and the order of the text
     * @param workers threads; they do not change the result
     */
    public record Training(int steps, int rows, double learningRate, AdamW optimizer, long seed, int workers) {

        public Training {
            Checks.atLeast(1, steps, "steps");
            Checks.atLeast(1, rows, "rows");
            Checks.atLeast(1, workers, "workers");
            Checks.positive(learningRate, "learning rate");
        }
    }

    /**
     * What is measured on the way.
     *
     * @param validation the share of the text kept for validation, in (0, 1)
     * @param looks how often the validation loss is measured and a sample written
     * @param prompts how the samples begin; empty for none
     */
    public record Watching(double validation, int looks, List<String> prompts) {

        public Watching {
            Checks.share(validation, "validation share");
            Checks.atLeast(1, looks, "looks at the validation loss");
            prompts = List.copyOf(prompts);
        }
    }

    public Pretraining {
        if (architecture instanceof Architecture transformer
                && !transformer.attention().causal()) {
            throw new IllegalArgumentException(
                    "predicting the next token needs causal attention: one that looks ahead would read the answer off its input");
        }
    }

    /** 1,000 steps of 16 rows at a learning rate of 10⁻³; a twentieth of the text validates, ten times. */
    public static Pretraining of(Blueprint architecture, Tokenizer tokenizer, Corpus corpus) {
        return new Pretraining(
                architecture,
                tokenizer,
                corpus,
                new Training(1_000, 16, 1e-3, AdamW.DEFAULT, 0, Workers.available()),
                new Watching(0.05, 10, List.of()),
                Bookkeeping.NONE);
    }

    public Pretraining steps(int steps) {
        return training(new Training(
                steps, training.rows, training.learningRate, training.optimizer, training.seed, training.workers));
    }

    /** Windows of the model's context in a step. */
    public Pretraining rows(int rows) {
        return training(new Training(
                training.steps, rows, training.learningRate, training.optimizer, training.seed, training.workers));
    }

    public Pretraining learningRate(double rate) {
        return training(
                new Training(training.steps, training.rows, rate, training.optimizer, training.seed, training.workers));
    }

    public Pretraining optimizer(AdamW optimizer) {
        return training(new Training(
                training.steps, training.rows, training.learningRate, optimizer, training.seed, training.workers));
    }

    public Pretraining seed(long seed) {
        return training(new Training(
                training.steps, training.rows, training.learningRate, training.optimizer, seed, training.workers));
    }

    public Pretraining workers(int workers) {
        return training(new Training(
                training.steps, training.rows, training.learningRate, training.optimizer, training.seed, workers));
    }

    /** The share of the text kept for validation. */
    public Pretraining validation(double share) {
        return watching(new Watching(share, watching.looks, watching.prompts));
    }

    /** How often the validation loss is measured. */
    public Pretraining looks(int looks) {
        return watching(new Watching(watching.validation, looks, watching.prompts));
    }

    /** Writes a sample that begins so, each time the validation loss is measured. */
    public Pretraining samples(String... prompts) {
        return watching(new Watching(watching.validation, watching.looks, List.of(prompts)));
    }

    public Pretraining progress(Progress listener) {
        return books(books.progress(listener));
    }

    /**
     * Keeps the run in a folder of its own while it is trained, with a checkpoint every so many steps. Whatever ends
     * the training, the same recipe with the same folder goes on from there; a run that has ended is answered at once.
     */
    public Pretraining keep(Path folder, long every) {
        return books(books.keep(folder, every));
    }

    /** The same with a checkpoint each half minute: {@code keep(runs().folder("base"))}. */
    public Pretraining keep(Path folder) {
        return books(books.keep(folder));
    }

    Pretraining books(Bookkeeping changed) {
        return new Pretraining(architecture, tokenizer, corpus, training, watching, changed);
    }

    Pretraining training(Training changed) {
        return new Pretraining(architecture, tokenizer, corpus, changed, watching, books);
    }

    Pretraining watching(Watching changed) {
        return new Pretraining(architecture, tokenizer, corpus, training, changed, books);
    }

    /**
     * The trained run. If the thread is interrupted, training stops early: the run holds the model as it was then and
     * says so, and the thread stays interrupted.
     */
    public Run run() {
        return Journal.train(card(), TrainingData.of(corpus, tokenizer), books, journal -> {
            try (var reading = new Reading(this, journal)) {
                return reading.run();
            }
        });
    }

    /** The card of a run that begins now. */
    RunCard card() {
        return RunCard.begin(KIND, null, settings(), Origin.here(training.seed, corpus.sha256()));
    }

    /** Everything but seed and data that decides the result; {@link PretrainingAgain} reads it back. */
    private Map<String, Object> settings() {
        var settings = new LinkedHashMap<>(architecture.settings());
        settings.put("vocabulary", tokenizer.size());
        settings.put("tokenizer_hash", Fingerprint.of(tokenizer));
        settings.put("data", corpus.name());
        settings.put("corpus", corpus.toString());
        settings.put("steps", training.steps);
        settings.put("rows", training.rows);
        settings.put("learning_rate", training.learningRate);
        settings.put("optimizer", training.optimizer.settings());
        settings.put("validation", watching.validation);
        settings.put("looks", watching.looks);
        settings.put("samples", watching.prompts);
        return settings;
    }
}
