package trivium.notebook;

import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import trivium.run.Moment;
import trivium.sweep.SweepProgress;
import trivium.sweep.Trial;
import trivium.sweep.TrialResult;

/**
 * A sweep as one display below its cell, redrawn at most twice a second: how far it is, the time left, and its
 * {@link Leaderboard}. The end is drawn before {@link #finish} returns, so that it is what a saved notebook keeps.
 */
public final class LiveSweep implements SweepProgress {

    private static final long INTERVAL_NS = 500_000_000L;

    private final Function<Html, String> display;
    private final BiConsumer<String, Html> update;
    private final LongSupplier clock;

    private Leaderboard board = new Leaderboard();
    private String title = "";
    private String id = "";
    private long total;
    private long done;
    private long started;
    private long drawn;

    /**
     * @param display shows something and answers its id
     * @param update replaces what the display with this id shows
     * @param clock nanoseconds
     */
    LiveSweep(Function<Html, String> display, BiConsumer<String, Html> update, LongSupplier clock) {
        this.display = display;
        this.update = update;
        this.clock = clock;
    }

    @Override
    public synchronized void start(String title, long total) {
        this.title = title;
        this.total = total;
        done = 0;
        board = new Leaderboard();
        started = clock.getAsLong();
        drawn = started;
        id = display.apply(running());
    }

    @Override
    public synchronized void begun(Trial trial) {
        board.begun(trial);
    }

    @Override
    public synchronized void trialStep(int trial, long done, long total, Map<String, Double> metrics) {
        board.step(trial, done, total, metrics);
        redraw();
    }

    @Override
    public synchronized void ended(TrialResult result) {
        board.ended(result);
        redraw();
    }

    @Override
    public synchronized void step(long done, Map<String, Double> metrics) {
        this.done = done;
        redraw();
    }

    @Override
    public synchronized void finish(String outcome) {
        update.accept(
                id,
                new Html(
                        "<div><b>" + Html.escape(title) + "</b> " + Html.escape(outcome) + board.html() + "</div>",
                        title + ": " + outcome + board.text()));
    }

    private void redraw() {
        long now = clock.getAsLong();
        if (now - drawn >= INTERVAL_NS) {
            drawn = now;
            update.accept(id, running());
        }
    }

    private Html running() {
        var moment = new Moment(title, done, total, (clock.getAsLong() - started) / 1e9, Map.of());
        var bar = total <= 0 ? "" : String.format(Locale.ROOT, """
            <div style="width:320px;height:6px;margin:4px 0;border-radius:3px;background:rgba(127,127,127,.25)">\
            <div style="width:%.1f%%;height:6px;border-radius:3px;background:#3b82f6"></div></div>\
            """, 100 * moment.share());
        return new Html(
                "<div><b>" + Html.escape(title) + "</b> " + moment.steps() + " <span style=\"opacity:.7\">"
                        + moment.time() + "</span>" + bar + board.html() + "</div>",
                moment.line() + board.text());
    }
}
