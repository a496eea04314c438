package trivium.sweep;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import trivium.run.Progress;
import trivium.run.Status;
import trivium.text.Numbers;

/** Runs a sweep once: hands trials to the workers of its backend and collects the results. */
final class Trials {

    /** The hyperparameter that gives a setting a seed of its own. */
    static final String SEED = "seed";

    private final Sweep sweep;
    private final SweepFolder folder;
    private final Rungs rungs;
    /** Listens to the trials while they run, or null. */
    private final SweepProgress watcher;

    private final long started = System.nanoTime();
    private final Instant since = Instant.now();
    private final ConcurrentLinkedQueue<TrialResult> results = new ConcurrentLinkedQueue<>();
    /** Of the best settings with fresh seeds. */
    private final ConcurrentLinkedQueue<TrialResult> confirmation = new ConcurrentLinkedQueue<>();
    /** Whether the trials that begin are of the confirmation. */
    private boolean confirming;
    /** What part of the budget was spent before the search was over. */
    private Optional<String> cut = Optional.empty();

    private final ByHand byHand;
    private final Workers workers;
    private GoalCheck goals;
    /** How many trials of the search and of the confirmation have begun. */
    private int begun;

    private int heard;

    private Trials(Sweep sweep, TrialTask work, SweepFolder folder) {
        this.sweep = sweep;
        this.folder = folder;
        rungs = sweep.pruner() == null ? null : new Rungs(sweep.pruner());
        watcher = sweep.options().progress() instanceof SweepProgress interested ? interested : null;
        byHand = new ByHand(sweep, folder, () -> spent(0));
        boolean acts = watcher != null && watcher.acts(byHand);
        workers = new Workers(sweep.backend(), work, rungs != null || acts, byHand, this::attempt);
        if (rungs != null && folder != null) {
            folder.results().forEach(rungs::ended);
        }
    }

    /** Runs a sweep, from where its folder left it if it has one. */
    static SweepResult run(Sweep sweep, TrialTask work) {
        if (sweep.options().folder() == null) {
            return new Trials(sweep, work, null).run();
        }
        try (var folder = SweepFolder.open(sweep.options().folder())) {
            return new Trials(sweep, work, folder).run();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close " + sweep.options().folder() + ": " + e.getMessage(), e);
        }
    }

    private SweepResult run() {
        Status outcome = new Status.Finished();
        var progress = sweep.options().progress();
        try {
            search();
            confirm();
            if (byHand.isStopping()) {
                outcome = new Status.Stopped("by hand, after " + Numbers.count(results.size(), "trial"));
            } else if (cut.isPresent()) {
                outcome = new Status.OutOfBudget(results.size(), "the budget of " + cut.get() + " is spent");
            }
        } catch (InterruptedException e) {
            workers.stop();
            long finished = Stream.concat(results.stream(), confirmation.stream())
                    .filter(TrialResult::isFinished)
                    .count();
            outcome = new Status.InterruptedSweep(finished, begun + byHand.count());
        } catch (RuntimeException | Error e) {
            progress.finish(new Status.Failed(e.getMessage()).text());
            throw e;
        } finally {
            workers.close();
        }
        var result = sorted(outcome);
        if (outcome.isFinished() && !result.trials().isEmpty() && result.noneFinished()) {
            result = sorted(new Status.Failed(result.reasons()));
        }
        progress.finish(result.outcome().text() + result.exceptions());
        return result;
    }

    /** Round after round of the search, behind the settings that are enqueued. */
    private void search() throws InterruptedException {
        if (sweep.extent().best() > 0 && sweep.ranking().isEmpty()) {
            throw new IllegalArgumentException("the sweep does not know which settings are the best that it should"
                    + " confirm: expected a goal, as in sweep(…).goal(Goal.lowest(\"validation_loss\")).confirm(3, 5)");
        }
        goals = new GoalCheck(sweep);
        var search = knowing(sweep.search());
        var settings = search.round(0, own(0));
        var enqueued = sweep.extent().enqueued();
        long planned = enqueued.size() + (long) Math.max(settings.size(), search.size());
        byHand.plan(planned * sweep.extent().seeds().size());
        if (watcher != null && !sweep.ranking().isEmpty()) {
            watcher.rankedBy(sweep.ranking());
        }
        sweep.options().progress().start("sweep", total(planned) + byHand.count());
        takeByHand();
        if (!enqueued.isEmpty()) {
            runRound(enqueued);
            var learned = new ArrayList<>(search.known());
            learned.addAll(own(0).trials());
            search = search.knowing(learned);
            settings = cut.isEmpty() ? search.round(0, own(byHand.next())) : List.of();
        }
        int first = byHand.next();
        for (int round = 0; !settings.isEmpty() && cut.isEmpty(); ) {
            runRound(settings);
            if (cut.isEmpty()) {
                settings = search.round(++round, own(first));
                cut = settings.isEmpty() ? cut : spent();
            }
        }
        while (!byHand.close()) {
            workers.hear(this::heard);
        }
    }

    /** The search with what it knows, which is what it knew when its folder was begun. */
    private Search knowing(Search search) {
        return folder == null ? search : search.knowing(byHand.typed(folder.known(search.known())));
    }

    /** The trials from this number on: the search's own, without those that were enqueued. */
    private SweepResult own(int first) {
        return new SweepResult(
                sorted(results).stream()
                        .filter(result -> result.trial().number() >= first
                                && !byHand.has(result.trial().number()))
                        .toList(),
                new Status.Running(),
                sweep.ranking(),
                List.of());
    }

    /** Runs the best settings with seeds that follow the largest one so far; none is pruned. */
    private void confirm() throws InterruptedException {
        var found = sorted(new Status.Running());
        if (sweep.extent().best() == 0 || byHand.isStopping() || found.noneFinished()) {
            return;
        }
        var best = found.ranked().trials().stream()
                .filter(result ->
                        result.isFinished() && Front.isComplete(Front.costs(sweep.ranking(), result.metrics())))
                .map(result -> withoutSeed(result.trial().values()))
                .distinct()
                .limit(sweep.extent().best())
                .toList();
        var fresh = freshSeeds();
        confirming = true;
        if (watcher != null) {
            watcher.confirming();
        }
        for (var setting : best) {
            for (long seed : fresh) {
                begin(setting, seed);
            }
        }
        workers.hear(this::heard);
    }

    private long[] freshSeeds() {
        int count = sweep.extent().fresh();
        var used = results.stream().map(result -> result.trial().seed()).collect(Collectors.toSet());
        long last = Collections.max(used);
        return last <= Long.MAX_VALUE - count
                ? LongStream.rangeClosed(last + 1, last + count).toArray()
                : LongStream.iterate(0, seed -> seed + 1)
                        .filter(seed -> !used.contains(seed))
                        .limit(count)
                        .toArray();
    }

    private void require(TrialResult result) {
        try {
            goals.require(result);
        } catch (IllegalArgumentException e) {
            workers.stop();
            throw e;
        }
    }

    private static Map<String, Object> withoutSeed(Map<String, Object> setting) {
        var rest = new LinkedHashMap<>(setting);
        rest.remove(SEED);
        return rest;
    }

    /** How many trials there will be, as far as the search knows. */
    private long total(long settings) {
        var extent = sweep.extent();
        return Math.min(settings * extent.seeds().size(), sweep.budget().trials())
                + Math.min(extent.best(), Math.min(settings, sweep.budget().trials())) * extent.fresh();
    }

    private void runRound(List<Map<String, Object>> settings) throws InterruptedException {
        for (var setting : settings) {
            for (long seed : sweep.extent().seeds()) {
                if (begun == sweep.budget().trials()) {
                    cut = spent(begun);
                    break;
                }
                begin(setting, seed);
            }
        }
        workers.hear(this::heard);
    }

    /** Takes the trials that somebody enqueued in an earlier process and that ended there. */
    private void takeByHand() {
        if (folder != null) {
            for (var there : byHand.typed(folder.endedByHand())) {
                add(there);
                sweep.options().progress().step(++heard, shown(there));
            }
        }
    }

    /** Begins the next trial of the search, or takes what the folder has of it. */
    private void begin(Map<String, Object> setting, long seed) throws InterruptedException {
        var trial = ByHand.trial(byHand.take(), setting, seed, Progress.SILENT);
        begun++;
        var known = folder == null
                ? Optional.<TrialResult>empty()
                : confirming ? folder.findConfirmed(trial) : folder.find(trial);
        if (known.isEmpty()) {
            workers.submit(trial);
            return;
        }
        add(known.get());
        if (!confirming) {
            require(known.get());
        }
        sweep.options().progress().step(++heard, shown(known.get()));
    }

    /** A trial has ended, or was not begun because the budget is spent. */
    private void heard(Optional<TrialResult> result) {
        if (result.isEmpty()) {
            cut = spent();
            return;
        }
        if (!confirming) {
            require(result.get());
        }
        sweep.options().progress().step(++heard, shown(result.get()));
    }

    /** Which part of the budget is spent, if one is; that of trials is of those of the search. */
    private Optional<String> spent() {
        return spent(results.stream()
                .filter(result -> !byHand.has(result.trial().number()))
                .count());
    }

    private Optional<String> spent(long trials) {
        if (byHand.isStopping()) {
            return Optional.of("by hand");
        }
        double tokens = results.stream()
                .mapToDouble(result -> result.metrics().getOrDefault("tokens", 0.0))
                .sum();
        return sweep.budget().spent(trials, tokens, (System.nanoTime() - started) / 60e9);
    }

    /** Whether this trial may not begin any more. */
    private boolean isLate(Trial trial) {
        return confirming ? byHand.isStopping() : (byHand.has(trial.number()) ? spent(0) : spent()).isPresent();
    }

    /** Runs a trial, if the budget still allows it. */
    private Optional<TrialResult> attempt(Trial asked) {
        if (isLate(asked)) {
            return Optional.empty();
        }
        var pruning = new PruningProgress(asked.number(), confirming ? null : rungs, watcher);
        var trial = new Trial(asked.number(), asked.seed(), asked.values(), pruning);
        byHand.begun(trial.number(), pruning);
        if (watcher != null) {
            watcher.begun(asked);
        }
        var tracking = new TrialTracking(sweep.options(), since, trial);
        pruning.track(tracking);
        long start = System.nanoTime();
        TrialTask.Answer answer;
        try {
            answer = workers.run(trial);
            if (answer.metrics() == null) {
                answer = new TrialTask.Answer(pruning.latest(), new Status.Failed("it answered no metrics"));
            }
        } catch (CancellationException | InterruptedException e) {
            answer = new TrialTask.Answer(pruning.latest(), new Status.Interrupted());
        } catch (Exception | Error e) {
            answer = new TrialTask.Answer(pruning.latest(), new Status.Failed(reason(e)));
        }
        Thread.interrupted(); // the interrupt was for the trial, and could close a channel that is written here
        byHand.ended(trial.number());
        var result = new TrialResult(
                trial.done(),
                answer.metrics(),
                outcome(answer, pruning),
                (System.nanoTime() - start) / 1e9,
                pruning.reached());
        goals.told(pruning.latest().keySet());
        tracking.finish(result);
        if (folder != null && result.outcome().hasEnded()) {
            if (confirming) {
                folder.addConfirmed(result);
            } else {
                folder.add(result, byHand.has(trial.number()));
            }
        }
        add(result);
        return Optional.of(result);
    }

    private void add(TrialResult result) {
        if (confirming) {
            confirmation.add(result);
        } else {
            results.add(result);
            if (rungs != null) {
                rungs.ended(result);
            }
        }
        if (watcher != null) {
            watcher.ended(result);
        }
    }

    private static Status outcome(TrialTask.Answer answer, PruningProgress pruning) {
        if (pruning.stopped() != null) {
            return pruning.stopped();
        }
        return answer.outcome().isFinished() ? divergence(answer.metrics()) : answer.outcome();
    }

    /** A metric that is NaN or infinite means that the training diverged. */
    private static Status divergence(Map<String, Double> metrics) {
        for (var metric : metrics.entrySet()) {
            if (metric.getValue() == null || !Double.isFinite(metric.getValue())) {
                return new Status.Diverged(metric.getKey() + " is " + metric.getValue());
            }
        }
        return new Status.Finished();
    }

    private static String reason(Throwable e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private SweepResult sorted(Status outcome) {
        return new SweepResult(sorted(results), outcome, sweep.ranking(), sorted(confirmation));
    }

    private static List<TrialResult> sorted(Collection<TrialResult> results) {
        return results.stream()
                .sorted(Comparator.comparingInt(result -> result.trial().number()))
                .toList();
    }

    private static Map<String, Double> shown(TrialResult result) {
        var metrics = new LinkedHashMap<String, Double>();
        metrics.put("trial", (double) result.trial().number());
        metrics.putAll(result.metrics());
        return metrics;
    }
}
