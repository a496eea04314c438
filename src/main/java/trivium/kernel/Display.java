package trivium.kernel;

import io.github.spencerpark.jupyter.kernel.display.DisplayData;
import java.util.UUID;

/** The functions every cell has in Trivium's kernel, the same as in IJava and JJava. */
public final class Display {

    private Display() {}

    /** The value as the front end would get it. */
    public static DisplayData render(Object value) {
        return Kernel.running().getRenderer().render(String.valueOf(value).equals("null") ? "null" : value);
    }

    /** The value as the front end would get it, in these MIME types if it has them. */
    public static DisplayData render(Object value, String... types) {
        return Kernel.running().getRenderer().renderAs(value, types);
    }

    /** Shows the value now, below the cell; answers the display's id. */
    public static String display(Object value) {
        return show(render(value));
    }

    /** Shows the value now in these MIME types; answers the display's id. */
    public static String display(Object value, String... types) {
        return show(render(value, types));
    }

    /** Replaces what a display shows. */
    public static void updateDisplay(String id, Object value) {
        Kernel.running().getIO().display.updateDisplay(id, render(value));
    }

    /** Replaces what a display shows, in these MIME types. */
    public static void updateDisplay(String id, Object value, String... types) {
        Kernel.running().getIO().display.updateDisplay(id, render(value, types));
    }

    private static String show(DisplayData data) {
        if (!data.hasDisplayId()) {
            data.setDisplayId(UUID.randomUUID().toString());
        }
        Kernel.running().display(data);
        return data.getDisplayId();
    }
}
