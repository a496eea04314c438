package trivium.sweep;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import trivium.run.Status;

/** Runs a sweep once: hands trials to the workers of its backend and collects the results. */
final class Trials {

    private final Sweep sweep;
    private final TrialTask work;
    private final SweepFolder folder;
    private final Rungs rungs;
    /** Listens to the trials while they run, or null. */
    private final SweepProgress watcher;

    private final long started = System.nanoTime();
    private final Instant since = Instant.now();
    private final ConcurrentLinkedQueue<TrialResult> results = new ConcurrentLinkedQueue<>();
    /** What part of the budget was spent before the search was over. */
    private Optional<String> cut = Optional.empty();

    private TrialBackend.TrialWorkers workers;
    private ExecutorService threads;
    private int begun;
    private int heard;

    private Trials(Sweep sweep, TrialTask work, SweepFolder folder) {
        this.sweep = sweep;
        this.work = work;
        this.folder = folder;
        rungs = sweep.asha() == null ? null : new Rungs(sweep.asha());
        watcher = sweep.options().progress() instanceof SweepProgress interested ? interested : null;
        if (rungs != null && folder != null) {
            folder.rungs().forEach(rungs::remember);
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
            var settings = sweep.search().round(0, sorted(new Status.Running()));
            if (watcher != null && !sweep.ranking().isEmpty()) {
                watcher.rankedBy(sweep.ranking());
            }
            progress.start("sweep", total(settings.size()));
            for (int round = 0; !settings.isEmpty() && cut.isEmpty(); ) {
                runRound(settings);
                if (cut.isEmpty()) {
                    settings = sweep.search().round(++round, sorted(new Status.Running()));
                    cut = settings.isEmpty() ? cut : spent();
                }
            }
            if (cut.isPresent()) {
                outcome = new Status.OutOfBudget(results.size(), "the budget of " + cut.get() + " is spent");
            }
        } catch (InterruptedException e) {
            stop();
            long finished = results.stream().filter(TrialResult::isFinished).count();
            outcome = new Status.InterruptedSweep(finished, begun);
        } catch (RuntimeException | Error e) {
            progress.finish(new Status.Failed(e.getMessage()).text());
            throw e;
        } finally {
            close();
        }
        var result = sorted(outcome);
        if (outcome.isFinished() && !result.trials().isEmpty() && result.noneFinished()) {
            result = sorted(new Status.Failed(result.reasons()));
        }
        progress.finish(result.outcome().text() + result.exceptions());
        return result;
    }

    /** How many trials there will be, as far as the search knows. */
    private long total(int first) {
        int settings = Math.max(first, sweep.search().size());
        return Math.min((long) settings * sweep.seeds().size(), sweep.budget().trials());
    }

    private void runRound(List<Map<String, Object>> settings) throws InterruptedException {
        var round = new LinkedBlockingQueue<Future<Optional<TrialResult>>>();
        int waiting = 0;
        for (var setting : settings) {
            for (long seed : sweep.seeds()) {
                if (begun == sweep.budget().trials()) {
                    cut = spent(begun);
                    break;
                }
                var pruning = new PruningProgress(begun, rungs, watcher);
                var trial = new Trial(
                        begun++,
                        setting.get("seed") instanceof Number chosen ? chosen.longValue() : seed,
                        setting,
                        pruning);
                var known = folder == null ? Optional.<TrialResult>empty() : folder.find(trial);
                if (known.isPresent()) {
                    add(known.get());
                    sweep.options().progress().step(++heard, shown(known.get()));
                } else {
                    submit(trial, pruning, round);
                    waiting++;
                }
            }
        }
        hear(round, waiting);
    }

    /**
     * The workers are opened for the first trial that has to be run; a sweep whose trials have all ended opens none.
     */
    private void submit(Trial trial, PruningProgress pruning, BlockingQueue<Future<Optional<TrialResult>>> round)
            throws InterruptedException {
        if (workers == null) {
            workers = sweep.backend().open(work, rungs != null);
            threads = Executors.newFixedThreadPool(
                    workers.size(),
                    Thread.ofPlatform().name("trial-worker-", 0).daemon().factory());
        }
        new ExecutorCompletionService<>(threads, round).submit(() -> attempt(trial, pruning));
    }

    private void hear(BlockingQueue<Future<Optional<TrialResult>>> round, int waiting) throws InterruptedException {
        for (int i = 0; i < waiting; i++) {
            try {
                var result = round.take().get();
                if (result.isPresent()) {
                    sweep.options().progress().step(++heard, shown(result.get()));
                } else {
                    cut = spent();
                }
            } catch (ExecutionException e) {
                throw new IllegalStateException(
                        "a trial could not be run: " + e.getCause().getMessage(), e.getCause());
            }
        }
    }

    /** Which part of the budget is spent, if one is; asked again before every trial. */
    private Optional<String> spent() {
        return spent(results.size());
    }

    private Optional<String> spent(long trials) {
        double tokens = results.stream()
                .mapToDouble(result -> result.metrics().getOrDefault("tokens", 0.0))
                .sum();
        return sweep.budget().spent(trials, tokens, (System.nanoTime() - started) / 60e9);
    }

    /** Runs a trial, if the budget still allows it. */
    private Optional<TrialResult> attempt(Trial trial, PruningProgress pruning) {
        if (spent().isPresent()) {
            return Optional.empty();
        }
        if (watcher != null) {
            watcher.begun(trial.done());
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
        var result = new TrialResult(
                trial.done(),
                answer.metrics(),
                outcome(answer, pruning),
                (System.nanoTime() - start) / 1e9,
                pruning.reached());
        tracking.finish(result);
        if (folder != null && result.outcome().hasEnded()) {
            folder.add(result);
        }
        add(result);
        return Optional.of(result);
    }

    private void add(TrialResult result) {
        results.add(result);
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

    private void stop() {
        if (threads == null) {
            return;
        }
        threads.shutdownNow();
        try {
            threads.awaitTermination(30, TimeUnit.SECONDS); // trials look at their interrupt flag at every step
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // interrupted again: do not wait for the trials
        }
    }

    private void close() {
        if (workers != null) {
            threads.shutdownNow();
            workers.close();
        }
    }

    private SweepResult sorted(Status outcome) {
        var rows = new ArrayList<>(results);
        rows.sort(Comparator.comparingInt(result -> result.trial().number()));
        return new SweepResult(rows, outcome, sweep.ranking());
    }

    private static Map<String, Double> shown(TrialResult result) {
        var metrics = new LinkedHashMap<String, Double>();
        metrics.put("trial", (double) result.trial().number());
        metrics.putAll(result.metrics());
        return metrics;
    }
}
