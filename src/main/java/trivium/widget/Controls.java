package trivium.widget;

import java.util.Base64;
import java.util.List;
import trivium.text.Markup;

/**
 * Makes controls:
 *
 * <pre>{@code
 * var temperature = Controls.slider("temperature", 0, 2, 0.05, 1);
 * var text = Controls.html("");
 * temperature.onChange(t -> text.set("at " + t));
 * Controls.column(temperature, text)
 * }</pre>
 */
public final class Controls {

    private Controls() {}

    /**
     * A number between two others.
     *
     * @throws IllegalArgumentException if the value is not between them
     */
    public static Control<Double> slider(String label, double min, double max, double step, double value) {
        requireBetween(label, min, max, value);
        return new Control<>(label, new Shape.Slider(min, max, step), value);
    }

    /** A whole number between two others. */
    public static Control<Integer> slider(String label, int min, int max, int value) {
        requireBetween(label, min, max, value);
        return new Control<>(label, new Shape.IntSlider(min, max), value);
    }

    private static void requireBetween(String label, double min, double max, double value) {
        if (!(value >= min && value <= max)) {
            throw new IllegalArgumentException(
                    "the slider \"" + label + "\" goes from " + min + " to " + max + " and cannot begin at " + value);
        }
    }

    /** A number to be typed. */
    public static Control<Double> number(String label, double value) {
        return new Control<>(label, new Shape.FloatText(), value);
    }

    /** One of a few texts; the first to begin with. */
    public static Control<String> choice(String label, List<String> options) {
        return new Control<>(label, new Shape.Dropdown(options), options.isEmpty() ? "" : options.getFirst());
    }

    /** Yes or no. */
    public static Control<Boolean> checkBox(String label, boolean value) {
        return new Control<>(label, new Shape.Checkbox(), value);
    }

    /** Something to press, and what happens then. */
    public static Control<Integer> button(String label, Runnable action) {
        return new Control<>(label, new Shape.Button(), 0).onChange(_ -> action.run());
    }

    /** A line of text; it counts once Enter is pressed or the field is left. */
    public static Control<String> text(String label, String value) {
        return new Control<>(label, new Shape.Text(1), value);
    }

    /** A field whose every character counts at once, for keys. */
    public static Control<String> key(String label) {
        return new Control<>(label, new Shape.Text(0), "");
    }

    /** A field of so many lines of text; it counts once the field is left. */
    public static Control<String> text(String label, int lines, String value) {
        return new Control<>(label, new Shape.Text(lines), value);
    }

    /** How much is done, of {@code max}. */
    public static Control<Double> progress(String label, double max) {
        return new Control<>(label, new Shape.Progress(max), 0.0);
    }

    /** A fragment of HTML. Whoever builds one escapes what came from outside. */
    public static Control<String> html(String html) {
        return new Control<>("", new Shape.Html(), html);
    }

    /** The HTML that shows a picture, for {@link #html}: setting another changes the picture. */
    public static String picture(byte[] png, int width, String alternative) {
        return "<img width=\"" + width + "\" alt=\"" + Markup.escape(alternative) + "\" src=\"data:image/png;base64,"
                + Base64.getEncoder().encodeToString(png) + "\">";
    }

    /** Beside one another. */
    public static Control<List<String>> row(Control<?>... children) {
        return new Control<>("", new Shape.Box("HBox", List.of(children)), List.of());
    }

    /** Below one another. */
    public static Control<List<String>> column(Control<?>... children) {
        return new Control<>("", new Shape.Box("VBox", List.of(children)), List.of());
    }

    /** Behind tabs with these titles, one for each. */
    public static Control<List<String>> tabs(List<String> titles, Control<?>... children) {
        if (titles.size() != children.length) {
            throw new IllegalArgumentException(
                    titles.size() + " titles for " + children.length + " controls: give one title for each");
        }
        return new Control<>("", new Shape.Box("Tab", List.of(children)), List.copyOf(titles));
    }
}
