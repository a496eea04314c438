package trivium.widget;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import trivium.text.Markup;

/**
 * What kind of control it is: the model of {@code @jupyter-widgets/controls} that shows it, and its values in JSON and
 * in words.
 *
 * @param <T> of its values
 */
public sealed interface Shape<T> {

    /** The name of the front end's model, without "Model". */
    String model();

    /** The name of the style that goes with it, without "StyleModel"; empty for none. */
    default String style() {
        return "Description";
    }

    /** What its state holds beside value and description. */
    default Map<String, Object> state() {
        return Map.of();
    }

    /** The value in the state, as JSON says it. */
    default Object toJson(T value) {
        return value;
    }

    /**
     * The value that the front end has sent.
     *
     * @throws IllegalArgumentException in one sentence, if it is none of this control's
     */
    T fromJson(Object json);

    /** The value in words, for where nothing can be touched. */
    default String text(T value) {
        return String.valueOf(value);
    }

    /** The value as HTML, for where nothing can be touched. */
    default String still(String label, T value) {
        var named = label.isEmpty() ? "" : "<b>" + Markup.escape(label) + "</b> ";
        return "<div>" + named + Markup.escape(text(value)) + "</div>";
    }

    /** A number between two others, drawn along a line. */
    record Slider(double min, double max, double step) implements Shape<Double> {

        public Slider {
            if (!(min < max) || !(step > 0) || Double.isInfinite(max - min)) {
                throw new IllegalArgumentException("a slider from " + min + " to " + max + " in steps of " + step
                        + ": the first must be less than the second, and the step above 0");
            }
        }

        @Override
        public String model() {
            return "FloatSlider";
        }

        @Override
        public String style() {
            return "Slider";
        }

        @Override
        public Map<String, Object> state() {
            return Map.of("min", min, "max", max, "step", step, "readout_format", "." + digits() + "f");
        }

        @Override
        public Double fromJson(Object json) {
            return Math.clamp(number(json), min, max);
        }

        @Override
        public String text(Double value) {
            var format = "%." + digits() + "f";
            return String.format(Locale.ROOT, format + " (" + format + " to " + format + ")", value, min, max);
        }

        /** Behind the point, as many as a step has. */
        private int digits() {
            return (int) Math.clamp(Math.ceil(-Math.log10(step) - 1e-9), 0, 6);
        }
    }

    /** A whole number between two others, drawn along a line. */
    record IntSlider(int min, int max) implements Shape<Integer> {

        public IntSlider {
            if (min >= max) {
                throw new IllegalArgumentException(
                        "a slider from " + min + " to " + max + ": the first must be less than the second");
            }
        }

        @Override
        public String model() {
            return "IntSlider";
        }

        @Override
        public String style() {
            return "Slider";
        }

        @Override
        public Map<String, Object> state() {
            return Map.of("min", min, "max", max);
        }

        @Override
        public Integer fromJson(Object json) {
            return Math.clamp(Math.round(number(json)), min, max);
        }

        @Override
        public String text(Integer value) {
            return value + " (" + min + " to " + max + ")";
        }
    }

    /** A number that is typed. */
    record FloatText() implements Shape<Double> {

        @Override
        public String model() {
            return "FloatText";
        }

        @Override
        public Double fromJson(Object json) {
            return number(json);
        }
    }

    /** One of a few texts. */
    record Dropdown(List<String> options) implements Shape<String> {

        /** What stands in a line and is still read. */
        private static final int MOST_LISTED = 6;

        public Dropdown {
            options = List.copyOf(options);
            if (options.isEmpty()) {
                throw new IllegalArgumentException("a choice needs something to choose from: give at least one option");
            }
        }

        @Override
        public String model() {
            return "Dropdown";
        }

        @Override
        public Map<String, Object> state() {
            return Map.of("_options_labels", options);
        }

        @Override
        public Object toJson(String value) {
            int index = options.indexOf(value);
            if (index < 0) {
                throw new IllegalArgumentException("\"" + value + "\" is none of the options " + options);
            }
            return index;
        }

        @Override
        public String fromJson(Object json) {
            return options.get(Math.clamp(Math.round(number(json)), 0, options.size() - 1));
        }

        @Override
        public String text(String value) {
            if (options.size() > MOST_LISTED) {
                return value + " (of " + options.size() + ")";
            }
            return options.stream()
                    .map(option -> option.equals(value) ? "[" + option + "]" : option)
                    .collect(Collectors.joining(" "));
        }
    }

    /** Yes or no. */
    record Checkbox() implements Shape<Boolean> {

        @Override
        public String model() {
            return "Checkbox";
        }

        @Override
        public String style() {
            return "Checkbox";
        }

        @Override
        public Boolean fromJson(Object json) {
            if (json instanceof Boolean value) {
                return value;
            }
            throw new IllegalArgumentException("expected a truth value, got " + json);
        }

        @Override
        public String text(Boolean value) {
            return value ? "yes" : "no";
        }
    }

    /** Something to press; its value is how often it was. */
    record Button() implements Shape<Integer> {

        @Override
        public String model() {
            return "Button";
        }

        @Override
        public String style() {
            return "Button";
        }

        @Override
        public Integer fromJson(Object json) {
            throw new IllegalArgumentException("a button has no value to be set");
        }

        @Override
        public String text(Integer value) {
            return "";
        }

        @Override
        public String still(String label, Integer value) {
            return ""; // nobody can press it there
        }
    }

    /**
     * A text that is typed.
     *
     * @param lines more than one for a field of so many, 0 for a line of which every character counts at once
     */
    record Text(int lines) implements Shape<String> {

        @Override
        public String model() {
            return lines > 1 ? "Textarea" : "Text";
        }

        @Override
        public String style() {
            return "Text";
        }

        @Override
        public Map<String, Object> state() {
            return lines > 1
                    ? Map.of("rows", lines, "continuous_update", false)
                    : Map.of("continuous_update", lines == 0);
        }

        @Override
        public String fromJson(Object json) {
            return String.valueOf(json);
        }
    }

    /** How much of something is done, of {@code max}. */
    record Progress(double max) implements Shape<Double> {

        @Override
        public String model() {
            return "FloatProgress";
        }

        @Override
        public String style() {
            return "Progress";
        }

        @Override
        public Map<String, Object> state() {
            return Map.of("min", 0.0, "max", max);
        }

        @Override
        public Double fromJson(Object json) {
            return number(json);
        }

        @Override
        public String text(Double value) {
            return String.format(Locale.ROOT, "%.0f %%", 100 * value / max);
        }
    }

    /** A fragment of HTML, which may hold a picture and, in single quotes, what its page does once that is loaded. */
    record Html() implements Shape<String> {

        private static final Pattern SCRIPT = Pattern.compile(" onload='[^']*'");

        @Override
        public String model() {
            return "HTML";
        }

        @Override
        public String style() {
            return "HTML";
        }

        @Override
        public String fromJson(Object json) {
            throw new IllegalArgumentException("this control only shows something");
        }

        @Override
        public String text(String value) {
            return Markup.unescape(value.replaceAll("<[^>]*>", " ")).strip();
        }

        /** Without scripts: nobody touches it there, and a saved notebook is smaller. */
        @Override
        public String still(String label, String value) {
            return "<div>" + SCRIPT.matcher(value).replaceAll("") + "</div>";
        }
    }

    /**
     * Controls beside or below one another, or behind tabs.
     *
     * @param model {@code HBox}, {@code VBox} or {@code Tab}
     */
    record Box(String model, List<Control<?>> children) implements Shape<List<String>> {

        public Box {
            children = List.copyOf(children);
        }

        @Override
        public String style() {
            return "";
        }

        @Override
        public Map<String, Object> state() {
            return Map.of("children", children.stream().map(Control::reference).toList());
        }

        @Override
        public List<String> fromJson(Object json) {
            throw new IllegalArgumentException("a box has no value to be set");
        }

        @Override
        public String still(String label, List<String> titles) {
            var inner = children.stream().map(Control::still).collect(Collectors.joining());
            return model.equals("HBox")
                    ? "<div style=\"display:flex;flex-wrap:wrap;gap:1em\">" + inner + "</div>"
                    : "<div>" + inner + "</div>";
        }

        @Override
        public String text(List<String> titles) {
            return children.stream()
                    .map(Control::toString)
                    .filter(line -> !line.isBlank())
                    .collect(Collectors.joining("\n"));
        }
    }

    private static double number(Object json) {
        if (json instanceof Number number && Double.isFinite(number.doubleValue())) {
            return number.doubleValue();
        }
        throw new IllegalArgumentException("expected a number, got " + json);
    }
}
