package trivium.sweep;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import trivium.run.Progress;
import trivium.text.Numbers;

/**
 * One setting of every knob, to be tried.
 *
 * @param number from 0, in the order of the search
 * @param seed for everything random in this trial; the same for all settings of a sweep, so that they differ by their
 *     settings only, unless "seed" is itself a knob
 * @param values by knob, in the knobs' order
 * @param progress to be handed to the trial's recipe, or told of every step and then asked by {@link Progress#stop}
 *     whether the trial is to stop, see {@link Asha}
 */
public record Trial(int number, long seed, Map<String, Object> values, Progress progress) {

    public Trial {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** The trial as it stands in a table, without a listener. */
    Trial done() {
        return new Trial(number, seed, values, Progress.SILENT);
    }

    /** A number. */
    public double real(String knob) {
        return number(knob).doubleValue();
    }

    /** A whole number. */
    public int integer(String knob) {
        double value = real(knob);
        if (value != Math.rint(value) || Math.abs(value) > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("\"" + knob + "\" is " + value + " in this trial, not a whole number");
        }
        return (int) value;
    }

    /** Any value as text. */
    public String text(String knob) {
        return value(knob).toString();
    }

    /** True or false. */
    public boolean flag(String knob) {
        if (value(knob) instanceof Boolean flag) {
            return flag;
        }
        throw new IllegalArgumentException("\"" + knob + "\" is " + value(knob) + " in this trial, not true or false");
    }

    /** Any value, as the knob gave it. */
    public Object value(String knob) {
        var value = values.get(knob);
        if (value == null) {
            throw new IllegalArgumentException("no knob \"" + knob + "\" in this trial; it turns " + values.keySet());
        }
        return value;
    }

    private Number number(String knob) {
        if (value(knob) instanceof Number number) {
            return number;
        }
        throw new IllegalArgumentException("\"" + knob + "\" is " + value(knob) + " in this trial, not a number");
    }

    @Override
    public String toString() {
        return values.entrySet().stream()
                .map(entry -> entry.getKey() + " " + shown(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(", ", "trial " + number + ": ", ""));
    }

    private static String shown(String knob, Object value) {
        return value instanceof Number number && !Numbers.isName(knob)
                ? Numbers.setting(number.doubleValue())
                : value.toString();
    }
}
