package trivium.notebook;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import trivium.run.ProgressState;
import trivium.sweep.Goal;
import trivium.sweep.RunningSweep;
import trivium.sweep.SweepProgress;
import trivium.sweep.Trial;
import trivium.sweep.TrialResult;
import trivium.text.Markup;

/**
 * A sweep as one display below its cell, redrawn at most twice a second: how far it is, the time left, and its
 * {@link Leaderboard}. The end is drawn before {@link #finish} returns, so that it is what a saved notebook keeps.
 */
public final class LiveSweep implements SweepProgress {

    private final LiveDisplay display;
    private final Optional<SweepControls> controls;

    private TimeLeft left = new TimeLeft();
    private Leaderboard board = new Leaderboard(List.of());
    /** What trials are ranked by; none if the sweep has no goal. */
    private List<Goal> goals = List.of();

    private String title = "";
    private long total;
    private long done;
    private long started;

    /**
     * @param display shows something and answers its id
     * @param update replaces what the display with this id shows
     * @param time nanoseconds
     * @param clock asks for a redraw now and then
     * @param controls where somebody can touch them
     */
    LiveSweep(
            Function<Html, String> display,
            BiConsumer<String, Html> update,
            LongSupplier time,
            LiveDisplay.Clock clock,
            Optional<SweepControls> controls) {
        this.controls = controls;
        this.display = new LiveDisplay(display, update, time, clock);
    }

    private synchronized void tick() {
        display.redraw(this::running);
    }

    @Override
    public synchronized void start(String title, long total) {
        this.title = title;
        this.total = total;
        done = 0;
        board = new Leaderboard(goals);
        left = new TimeLeft();
        started = display.now();
        display.open(running(), this::tick);
    }

    @Override
    public boolean acts(RunningSweep sweep) {
        controls.ifPresent(shown -> shown.of(sweep, this::more));
        return controls.isPresent();
    }

    private synchronized void more(int trials) {
        total += trials;
    }

    @Override
    public synchronized void rankedBy(List<Goal> ranking) {
        goals = ranking;
    }

    @Override
    public synchronized void confirming() {
        board.confirming();
    }

    @Override
    public void begun(Trial trial) {
        begin(trial);
        controls.ifPresent(shown -> shown.begun(trial)); // without the lock, which its buttons take
    }

    private synchronized void begin(Trial trial) {
        board.begun(trial);
        left.begun(trial.number(), display.now());
    }

    @Override
    public synchronized void trialStep(int trial, long done, long total, Map<String, Double> metrics) {
        board.step(trial, done, total, metrics);
        display.redraw(this::running);
    }

    @Override
    public synchronized void ended(TrialResult result) {
        board.ended(result);
        left.ended(result, display.now());
        display.redraw(this::running);
    }

    @Override
    public synchronized void step(long done, Map<String, Double> metrics) {
        this.done = done;
        total = Math.max(total, done); // with those that were enqueued by hand in an earlier process
        display.redraw(this::running);
    }

    @Override
    public void finish(String outcome) {
        end(outcome);
        controls.ifPresent(SweepControls::hide);
    }

    private synchronized void end(String outcome) {
        goals = List.of(); // the next sweep has its own
        display.close(new Html(
                "<div><b>" + Markup.escape(title) + "</b> " + Markup.escape(outcome) + board.html() + "</div>",
                title + ": " + outcome + board.text()));
    }

    private Html running() {
        long now = display.now();
        double rest = left.seconds(total - done, started, now);
        var moment = new ProgressState(title, done, total, (now - started) / 1e9, Map.of(), false, rest);
        return new Html("<div>" + LiveDisplay.head(moment) + board.html() + "</div>", moment.line() + board.text());
    }
}
