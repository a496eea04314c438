package trivium.sweep;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** One going-through of a sweep: hands trials to workers and collects how they went. */
final class Trials {

    /** What a trial answered and how it ended. */
    record Answer(Map<String, Double> metrics, String outcome) {}

    /** A trial's work. */
    @FunctionalInterface
    interface Work {
        Answer on(Trial trial) throws Exception;
    }

    private final Sweep sweep;
    private final ConcurrentLinkedQueue<TrialResult> results = new ConcurrentLinkedQueue<>();
    private int begun;
    private int heard;

    Trials(Sweep sweep) {
        this.sweep = sweep;
    }

    SweepResult run(Work work) {
        var outcome = TrialResult.FINISHED;
        var threads = Executors.newFixedThreadPool(
                sweep.workers(),
                Thread.ofPlatform().name("trial-worker-", 0).daemon().factory());
        try {
            var settings = sweep.search().round(0, sorted("").table());
            sweep.progress().start("sweep", settings.size());
            for (int round = 0; !settings.isEmpty(); ) {
                runRound(settings, work, threads);
                settings = sweep.search().round(++round, sorted("").table());
            }
        } catch (InterruptedException e) {
            stop(threads);
            long finished = results.stream().filter(TrialResult::isFinished).count();
            outcome = "interrupted after " + finished + " of " + begun + " trials";
        } finally {
            threads.shutdownNow();
        }
        sweep.progress().finish(outcome);
        return sorted(outcome);
    }

    private void runRound(List<Map<String, Object>> settings, Work work, ExecutorService threads)
            throws InterruptedException {
        var round = new ExecutorCompletionService<TrialResult>(threads);
        for (var setting : settings) {
            long seed = setting.get("seed") instanceof Number chosen ? chosen.longValue() : sweep.seed();
            var trial = new Trial(begun++, seed, setting);
            round.submit(() -> {
                var result = attempt(trial, work);
                results.add(result);
                return result;
            });
        }
        for (int i = 0; i < settings.size(); i++) {
            try {
                var result = round.take().get();
                sweep.progress().step(++heard, shown(result));
            } catch (ExecutionException e) {
                throw new IllegalStateException("a trial could not be run: " + e.getCause(), e.getCause());
            }
        }
    }

    private static TrialResult attempt(Trial trial, Work work) {
        long start = System.nanoTime();
        Answer answer;
        try {
            answer = work.on(trial);
        } catch (CancellationException | InterruptedException e) {
            answer = new Answer(Map.of(), "interrupted");
        } catch (Exception | OutOfMemoryError e) {
            answer = new Answer(Map.of(), "failed: " + reason(e));
        }
        var outcome = answer.outcome().equals(TrialResult.FINISHED) ? divergence(answer.metrics()) : answer.outcome();
        return new TrialResult(trial, answer.metrics(), outcome, (System.nanoTime() - start) / 1e9);
    }

    /** A number that is none is how a training that blew up shows itself. */
    private static String divergence(Map<String, Double> metrics) {
        for (var metric : metrics.entrySet()) {
            if (metric.getValue() == null || !Double.isFinite(metric.getValue())) {
                return "diverged: " + metric.getKey() + " is " + metric.getValue();
            }
        }
        return TrialResult.FINISHED;
    }

    private static String reason(Throwable e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private void stop(ExecutorService threads) {
        threads.shutdownNow();
        try {
            threads.awaitTermination(30, TimeUnit.SECONDS); // trials look at their interrupt flag at every step
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // asked twice: do not wait for them
        }
    }

    private SweepResult sorted(String outcome) {
        var rows = new ArrayList<>(results);
        rows.sort(Comparator.comparingInt(result -> result.trial().number()));
        return new SweepResult(rows, outcome);
    }

    private static Map<String, Double> shown(TrialResult result) {
        var metrics = new LinkedHashMap<String, Double>();
        metrics.put("trial", (double) result.trial().number());
        metrics.putAll(result.metrics());
        return metrics;
    }
}
