package trivium.kernel;

import io.github.spencerpark.jupyter.kernel.display.DisplayData;
import java.util.UUID;

/**
 * The functions every cell has in Trivium's kernel: {@code render}, {@code display} and {@code updateDisplay} as in
 * IJava and JJava, and what those lack.
 */
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

    /** Takes away what the cell has shown so far. */
    public static void clearOutput() {
        clearOutput(false);
    }

    /**
     * Takes away what the cell has shown so far.
     *
     * @param wait until the next output comes, so that nothing flickers
     */
    public static void clearOutput(boolean wait) {
        Kernel.running().clearOutput(wait);
    }

    /**
     * Asks for a line below the cell.
     *
     * @param prompt what stands before the field
     * @return what was typed, without the line's end
     * @throws IllegalStateException if the cell is run where nobody can be asked, as by nbconvert
     */
    public static String input(String prompt) {
        return Kernel.running().ask(prompt, false);
    }

    /** The same for what nobody is to see while it is typed. */
    public static String password(String prompt) {
        return Kernel.running().ask(prompt, true);
    }

    private static String show(DisplayData data) {
        if (!data.hasDisplayId()) {
            data.setDisplayId(UUID.randomUUID().toString());
        }
        Kernel.running().display(data);
        return data.getDisplayId();
    }
}
