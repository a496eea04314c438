package trivium.notebook;

import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import trivium.run.Moment;

/** One display below a cell, redrawn at most twice a second: what jumps more often is read by nobody. */
final class LiveDisplay {

    private static final long INTERVAL_NS = 500_000_000L;

    private final Function<Html, String> display;
    private final BiConsumer<String, Html> update;
    private final LongSupplier clock;
    private String id = "";
    private long drawn;

    /**
     * @param display shows something and answers its id
     * @param update replaces what the display with this id shows
     * @param clock nanoseconds
     */
    LiveDisplay(Function<Html, String> display, BiConsumer<String, Html> update, LongSupplier clock) {
        this.display = display;
        this.update = update;
        this.clock = clock;
    }

    /** The time, in nanoseconds from some beginning. */
    long now() {
        return clock.getAsLong();
    }

    /** Shows a new display. */
    void open(Html html) {
        drawn = now();
        id = display.apply(html);
    }

    /** Replaces it, if that is due. */
    void redraw(Supplier<Html> html) {
        long now = now();
        if (now - drawn >= INTERVAL_NS) {
            drawn = now;
            update.accept(id, html.get());
        }
    }

    /** Replaces it in any case, before this returns. */
    void close(Html html) {
        update.accept(id, html);
    }

    /** The title, how far it is, the time left, and a bar where the end is known. */
    static String head(Moment moment) {
        var bar = moment.total() <= 0 ? "" : String.format(Locale.ROOT, """
            <div style="width:320px;height:6px;margin:4px 0;border-radius:3px;background:rgba(127,127,127,.25)">\
            <div style="width:%.1f%%;height:6px;border-radius:3px;background:#3b82f6"></div></div>\
            """, 100 * moment.share());
        return "<b>" + Html.escape(moment.title()) + "</b> " + moment.steps() + " <span style=\"opacity:.7\">"
                + moment.time() + "</span>" + bar;
    }
}
