package trivium.widget;

import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The picture of a control as it is now, in a display of its own beside the control's. It follows the control at most
 * twice a second, so that whenever the notebook is saved it has the last state. Where the control itself shows, a style
 * that comes with it hides the picture. One display for both would not do: a front end draws a display that is updated
 * anew, and the control would lose its focus, a slider the hand that drags it.
 */
final class Still {

    private static final long INTERVAL_MS = 500;

    /** Started when it is first needed. */
    private static final class Shared {
        private static final ScheduledExecutorService CLOCK = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("pictures of controls").daemon().factory());
    }

    private final Control<?> control;
    private final FrontEnd frontEnd;
    private final String display;
    private final AtomicBoolean waiting = new AtomicBoolean();
    private Map<String, String> drawn;

    /**
     * @param drawn what the display shows
     * @param display its id
     */
    Still(Control<?> control, FrontEnd frontEnd, Map<String, String> drawn, String display) {
        this.control = control;
        this.frontEnd = frontEnd;
        this.drawn = drawn;
        this.display = display;
    }

    /** The control as it is now, by MIME type. */
    static Map<String, String> of(Control<?> control) {
        return Map.of(
                "text/plain",
                control.toString(),
                "text/html",
                "<div class=\"" + name(control) + "\">" + control.still() + "</div>" + alone(control));
    }

    /**
     * What hides JupyterLab's words that a model is loaded, or was not found, where the model is gone with its kernel:
     * the picture before them is there instead. A page that does not trust the notebook leaves the style out.
     */
    private static String alone(Control<?> control) {
        return "<style>.jp-OutputArea-child:has(." + name(control)
                + ")~.jp-OutputArea-child>.jp-OutputArea-output.lm-Panel:not(:has(*)){display:none}</style>";
    }

    /** What hides the picture of a control on the page where it stands; in JupyterLab its empty output as well. */
    static String hiding(Control<?> control) {
        var picture = "." + name(control);
        return "<style>" + picture + "{display:none}.jp-OutputArea-child:has(" + picture + "){display:none}</style>";
    }

    private static String name(Control<?> control) {
        return "trivium-still-" + control.id();
    }

    /** The control or something in it has changed. */
    void changed() {
        if (waiting.compareAndSet(false, true)) {
            Shared.CLOCK.schedule(this::draw, INTERVAL_MS, TimeUnit.MILLISECONDS);
        }
    }

    private void draw() {
        waiting.set(false); // before it is read: what changes from here on is drawn next time
        var now = of(control);
        if (!now.equals(drawn)) {
            drawn = now;
            frontEnd.replace(display, now);
        }
    }
}
