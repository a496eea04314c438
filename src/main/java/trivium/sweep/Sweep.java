package trivium.sweep;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import trivium.run.Progress;
import trivium.run.RunOptions;
import trivium.run.RunStore;
import trivium.run.Tracker;

/**
 * Many trials of one function under different settings.
 *
 * <pre>{@code
 * var result = Sweep.grid(Hyperparameter.logRange("learning_rate", 1e-4, 1e-2, 5), Hyperparameter.values("width", 64, 128))
 *         .parallel()
 *         .run(trial -> pretrain(…).learningRate(trial.real("learning_rate")).workers(1).run());
 * result.lowest("validation_loss").trial();
 * }</pre>
 *
 * Trials differ by their settings and seeds only, and rows are in the order of the search, so a sweep finds the same on
 * one thread and on many; but with a pruner, which compares a trial with those that came before it, and with a budget
 * of tokens or minutes, only one thread finds the same again. A trial that fails, diverges or is pruned is a row that
 * says why. Interrupting the calling thread stops the trials that are running and keeps those that have finished.
 *
 * @param search what to try
 * @param extent which settings are tried besides those of the search, and with which seeds
 * @param backend where trials run
 * @param budget what may be spent
 * @param pruner compares trials on their way, or null to let every one run to its end
 * @param options the listener that hears of every trial that has ended, and the folder that keeps the trials
 * @param goals what trials are ranked by where they are shown, or none for those of the search, or else of the pruner
 */
public record Sweep(
        Search search,
        Extent extent,
        TrialBackend backend,
        Budget budget,
        Pruner pruner,
        RunOptions options,
        List<Goal> goals) {

    /**
     * Which trials there are.
     *
     * @param enqueued settings that are tried before those of the search
     * @param seeds of the trials; every setting is run with each
     * @param best how many settings are run once more in the end with fresh seeds, or 0
     * @param fresh how many fresh seeds these are run with
     */
    public record Extent(List<Map<String, Object>> enqueued, List<Long> seeds, int best, int fresh) {
        public Extent {
            enqueued = List.copyOf(enqueued);
            seeds = List.copyOf(seeds);
            if (seeds.isEmpty() || seeds.stream().distinct().count() < seeds.size()) {
                throw new IllegalArgumentException("a sweep needs seeds, and each of them once, not " + seeds);
            }
            if (best < 0 || best > 0 && fresh < 1) {
                throw new IllegalArgumentException(
                        "a sweep should confirm 1 setting or more with 1 seed or more, not " + best + " with " + fresh);
            }
        }
    }

    public Sweep {
        goals = List.copyOf(goals);
    }

    /** Every combination of the hyperparameters' values, one trial at a time, seed 0. */
    public static Sweep grid(Hyperparameter... hyperparameters) {
        return of(Searches.grid(hyperparameters));
    }

    /** {@code count} random settings, one trial at a time, seed 0. */
    public static Sweep random(int count, Hyperparameter... hyperparameters) {
        return of(Searches.random(count, 0, hyperparameters));
    }

    /** {@code count} settings that fill the space evenly, one trial at a time, seed 0. */
    public static Sweep sobol(int count, Hyperparameter... hyperparameters) {
        return of(Searches.sobol(count, 0, hyperparameters));
    }

    /** {@code count} settings that learn from those before, see {@link Tpe}; one trial at a time, seed 0. */
    public static Sweep tpe(Goal goal, int count, Hyperparameter... hyperparameters) {
        return of(Tpe.of(goal, count, hyperparameters));
    }

    /** A search of your own, one trial at a time, seed 0. */
    public static Sweep of(Search search) {
        return new Sweep(
                search,
                new Extent(List.of(), List.of(0L), 0, 0),
                new Threads(1),
                Budget.NONE,
                null,
                RunOptions.NONE,
                List.of());
    }

    /** This many trials side by side. */
    public Sweep parallel(int trials) {
        return on(new Threads(trials));
    }

    /** As many trials side by side as the machine has cores. */
    public Sweep parallel() {
        return parallel(Runtime.getRuntime().availableProcessors());
    }

    /** Elsewhere than on threads of this JVM: {@code trivium.spark.Spark.master("spark://…")}. */
    public Sweep on(TrialBackend place) {
        return new Sweep(search, extent, place, budget, pruner, options, goals);
    }

    /** Another seed for all trials. */
    public Sweep seed(long other) {
        return seeds(other);
    }

    /** Every setting with each of these seeds; {@link SweepResult#overSeeds()} averages over them. */
    public Sweep seeds(long... all) {
        return extent(
                new Extent(extent.enqueued(), Arrays.stream(all).boxed().toList(), extent.best(), extent.fresh()));
    }

    /** Every setting with this many seeds, from 0. */
    public Sweep repeat(int times) {
        return seeds(LongStream.range(0, times).toArray());
    }

    /**
     * Tries this setting before those of the search; asked again, the next one after it. A search that learns from
     * results ({@link Tpe}) learns from these, too.
     *
     * @param setting a value of every hyperparameter of the search that is active there. A search of one's own that
     *     does not tell its {@link Search#hyperparameters} takes any setting
     * @throws IllegalArgumentException if a hyperparameter is missing or unknown, or a value is none of its own
     */
    public Sweep enqueue(Map<String, ?> setting) {
        if (setting.isEmpty()) {
            throw new IllegalArgumentException("a setting that is enqueued should have at least one hyperparameter");
        }
        setting.forEach((name, value) -> {
            if (value == null) {
                throw new IllegalArgumentException(
                        "the setting " + setting + " cannot be enqueued: expected a value for \"" + name + "\"");
            }
        });
        var space = search.hyperparameters();
        var longer = new ArrayList<>(extent.enqueued());
        longer.add(Collections.unmodifiableMap(
                space.isEmpty() ? new LinkedHashMap<>(setting) : new Space(space).checked(setting)));
        return extent(new Extent(longer, extent.seeds(), extent.best(), extent.fresh()));
    }

    /**
     * In the end runs the best settings by the sweep's goals once more with seeds that no choice has seen:
     * {@link SweepResult#confirmed}. The seeds are those that follow the largest seed of the search, or, where there
     * are not so many, the smallest from 0 on that it has not used. Nothing is pruned there, and the budget is that of
     * the search alone. A sweep that was interrupted confirms nothing.
     *
     * @param best how many settings
     * @param fresh how many seeds
     */
    public Sweep confirm(int best, int fresh) {
        return extent(new Extent(extent.enqueued(), extent.seeds(), best, fresh));
    }

    private Sweep extent(Extent other) {
        return new Sweep(search, other, backend, budget, pruner, options, goals);
    }

    /** Limits what the sweep may spend: {@code Budget.NONE.minutes(10)}. */
    public Sweep budget(Budget most) {
        return new Sweep(search, extent, backend, most, pruner, options, goals);
    }

    /** Compares trials on their way and prunes them; trials hand {@link Trial#progress()} to their recipes. */
    public Sweep prune(Pruner how) {
        return new Sweep(search, extent, backend, budget, how, options, goals);
    }

    /**
     * The goals by which trials are ranked where they are shown, for a search that has none of its own:
     * {@code goal(Goal.highest("reward"))}. With several the result has a {@link SweepResult#front() Pareto front}.
     */
    public Sweep goal(Goal... all) {
        return new Sweep(search, extent, backend, budget, pruner, options, List.of(all));
    }

    /** The goals of this sweep, or else those of the search, or that of the pruner; none if there are none. */
    List<Goal> ranking() {
        if (!goals.isEmpty()) {
            return goals;
        }
        return !search.goals().isEmpty() || pruner == null ? search.goals() : List.of(pruner.goal());
    }

    /**
     * A listener that is told of every trial that has ended; a {@link SweepProgress} is told of running trials, too.
     */
    public Sweep progress(Progress listener) {
        return new Sweep(search, extent, backend, budget, pruner, options.progress(listener), goals);
    }

    /**
     * Writes each trial down for another program, such as TensorBoard, with its settings and how it ended: the steps
     * that it tells its {@link Trial#progress()}, or else what it measured in the end. A recipe that tracks its own
     * steps does so in the trial's function.
     */
    public Sweep track(Tracker tracker) {
        return new Sweep(search, extent, backend, budget, pruner, options.track(tracker), goals);
    }

    /**
     * Keeps every trial that has ended in a folder. The same sweep with the same folder runs none of them again, and
     * ends with the table it would have had if left alone. The folder does not know the function of the trials: for
     * another function take another folder.
     */
    public Sweep keep(Path folder) {
        return new Sweep(search, extent, backend, budget, pruner, options.keep(folder), goals);
    }

    /** Trains a model for every setting; what is kept of each is the newest value of its metrics. */
    public SweepResult run(RunTrial function) {
        return Trials.run(this, new TrialTask.Training(function, null));
    }

    /**
     * The same, and saves every run in a store, wherever it was trained. Its name there says which trial it was, and is
     * the same for the same trial of the same recipe: a trial that is begun again replaces its run.
     */
    public SweepResult run(RunStore store, RunTrial function) {
        return Trials.run(this, new TrialTask.Training(function, store.folder()));
    }

    /** Runs any function of a trial that answers metrics. */
    public SweepResult measure(TrialFunction function) {
        return Trials.run(this, new TrialTask.Measuring(function));
    }
}
