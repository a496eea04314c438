package trivium.run;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import trivium.model.Compute;
import trivium.model.Lora;
import trivium.tensor.Precision;
import trivium.train.Ending;
import trivium.train.Length;
import trivium.train.Optimisation;
import trivium.train.Optimizer;
import trivium.train.Schedule;
import trivium.train.Selection;
import trivium.train.Warmup;

/**
 * How a run is trained: an immutable record of what it begins with, what it reads, and every setting that decides the
 * result. Settings that all phases have are changed here; each method answers a recipe that differs in this one. The
 * card of a run is written from the recipe's components ({@link trivium.train.Settings}) and read back into them
 * ({@link RecipeKind}), and a report prints them.
 *
 * @param <R> the recipe itself
 */
public interface Recipe<R extends Recipe<R>> {

    /** What {@link #stopWhen} calls all faults. */
    String ANY_FAULT = "any";

    /** How the model is optimised. */
    Optimisation optimisation();

    /** The listener that is told of every step, and where the run is kept. */
    RunOptions options();

    /** The run whose model is trained on; empty if a fresh one is. */
    default Optional<Run> beginning() {
        return Optional.empty();
    }

    R with(Optimisation changed);

    R with(RunOptions changed);

    /** The card of a run that begins now. */
    RunCard card();

    /**
     * Trains. If the thread is interrupted, training stops early: what is answered holds the model as it was then and
     * says so, and the thread stays interrupted.
     */
    Trained run();

    /**
     * Trains so many times with seeds that follow one another, from this recipe's own on: what differs from run to run
     * is chance, and what several runs agree in is the recipe's. With {@link #keep} each run has a folder of its own
     * below that one ({@code NAME/NAME-seed-42}), and a series that was killed goes on where it was. An interrupt ends
     * the series, which keeps what it has; the thread stays interrupted.
     *
     * @param count at least 1
     */
    default Runs seeds(int count) {
        return Runs.train(seed(optimisation().seed()), count);
    }

    /** So many optimiser steps. */
    default R steps(long steps) {
        return with(optimisation().length(new Length.Steps(steps)));
    }

    /** So many times through the data. */
    default R epochs(long epochs) {
        return with(optimisation().length(new Length.Epochs(epochs)));
    }

    /**
     * As many steps as fit into a time here: a few are measured before the training begins, which takes a part of the
     * time and changes no result. The run's card has the number of steps that was chosen, as {@link #steps} would have
     * written it, and its notes say why. Time in which the machine sleeps is not counted. An alignment's answers to
     * held-out prompts before its first step and after its last come on top.
     *
     * @param minutes above 0
     */
    default R minutes(double minutes) {
        return with(optimisation().length(new Length.Minutes(minutes)));
    }

    /** How many of what the phase learns from (windows, conversations, packed rows, pairs, prompts) make a batch. */
    default R batchSize(int size) {
        return with(optimisation().batching(optimisation().batching().batchSize(size)));
    }

    /**
     * Sums the gradient over so many batches before each update, as if they were one: the same steps as with a larger
     * {@link #batchSize}, but for rounding, in less memory and more time.
     */
    default R gradientAccumulation(int batches) {
        return with(optimisation().batching(optimisation().batching().gradientAccumulation(batches)));
    }

    /**
     * Keeps of a transformer's forward only what enters each block, and computes the rest again on the way back: the
     * same numbers to the last bit, in less memory and the time of one more forward.
     */
    default R gradientCheckpointing(boolean checkpointing) {
        return with(optimisation().batching(optimisation().batching().gradientCheckpointing(checkpointing)));
    }

    /** The highest learning rate. */
    default R learningRate(double rate) {
        return with(optimisation().rate(optimisation().rate().learningRate(rate)));
    }

    /**
     * Multiplies the learning rates of some tensors: {@code learningRateFactors("embedding=0.1", "layers.0-2=0.5")}.
     * The metric "learning_rate" is that of the others.
     *
     * @param factors a role, a name, or neighbouring parts of names ({@link trivium.model.TensorNames}), = and a number
     *     above 0; of several that name a tensor the last counts; none for one learning rate
     */
    default R learningRateFactors(String... factors) {
        return with(optimisation().rate(optimisation().rate().learningRateFactors(List.of(factors))));
    }

    /** What becomes of the learning rate after the warm-up, such as {@code new Schedule.Linear()}. */
    default R schedule(Schedule schedule) {
        return with(optimisation().rate(optimisation().rate().schedule(schedule)));
    }

    /** Lets the learning rate rise linearly over the first {@code steps} steps; more than all is refused in the run. */
    default R warmup(long steps) {
        return warmup(new Warmup.Steps(steps));
    }

    /** The same over a share of all steps, in [0, 1]. */
    default R warmupRatio(double share) {
        return warmup(new Warmup.Ratio(share));
    }

    /** The warm-up in any of its forms. */
    default R warmup(Warmup warmup) {
        return with(optimisation().rate(optimisation().rate().warmup(warmup)));
    }

    /** How a gradient becomes a step, such as {@code AdamW.DEFAULT}. */
    default R optimizer(Optimizer optimizer) {
        return with(optimisation().update(optimisation().update().optimizer(optimizer)));
    }

    /** Scales the gradient down to this Euclidean norm; {@code Double.POSITIVE_INFINITY} for never. */
    default R maxGradNorm(double norm) {
        return with(optimisation().update(optimisation().update().maxGradNorm(norm)));
    }

    /**
     * Keeps an exponential moving average of the weights beside those that are trained (Polyak and Juditsky 1992): what
     * is evaluated, and the run's model in the end, is the average; metrics that begin with {@code trained_} are of the
     * trained weights.
     *
     * @param decay of an update, in (0, 1), such as 0.999; at the beginning it is less, see
     *     docs/algorithms/pre-training.md; 0 for no average
     */
    default R ema(double decay) {
        return with(optimisation().update(optimisation().update().ema(decay)));
    }

    /**
     * Leaves these tensors as they are while this recipe trains: {@code freeze("embedding", "layers.0-5")}. They cost
     * neither a gradient's work nor moments. The run's model is not frozen when the training is over.
     *
     * @param patterns roles, names, or neighbouring parts of names ({@link trivium.model.TensorNames}), checked when
     *     the training begins; none for all are trained
     */
    default R freeze(String... patterns) {
        return with(optimisation().update(optimisation().update().freeze(List.of(patterns))));
    }

    /**
     * Trains an adapter of low rank beside the model's linear layers in place of the model itself, whose weights are
     * neither changed nor copied: {@code lora(Lora.rank(16))}. The run's model is the adapted one; a training that
     * begins with it and says nothing of an adapter trains the same adapter on.
     *
     * @param adapter null for none; layers may be called as transformers calls them, such as {@code q_proj}
     * @throws IllegalArgumentException in a sentence, with the names there are, if the adapter cannot stand beside the
     *     model that this recipe begins with
     */
    default R lora(Lora adapter) {
        if (adapter != null) {
            beginning().ifPresent(start -> LayerNames.check(adapter, start));
        }
        return with(optimisation().update(optimisation().update().lora(adapter)));
    }

    /** The seed, from which every random choice follows. */
    default R seed(long seed) {
        return with(optimisation().seed(seed));
    }

    /** How many threads train; the result is the same with any number. */
    default R workers(int workers) {
        return compute(optimisation().compute().withWorkers(workers));
    }

    /**
     * Computes products in this precision: {@code BF16} is faster where the processor multiplies bfloat16 itself, and
     * elsewhere stays in float32 and says so.
     */
    default R precision(Precision precision) {
        return compute(optimisation().compute().withPrecision(precision));
    }

    private R compute(Compute changed) {
        return with(optimisation().compute(changed));
    }

    /** The listener that is told of every step. */
    default R progress(Progress listener) {
        return with(options().progress(listener));
    }

    /**
     * Writes the run down for another program while it is trained, such as TensorBoard or MLflow; several may follow
     * one training. A tracker that fails, on a full disk for one, is told of in a sentence, and the training goes on.
     */
    default R track(Tracker tracker) {
        return with(options().track(tracker));
    }

    /**
     * Keeps the run in a folder of its own while it is trained, with a checkpoint every so many steps. Whatever ends
     * the training, the same recipe with the same folder goes on from there; a run that has ended is answered at once.
     */
    default R keep(Path folder, long every) {
        return with(options().keep(folder, every));
    }

    /** The same with a checkpoint each half minute: {@code keep(runs().folder("base"))}. */
    default R keep(Path folder) {
        return with(options().keep(folder));
    }

    /**
     * Keeps the state of the best evaluation beside the last one: {@code run.best()}. The metric is one that
     * evaluations measure, such as "validation_loss", in alignment "eval/reward"; {@link Metric} says which way is
     * better.
     */
    default R keepBest(String metric) {
        return selection(new Selection.KeepBest(metric));
    }

    /** Keeps the best state, and stops when {@code patience} evaluations in a row are no better. */
    default R earlyStopping(String metric, int patience) {
        return selection(new Selection.EarlyStopping(metric, patience));
    }

    /** Which state is kept beside the last one, and whether training stops early, in any form. */
    default R selection(Selection selection) {
        return with(optimisation().selection(selection));
    }

    /**
     * Stops after the step in which one of these faults is found ({@link Fault}, docs/diagnosis.md), and keeps what was
     * learned until then: {@code stopWhen("loss-diverges", "overfitting")}. A training that is told nothing says what
     * it finds and goes on.
     *
     * @param faults names of faults, or {@value #ANY_FAULT} for all; none for never
     */
    default R stopWhen(String... faults) {
        return with(optimisation().ending(new Ending(optimisation().selection(), List.of(faults))));
    }
}
