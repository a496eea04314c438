package trivium.sweep;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import trivium.run.Progress;
import trivium.text.Numbers;

/**
 * One setting of every hyperparameter, to be tried.
 *
 * @param number from 0, in the order of the search
 * @param seed for everything random in this trial; the same for all settings of a sweep, so that they differ by their
 *     settings only, unless "seed" is itself a hyperparameter
 * @param values by hyperparameter, in the hyperparameters' order
 * @param progress to be handed to the trial's recipe, or told of every step and then asked by {@link Progress#stop}
 *     whether the trial is to stop, see {@link Pruner}
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
    public double real(String hyperparameter) {
        return number(hyperparameter).doubleValue();
    }

    /** A whole number. */
    public int integer(String hyperparameter) {
        double value = real(hyperparameter);
        if (value != Math.rint(value) || Math.abs(value) > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "\"" + hyperparameter + "\" is " + value + " in this trial, not a whole number");
        }
        return (int) value;
    }

    /** Any value as text. */
    public String text(String hyperparameter) {
        return value(hyperparameter).toString();
    }

    /** True or false. */
    public boolean flag(String hyperparameter) {
        if (value(hyperparameter) instanceof Boolean flag) {
            return flag;
        }
        throw new IllegalArgumentException(
                "\"" + hyperparameter + "\" is " + value(hyperparameter) + " in this trial, not true or false");
    }

    /** Any value, as the hyperparameter gave it. */
    public Object value(String hyperparameter) {
        var value = values.get(hyperparameter);
        if (value == null) {
            throw new IllegalArgumentException(
                    "no hyperparameter \"" + hyperparameter + "\" in this trial; it has " + values.keySet());
        }
        return value;
    }

    private Number number(String hyperparameter) {
        if (value(hyperparameter) instanceof Number number) {
            return number;
        }
        throw new IllegalArgumentException(
                "\"" + hyperparameter + "\" is " + value(hyperparameter) + " in this trial, not a number");
    }

    @Override
    public String toString() {
        return values.entrySet().stream()
                .map(entry -> entry.getKey() + " " + shown(entry.getKey(), entry.getValue()))
                .collect(Collectors.joining(", ", "trial " + number + ": ", ""));
    }

    private static String shown(String hyperparameter, Object value) {
        return value instanceof Number number && !Numbers.isName(hyperparameter)
                ? Numbers.setting(number.doubleValue())
                : value.toString();
    }
}
