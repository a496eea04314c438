package trivium.pretrain;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import trivium.data.Corpus;
import trivium.data.TokenFile;
import trivium.model.Blueprint;
import trivium.model.Compute;
import trivium.run.Fingerprint;
import trivium.run.Journal;
import trivium.run.Origin;
import trivium.run.Progress;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.run.RunOptions;
import trivium.run.Selection;
import trivium.tensor.Precision;
import trivium.text.Tokenizer;
import trivium.train.AdamW;
import trivium.train.Checks;

/**
 * Phase 1: a fresh model learns to predict the tokens of a text: the next one (Radford et al. 2018, section 3.1), or
 * what else its {@link Task} says.
 *
 * <p>The run's metrics, one row a step: "loss" (nats per predicted token of the step's batch), "mean_token_accuracy"
 * (the share of them that was the likeliest), "validation_loss" (nats per predicted token) at some steps, over the
 * start of the validation text on the way and over all of it at the last step; "learning_rate", "grad_norm", "tokens"
 * (seen so far), "seconds". Beside the validation loss: from left to right "bits_per_byte", with missing middles
 * "validation_middle_loss" (nats per token of middles whose both sides are known), with masked tokens
 * "validation_token_accuracy" (the share of hidden tokens that are found). Table "samples" has what the model wrote
 * along the way.
 *
 * @param architecture the model's shape, a transformer's or another's
 * @param tokenizer its vocabulary
 * @param material what it reads, and what of it is predicted
 * @param training how long and how fast
 * @param watching what is measured on the way
 * @param options who hears of every step, and where it is kept
 */
public record Pretraining(
        Blueprint architecture,
        Tokenizer tokenizer,
        Material material,
        Training training,
        Watching watching,
        RunOptions options) {

    /** The kind of run this makes. */
    public static final String KIND = "pretrain";

    /** The table of texts written along the way: "step", "prompt", "text". */
    public static final String SAMPLES = "samples";

    /** The setting that names token files. */
    static final String TOKEN_FILES = "token_files";

    /** What is read, and what of it is predicted. */
    public record Material(TextSource text, Task task) {}

    /**
     * How long and how fast.
     *
     * @param steps optimiser steps
     * @param rows windows of the model's context in a step
     * @param learningRate the highest of a schedule with a warm-up (100 steps, or a tenth if that is less) and a
     *     cosine's fall to a tenth, as nanoGPT has it
     * @param optimizer AdamW's settings
     * @param seed the fresh weights and the order of the text
     * @param compute threads, and the precision of products
     */
    public record Training(int steps, int rows, double learningRate, AdamW optimizer, long seed, Compute compute) {

        public Training {
            Checks.atLeast(1, steps, "steps");
            Checks.atLeast(1, rows, "rows");
            Checks.positive(learningRate, "learning rate");
        }
    }

    /**
     * What is measured on the way.
     *
     * @param validation the share of the text kept for validation, in (0, 1)
     * @param looks how often the validation loss is measured and a sample written
     * @param prompts how the samples begin, or sentences with {@code ___} to be filled; empty for none
     */
    public record Watching(double validation, int looks, List<String> prompts) {

        public Watching {
            Checks.share(validation, "validation share");
            Checks.atLeast(1, looks, "looks at the validation loss");
            prompts = List.copyOf(prompts);
        }
    }

    public Pretraining {
        material.task.check(architecture);
        material.text.check(tokenizer, material.task);
    }

    /**
     * 1,000 steps of 16 rows at a learning rate of 10⁻³; a twentieth of the text validates, ten times. A model that
     * looks to the left only predicts the next token, one that looks both ways hidden ones.
     */
    public static Pretraining of(Blueprint architecture, Tokenizer tokenizer, Corpus corpus) {
        return of(architecture, tokenizer, new TextSource.Documents(corpus));
    }

    /** The same with the documents at a token file's end for validation. */
    public static Pretraining of(Blueprint architecture, Tokenizer tokenizer, TokenFile file) {
        return of(architecture, tokenizer, new TextSource.OneFile(file));
    }

    /** The same with a token file to learn from and another to validate. */
    public static Pretraining of(Blueprint architecture, Tokenizer tokenizer, TokenFile train, TokenFile validation) {
        return of(architecture, tokenizer, new TextSource.TwoFiles(train, validation));
    }

    static Pretraining of(Blueprint architecture, Tokenizer tokenizer, TextSource text) {
        return new Pretraining(
                architecture,
                tokenizer,
                new Material(text, text.task(architecture.looksAhead())),
                new Training(1_000, 16, 1e-3, AdamW.DEFAULT, 0, Compute.DEFAULT),
                new Watching(0.05, 10, List.of()),
                RunOptions.NONE);
    }

    /**
     * What is predicted: the next token, masked tokens, or missing middles. The tokenizer gets the special tokens that
     * the task needs, behind those it has.
     */
    public Pretraining task(Task task) {
        return new Pretraining(architecture, tokenizer, new Material(material.text, task), training, watching, options);
    }

    public Pretraining steps(int steps) {
        return training(new Training(
                steps, training.rows, training.learningRate, training.optimizer, training.seed, training.compute));
    }

    /** Windows of the model's context in a step. */
    public Pretraining batchSize(int rows) {
        return training(new Training(
                training.steps, rows, training.learningRate, training.optimizer, training.seed, training.compute));
    }

    public Pretraining learningRate(double rate) {
        return training(
                new Training(training.steps, training.rows, rate, training.optimizer, training.seed, training.compute));
    }

    public Pretraining optimizer(AdamW optimizer) {
        return training(new Training(
                training.steps, training.rows, training.learningRate, optimizer, training.seed, training.compute));
    }

    public Pretraining seed(long seed) {
        return training(new Training(
                training.steps, training.rows, training.learningRate, training.optimizer, seed, training.compute));
    }

    public Pretraining workers(int workers) {
        return compute(training.compute.withWorkers(workers));
    }

    /**
     * Computes products in this precision: {@code BF16} is faster where the processor multiplies bfloat16 itself, and
     * elsewhere stays in float32 and says so.
     */
    public Pretraining precision(Precision precision) {
        return compute(training.compute.withPrecision(precision));
    }

    private Pretraining compute(Compute changed) {
        return training(new Training(
                training.steps, training.rows, training.learningRate, training.optimizer, training.seed, changed));
    }

    /** The share of the text kept for validation. */
    public Pretraining validation(double share) {
        if (!material.text.isShared()) {
            throw new IllegalArgumentException(
                    "the text to validate with is a file of its own; no share of the other is set aside");
        }
        return watching(new Watching(share, watching.looks, watching.prompts));
    }

    /** How often the validation loss is measured. */
    public Pretraining looks(int looks) {
        return watching(new Watching(watching.validation, looks, watching.prompts));
    }

    /**
     * Writes a sample each time the validation loss is measured: one that begins so; with masked tokens, the sentence
     * with each {@code ___} filled; with missing middles, what belongs where {@code ___} stands.
     */
    public Pretraining samples(String... prompts) {
        return watching(new Watching(watching.validation, watching.looks, List.of(prompts)));
    }

    public Pretraining progress(Progress listener) {
        return options(options.progress(listener));
    }

    /**
     * Keeps the run in a folder of its own while it is trained, with a checkpoint every so many steps. Whatever ends
     * the training, the same recipe with the same folder goes on from there; a run that has ended is answered at once.
     */
    public Pretraining keep(Path folder, long every) {
        return options(options.keep(folder, every));
    }

    /** The same with a checkpoint each half minute: {@code keep(runs().folder("base"))}. */
    public Pretraining keep(Path folder) {
        return options(options.keep(folder));
    }

    /**
     * Keeps the state of the best look beside the last one: {@code run.best()}. The metric is one that looks measure,
     * such as "validation_loss"; see {@link Selection} for which way is better. Every look then scores the whole
     * validation text, so that looks can be compared.
     */
    public Pretraining keepBest(String metric) {
        return options(options.selecting(new Selection(metric, 0)));
    }

    /** Does that, and stops when {@code patience} looks in a row are no better. */
    public Pretraining earlyStopping(String metric, int patience) {
        Checks.atLeast(1, patience, "looks of patience");
        return options(options.selecting(new Selection(metric, patience)));
    }

    Pretraining options(RunOptions changed) {
        return new Pretraining(architecture, tokenizer, material, training, watching, changed);
    }

    Pretraining training(Training changed) {
        return new Pretraining(architecture, tokenizer, material, changed, watching, options);
    }

    Pretraining watching(Watching changed) {
        return new Pretraining(architecture, tokenizer, material, training, changed, options);
    }

    /**
     * The trained run. If the thread is interrupted, training stops early: the run holds the model as it was then and
     * says so, and the thread stays interrupted.
     */
    public Run run() {
        return Journal.train(card(), material.text.toKeep(tokenizer), options, journal -> {
            try (var reading = new Reading(this, journal)) {
                return reading.run();
            }
        });
    }

    /** The card of a run that begins now. */
    RunCard card() {
        return RunCard.begin(KIND, null, settings(), Origin.here(training.seed, material.text.sha256()));
    }

    /** What looks measure. */
    private List<String> looked() {
        return switch (material.task) {
            case Task.NextToken _ -> List.of("validation_loss", "bits_per_byte");
            case Task.MissingMiddle _ -> List.of("validation_loss", "bits_per_byte", "validation_middle_loss");
            case Task.MaskedTokens _ -> List.of("validation_loss", "validation_token_accuracy");
        };
    }

    /** Everything but seed and data that decides the result; {@link PretrainingAgain} reads it back. */
    private Map<String, Object> settings() {
        var settings = new LinkedHashMap<>(architecture.settings());
        var equipped = material.task.equip(tokenizer);
        settings.putAll(material.task.settings());
        settings.put("vocabulary", equipped.size());
        settings.put("tokenizer_hash", Fingerprint.of(equipped));
        settings.put("data", material.text.name());
        settings.put("corpus", material.text.toString());
        if (!material.text.paths().isEmpty()) {
            settings.put(TOKEN_FILES, material.text.paths());
        }
        settings.put("steps", training.steps);
        settings.put("batch_size", training.rows);
        settings.put("learning_rate", training.learningRate);
        settings.put("precision", training.compute.precision().name());
        settings.put("optimizer", training.optimizer.settings());
        if (material.text.isShared()) {
            settings.put("validation", watching.validation);
        } else if (material.task instanceof Task.MissingMiddle) {
            settings.put("middle_seed", material.text.middleSeed());
        }
        settings.put("looks", watching.looks);
        settings.put("samples", watching.prompts);
        settings.putAll(options.settings(looked()));
        return settings;
    }
}
