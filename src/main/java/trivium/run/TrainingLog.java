package trivium.run;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import java.util.function.LongToDoubleFunction;
import java.util.function.Supplier;
import tech.tablesaw.api.Table;
import trivium.model.DivergedException;
import trivium.run.Checkpoint.Position;
import trivium.train.Ending;
import trivium.train.Stateful;

/**
 * Takes a training's steps one after the other and writes down what each measured. When its thread is interrupted, the
 * log stops between steps and keeps what was learned until then. {@link Training} opens and keeps it.
 */
public final class TrainingLog {

    private static final String SECONDS = Metric.SECONDS.name();

    static {
        // Tablesaw loads its own parts on other threads as it starts, and an interrupt is lost there.
        Table.create();
    }

    private final MetricsTable metrics;
    private final NoteTables notes;
    private final RunOptions options;
    private final RunFolder folder;
    /** The best state so far, or null if only the last is wanted. */
    private final BestState best;
    /** Names of faults. */
    private final List<String> stopWhen;

    private final long started = WorkingTime.now();
    /** Seconds that earlier processes took. */
    private final double before;
    /** When the newest checkpoint was written. */
    private long saved = started;

    private RunCard card;
    private Watch watch;
    private Position at = Position.START;
    private boolean begun;
    /** The last step that was begun, counted from 1. */
    private long tried;
    /** Where else the steps are written, or null before the first and after the last. */
    private Tracking tracking;

    private String remedy = "a lower learning rate";
    /** Whether the work asks here for its learning rates. */
    private boolean follows;

    private boolean interrupted;
    private boolean ended;

    /** A log of a training that is kept in memory only. */
    public TrainingLog(RunCard card, Progress progress) {
        this(card, Ending.NONE, RunOptions.NONE.progress(progress), null);
    }

    TrainingLog(RunCard card, Ending ending, RunOptions options, RunFolder folder) {
        this.card = card;
        this.options = options;
        this.folder = folder;
        metrics = folder == null ? new MetricsTable() : folder.table();
        notes = new NoteTables(folder);
        best = ending.selection() == null ? null : new BestState(ending.selection());
        stopWhen = ending.stopWhen();
        before = metrics.latest(SECONDS);
    }

    /** Does the work, and tells the trackers of an end that the log does not hear of. */
    Run tracked(Function<TrainingLog, Run> work) {
        try {
            return work.apply(this);
        } catch (CancellationException e) {
            endTracking(ended(new Status.InterruptedAtStep(at.step())));
            throw e;
        } catch (RuntimeException | Error e) {
            endTracking(ended(Status.Failed.of(e)));
            throw e;
        }
    }

    private void endTracking(RunCard end) {
        if (tracking != null) {
            tracking.finish(end);
            tracking = null;
        }
    }

    /** A run with the best state beside the last, if there is one. */
    Run keepingBest(Run run) {
        return best == null ? run : best.in(run);
    }

    /**
     * Runs all steps that are not done. A loss, validation loss, reward or KL divergence that is not a number ends the
     * training; whether it has diverged otherwise is judged at its end, see {@link Divergence}. A step that fails for a
     * reason outside of the model ends it as failed, and what was learned until then is kept; without a step before it
     * the failure is thrown.
     */
    public void take(String title, long steps, Trainer work) {
        remedy = work.remedy();
        var state = work.state();
        begin(title, steps, state, work);
        try {
            takeAll(steps, state, work);
        } catch (CancellationException e) {
            stop();
            // A step of several updates may have been stopped between them: then the last checkpoint is the newest.
            if (at.step() > 0 && Checkpoint.updates(state).equals(at.updates())) {
                save(work, state);
            }
        } catch (DivergedException e) {
            diverged(e.what() + held(at.step()));
        } catch (StepFailedException e) {
            if (at.step() == 0) {
                throw e;
            }
            fail(e, at.step() + 1);
            if (Checkpoint.updates(state).equals(at.updates())) {
                save(work, state);
            }
        }
        work.keepAverage();
    }

    /** All steps that are not done, the first of which may be the evaluation beside one that was. */
    private void takeAll(long steps, Map<String, Stateful> state, Trainer work) {
        if (!at.evaluated()) {
            record(work, new LinkedHashMap<>(at.unfinished()));
            found(watch.after(at.step()), steps);
        }
        while (at.step() < steps && !ended) {
            takeOne(steps, state, work);
        }
        if (!at.evaluated()) {
            stopIfInterrupted();
            save(work, state); // the evaluation failed, and going on begins with it
        }
        if (!ended) {
            Divergence.of(metrics.table(), work.uniformLoss()).ifPresent(this::diverged);
        }
    }

    /** One step with its evaluation, and what follows from them: an end, a change by the listener, a checkpoint. */
    private void takeOne(long steps, Map<String, Stateful> state, Trainer work) {
        stopIfInterrupted();
        tried = at.step() + 1;
        var measured = new LinkedHashMap<>(work.step(at.step()));
        var before = at.updates();
        at = new Position(at.step() + 1, Checkpoint.updates(state), null);
        record(work, measured);
        found(watch.after(at.step()), steps);
        Divergence.at(measured).ifPresent(reason -> diverged(reason + heldSince(before)));
        stopEarly(steps, work);
        boolean changed = !ended && at.step() < steps && at.evaluated() && between(work);
        if (!ended && at.step() < steps) {
            options.progress().stop().map(Status.Stopped::new).ifPresent(this::end);
        }
        boolean due = changed || options.due(at.step(), steps, (WorkingTime.now() - saved) / 1e9);
        if (!ended && at.evaluated() && due) {
            save(work, state);
        }
    }

    /**
     * The learning rate of every step, counted from 0: the schedule's, times what somebody set by hand while the
     * training ran.
     */
    public LongToDoubleFunction rate(LongToDoubleFunction schedule) {
        follows = true;
        return step -> schedule.applyAsDouble(step) * card.origin().learningRateFactor(step + 1);
    }

    /** Lets the listener look at the training and change it; whether it did. */
    private boolean between(Trainer work) {
        double factor = card.origin().learningRateFactor(at.step() + 1);
        var now = new BetweenSteps(at.step(), card, work, follows, factor);
        options.progress().between(now);
        if (now.learningRateFactor() == factor) {
            return false;
        }
        var change = new Intervention(at.step() + 1, now.learningRateFactor());
        card = card.from(card.origin().intervened(change));
        remark(change.text());
        return true;
    }

    private void fail(StepFailedException e, long step) {
        end(new Status.Failed("at step " + step + " " + e.getMessage()));
    }

    /**
     * Writes down what became of the data, or what the steps showed, in a sentence. The listener is told remarks from
     * before the first step when the steps begin, any other at once.
     */
    public void remark(String note) {
        boolean isNew = !card.origin().notes().contains(note);
        card = card.noting(note);
        if (begun && isNew) {
            say(note);
        }
    }

    /** Whether a remark with these words was made, also before a training that goes on was stopped. */
    public boolean hasRemarked(String words) {
        return card.origin().notes().stream().anyMatch(note -> note.contains(words));
    }

    /** Tells the listener a sentence that is worth knowing while the work goes on, without writing it down. */
    public void say(String note) {
        options.progress().note(note);
    }

    /** The card of work that ends now and took the time in which somebody worked on it. */
    RunCard ended(Status status) {
        var end = card.ended(status);
        return end.with(end.outcome().taking(seconds()));
    }

    /** Steps that were taken. */
    long step() {
        return at.step();
    }

    /** How long the work took so far, in this process and in those before. */
    private double seconds() {
        return before + (WorkingTime.now() - started) / 1e9;
    }

    /** The first that ends the work says how. */
    private void end(Status status) {
        if (!ended) {
            ended = true;
            card = ended(status);
        }
    }

    /** Ends a training that has had no better evaluation for as long as it was given, as finished or as diverged. */
    private void stopEarly(long steps, Trainer work) {
        if (best != null && !ended && best.isExhausted() && at.step() < steps) {
            Divergence.of(metrics.table(), work.uniformLoss()).ifPresent(this::diverged);
            end(new Status.Finished(best.stopped(at.step(), steps)));
        }
    }

    /**
     * Does {@code work} while the model that {@code trained} trains is as it was at its best evaluation; empty if there
     * was none, or only the last state is kept.
     */
    public <T> Optional<T> atBest(Trainer trained, Supplier<T> work) {
        if (best == null || best.values() == null) {
            return Optional.empty();
        }
        return best.within(trained.model().orElseThrow().parameters(), () -> afterwards(work));
    }

    /** Marks the training as diverged, for a reason that a phase may find when its steps are over. */
    public void diverged(String reason) {
        end(new Status.Diverged(reason + "; try " + remedy));
    }

    /** What state is held of work whose newest step diverged; without an update it is that of the step before. */
    private String heldSince(Map<String, Long> updatesBefore) {
        long step = at.step();
        return " at step " + step + held(at.updates().equals(updatesBefore) ? step - 1 : step);
    }

    private static String held(long step) {
        return "; the weights are the last finite ones, " + (step > 0 ? "of step " + step : "those it began with");
    }

    private void begin(String title, long steps, Map<String, Stateful> state, Trainer work) {
        var probes = Watch.probes(work, steps); // of the model before its first step, also where the training goes on
        start(title, steps, state, work);
        begun = true;
        tracking = new Tracking(options.trackers(), card, at.whole(), this::say);
        card.origin().notes().forEach(options.progress()::note);
        watch = new Watch(Evidence.of(card, probes, metrics, notes.byName()), Fault.known(), this::remark);
        card = card.checked(new Checkup(probes, List.of()));
        found(watch.until(metrics.rows()), steps);
    }

    /** Writes down what is wrong with the training, and stops it where it was to stop at one of the faults. */
    private void found(List<Finding> findings, long steps) {
        for (var finding : findings) {
            card = card.checked(card.origin().checkup().with(finding));
            say(finding.text());
        }
        if (at.step() < steps) {
            Watch.stopping(findings, stopWhen).ifPresent(this::end);
        }
    }

    private void start(String title, long steps, Map<String, Stateful> state, Trainer work) {
        var earlier = folder == null ? Optional.<Position>empty() : folder.position();
        if (earlier.isEmpty()) {
            options.progress().start(title, steps);
            return;
        }
        at = earlier.get();
        folder.restore(state, best, work.model());
        options.progress().resume(title, steps, at.step(), before);
    }

    /** The evaluation beside a step that was taken, and the row of both. */
    private void record(Trainer work, Map<String, Double> measured) {
        try {
            if (Divergence.at(measured).isEmpty()) {
                work.evaluate(at.step(), measured);
            }
            at = at.with(null);
            if (best != null
                    && best.isEvaluation(measured)
                    && Divergence.at(measured).isEmpty()) {
                work.onAverage(
                        () -> work.model().ifPresent(model -> best.evaluate(at.step(), measured, model.parameters())));
            }
        } catch (CancellationException e) {
            Thread.currentThread().interrupt();
            at = at.with(measured);
        } catch (DivergedException e) {
            at = at.with(null);
            diverged(e.what() + " at step " + at.step() + held(at.step()));
        } catch (StepFailedException e) {
            at = at.with(measured);
            fail(e, at.step());
        }
        measured.put(SECONDS, seconds());
        metrics.add(at.step(), measured);
        options.progress().step(at.step(), measured);
        tracking.step(at.step(), measured);
    }

    private void save(Trainer work, Map<String, Stateful> state) {
        if (folder != null) {
            folder.write(card.origin(), at, state, notes.byName(), best, work.model());
            saved = WorkingTime.now();
        }
    }

    private void stop() {
        interrupted = true;
        end(new Status.InterruptedAtStep(at.step()));
    }

    /**
     * The result of {@code work} after the steps, such as a comparison of the model before and after; an interrupt of
     * the training does not skip it. Empty where another interrupt ends the work, where the model has diverged, or
     * where it fails as a step does.
     */
    public <T> Optional<T> afterwards(Supplier<T> work) {
        try {
            return Optional.of(work.get());
        } catch (CancellationException e) {
            stop();
            return Optional.empty();
        } catch (DivergedException e) {
            diverged(e.what() + held(at.step()));
            return Optional.empty();
        } catch (StepFailedException e) {
            fail(e, at.step());
            return Optional.empty();
        }
    }

    /**
     * Ends the log and answers the card. A thread that was interrupted stays interrupted, so that whatever else it has
     * to do at length stops too.
     */
    public RunCard finish() {
        end(Watch.finished(card.findings()));
        card = card.from(card.origin().until(Math.max(tried, at.step())));
        card = card.with(card.outcome().taking(seconds()));
        if (best != null && best.step().isPresent()) {
            card = card.with(card.outcome().keeping(best.step().get()));
        }
        endTracking(card);
        options.progress().finish(card.outcome().toString());
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return card;
    }

    private static void stopIfInterrupted() {
        if (Thread.interrupted()) {
            throw new CancellationException("interrupted");
        }
    }

    /** The value of a metric in the newest row, or 0 before there is one. */
    public double latest(String metric) {
        return metrics.latest(metric);
    }

    /**
     * Numbers that are computed once, before the first step, and depend on nothing but the recipe. Where the run is
     * kept, its folder holds them in the file {@code NAME.f64}, and a training that goes on reads them there; a file
     * that is not as it was written is computed anew.
     *
     * @param name of the file, without its ending
     * @param count how many numbers there are
     */
    public double[] once(String name, int count, Supplier<double[]> compute) {
        return folder == null ? compute.get() : folder.once(name, count, compute);
    }

    /** Adds rows to a table beside the metrics. Its first column is "step". */
    public void note(Table rows) {
        notes.add(rows);
    }

    /** The metrics, and the tables beside them, by name. */
    public Map<String, Table> tables() {
        var tables = new LinkedHashMap<String, Table>();
        tables.put(Run.METRICS, metrics.table());
        tables.putAll(notes.byName());
        return tables;
    }
}
