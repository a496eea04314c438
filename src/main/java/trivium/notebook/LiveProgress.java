package trivium.notebook;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import trivium.run.Moment;
import trivium.run.Progress;

/**
 * Progress as one display below the cell, redrawn at most twice a second: a bar, the time left, the newest figures and
 * the curve of the metric {@code loss}. The end is drawn before {@link #finish} returns, so that it is what a saved
 * notebook keeps.
 */
public final class LiveProgress implements Progress {

    private static final String DRAWN = "loss";

    private final LiveDisplay display;

    private Curve curve = new Curve();
    private Map<String, Double> metrics = Map.of();
    private final List<String> notes = new ArrayList<>();
    private String title = "";
    private long total;
    private long done;
    private long started;

    /**
     * @param display shows something and answers its id
     * @param update replaces what the display with this id shows
     * @param clock nanoseconds
     */
    LiveProgress(Function<Html, String> display, BiConsumer<String, Html> update, LongSupplier clock) {
        this.display = new LiveDisplay(display, update, clock);
    }

    @Override
    public synchronized void start(String title, long total) {
        this.title = title;
        this.total = total;
        done = 0;
        metrics = Map.of();
        notes.clear();
        curve = new Curve();
        started = display.now();
        display.open(running(now()));
    }

    @Override
    public synchronized void resume(String title, long total, long done, double seconds) {
        Progress.super.resume(title, total, done, seconds);
        this.done = done;
        started -= Math.round(seconds * 1e9);
    }

    @Override
    public synchronized void note(String text) {
        notes.add(text);
        display.redraw(() -> running(now()));
    }

    @Override
    public synchronized void step(long done, Map<String, Double> metrics) {
        this.done = done;
        this.metrics = metrics;
        var loss = metrics.get(DRAWN);
        if (loss != null) {
            curve.add(done, loss);
        }
        display.redraw(() -> {
            this.metrics = new LinkedHashMap<>(metrics);
            return running(now());
        });
    }

    @Override
    public synchronized void finish(String outcome) {
        display.close(finished(now(), outcome));
    }

    private Moment now() {
        return new Moment(title, done, total, (display.now() - started) / 1e9, metrics);
    }

    private Html running(Moment moment) {
        return new Html(
                "<div>" + LiveDisplay.head(moment) + figures(moment) + noted() + curve.svg(DRAWN) + "</div>",
                moment.line());
    }

    private Html finished(Moment moment, String outcome) {
        var text = title + ": " + outcome + (metrics.isEmpty() ? "" : "  " + moment.figures())
                + notes.stream().map(note -> "\n" + note).collect(Collectors.joining());
        return new Html(
                "<div><b>" + Html.escape(title) + "</b> " + Html.escape(outcome) + " " + figures(moment) + noted()
                        + curve.svg(DRAWN) + "</div>",
                text);
    }

    private String noted() {
        return notes.stream()
                .map(note -> "<div style=\"opacity:.7\">" + Html.escape(note) + "</div>")
                .collect(Collectors.joining());
    }

    private static String figures(Moment moment) {
        return moment.metrics().isEmpty()
                ? ""
                : "<span style=\"font-variant-numeric:tabular-nums\">" + Html.escape(moment.figures()) + "</span>";
    }
}
