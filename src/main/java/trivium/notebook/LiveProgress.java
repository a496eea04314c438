package trivium.notebook;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import trivium.run.Moment;
import trivium.run.Progress;

/**
 * Progress as one display below the cell, redrawn at most twice a second: a bar, the time left, the newest figures and
 * the curve of the metric {@code loss}. The end is drawn before {@link #finish} returns, so that it is what a saved
 * notebook keeps.
 */
public final class LiveProgress implements Progress {

    private static final long INTERVAL_NS = 500_000_000L;
    private static final String DRAWN = "loss";

    private final Function<Html, String> display;
    private final BiConsumer<String, Html> update;
    private final LongSupplier clock;

    private Curve curve = new Curve();
    private Map<String, Double> metrics = Map.of();
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
    LiveProgress(Function<Html, String> display, BiConsumer<String, Html> update, LongSupplier clock) {
        this.display = display;
        this.update = update;
        this.clock = clock;
    }

    @Override
    public synchronized void start(String title, long total) {
        this.title = title;
        this.total = total;
        done = 0;
        metrics = Map.of();
        curve = new Curve();
        started = clock.getAsLong();
        drawn = started;
        id = display.apply(running(now()));
    }

    @Override
    public synchronized void resume(String title, long total, long done, double seconds) {
        Progress.super.resume(title, total, done, seconds);
        this.done = done;
        started -= Math.round(seconds * 1e9);
    }

    @Override
    public synchronized void step(long done, Map<String, Double> metrics) {
        this.done = done;
        this.metrics = metrics;
        var loss = metrics.get(DRAWN);
        if (loss != null) {
            curve.add(done, loss);
        }
        long now = clock.getAsLong();
        if (now - drawn >= INTERVAL_NS) {
            drawn = now;
            this.metrics = new LinkedHashMap<>(metrics);
            update.accept(id, running(now()));
        }
    }

    @Override
    public synchronized void finish(String outcome) {
        update.accept(id, finished(now(), outcome));
    }

    private Moment now() {
        return new Moment(title, done, total, (clock.getAsLong() - started) / 1e9, metrics);
    }

    private Html running(Moment moment) {
        var bar = total <= 0 ? "" : String.format(Locale.ROOT, """
            <div style="width:320px;height:6px;margin:4px 0;border-radius:3px;background:rgba(127,127,127,.25)">\
            <div style="width:%.1f%%;height:6px;border-radius:3px;background:#3b82f6"></div></div>\
            """, 100 * moment.share());
        return new Html(
                "<div><b>" + Html.escape(title) + "</b> " + moment.steps() + " <span style=\"opacity:.7\">"
                        + moment.time() + "</span>" + bar + figures(moment) + curve.svg(DRAWN) + "</div>",
                moment.line());
    }

    private Html finished(Moment moment, String outcome) {
        var text = title + ": " + outcome + (metrics.isEmpty() ? "" : "  " + moment.figures());
        return new Html(
                "<div><b>" + Html.escape(title) + "</b> " + Html.escape(outcome) + " " + figures(moment)
                        + curve.svg(DRAWN) + "</div>",
                text);
    }

    private static String figures(Moment moment) {
        return moment.metrics().isEmpty()
                ? ""
                : "<span style=\"font-variant-numeric:tabular-nums\">" + Html.escape(moment.figures()) + "</span>";
    }
}
