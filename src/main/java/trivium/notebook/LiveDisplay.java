package trivium.notebook;

import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import trivium.run.ProgressState;
import trivium.text.Markup;

/**
 * One display below a cell, redrawn at most twice a second: nobody can read text that changes more often. Between the
 * steps of the work a clock redraws the display, so that the time shown goes on.
 */
final class LiveDisplay {

    private static final long INTERVAL_NS = 500_000_000L;

    /** Runs a task again and again until it is stopped. */
    @FunctionalInterface
    interface Clock {

        /** Begins to run the task, and answers a function that stops it. */
        Runnable start(Runnable tick);
    }

    /** Ticks twice a second, on a thread that all displays share. */
    static final Clock TWICE_A_SECOND = tick -> {
        var ticking = Shared.CLOCK.scheduleAtFixedRate(tick, INTERVAL_NS, INTERVAL_NS, TimeUnit.NANOSECONDS);
        return () -> ticking.cancel(false);
    };

    /** Started when it is first needed. */
    private static final class Shared {
        private static final ScheduledExecutorService CLOCK = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("live displays").daemon().factory());
    }

    private final Function<Html, String> display;
    private final BiConsumer<String, Html> update;
    private final LongSupplier time;
    private final Clock clock;
    private String id = "";
    private long drawn;
    private Runnable stop = () -> {};

    /**
     * @param display shows something and answers its id
     * @param update replaces what the display with this id shows
     * @param time nanoseconds
     * @param clock asks for a redraw now and then
     */
    LiveDisplay(Function<Html, String> display, BiConsumer<String, Html> update, LongSupplier time, Clock clock) {
        this.display = display;
        this.update = update;
        this.time = time;
        this.clock = clock;
    }

    /** The time, in nanoseconds from some beginning. */
    long now() {
        return time.getAsLong();
    }

    /** Whether the display is shown and not closed. */
    boolean isOpen() {
        return !id.isEmpty();
    }

    /** Shows a new display; from now on {@code tick} is called by the clock. */
    void open(Html html, Runnable tick) {
        stop.run();
        drawn = now();
        id = display.apply(html);
        stop = clock.start(tick);
    }

    /** Replaces what is shown, if half a second has passed. */
    void redraw(Supplier<Html> html) {
        long now = now();
        if (isOpen() && now - drawn >= INTERVAL_NS) {
            drawn = now;
            update.accept(id, html.get());
        }
    }

    /** Replaces what is shown at once, for the last time. */
    void close(Html html) {
        stop.run();
        if (isOpen()) {
            update.accept(id, html);
            id = "";
        }
    }

    /** The title, how far it is, the time left, and a bar where the end is known. */
    static String head(ProgressState moment) {
        var bar = moment.total() <= 0 ? "" : String.format(Locale.ROOT, """
            <div style="width:320px;height:6px;margin:4px 0;border-radius:3px;background:rgba(127,127,127,0.25)">\
            <div style="width:%.1f%%;height:6px;border-radius:3px;background:#3b82f6"></div></div>\
            """, 100 * moment.share());
        return "<b>" + Markup.escape(moment.title()) + "</b> " + moment.steps() + " <span style=\"opacity:0.7\">"
                + moment.time() + "</span>" + bar;
    }
}
