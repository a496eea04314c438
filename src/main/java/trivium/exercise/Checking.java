package trivium.exercise;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import trivium.exercise.Probe.Mistake;
import trivium.exercise.Verdict.Outcome;

/** Asks an answer the questions of an exercise, one after the other, and stops at the first that it misses. */
final class Checking {

    /** Of a value, or of 1 where it is smaller: the engine's kernels compute in float32. */
    private static final double TOLERANCE = 1e-4;

    /** Numbers of an answer that are shown. */
    private static final int MOST_SHOWN = 10;

    private Checking() {}

    /**
     * Never throws, whatever the answer does.
     *
     * @param answer what was written; null is no answer
     * @param passed what an answer has shown that passes all probes, a sentence
     */
    static Verdict of(String exercise, Object answer, String passed, List<Probe> probes) {
        if (answer == null) {
            return wrong(exercise, "there is no answer: the variable holds null, expected a function.");
        }
        for (var probe : probes) {
            double[] answered;
            try {
                answered = probe.answer().get();
            } catch (Unfilled e) {
                return new Verdict(
                        exercise,
                        Outcome.UNFILLED,
                        "not written yet. Put your answer in the place of"
                                + " unfilled() in the cell above, run it, and run this cell again.");
            } catch (CancellationException e) {
                throw e; // the cell was interrupted
            } catch (Throwable e) {
                return wrong(exercise, "at " + probe.at() + " your code stopped with " + e + ".");
            }
            if (!isRight(probe, answered)) {
                return wrong(exercise, missed(probe, answered));
            }
        }
        return new Verdict(exercise, Outcome.RIGHT, passed);
    }

    private static Verdict wrong(String exercise, String says) {
        return new Verdict(exercise, Outcome.WRONG, says);
    }

    private static String missed(Probe probe, double[] answer) {
        var asked = "at " + probe.at() + " you answered " + shown(answer) + ", expected "
                + (probe.expected() == Probe.FINITE ? "a finite number" : shown(probe.expected()));
        if (answer == null) {
            return asked + ": your code must return its answer.";
        }
        var known = probe.mistakes().stream()
                .filter(mistake -> same(mistake.answer(), answer))
                .findFirst()
                .map(Mistake::says);
        if (known.isEmpty() && probe.expected() != Probe.FINITE && answer.length != probe.expected().length) {
            return asked + ": there are " + answer.length + " numbers where " + probe.expected().length
                    + " were expected.";
        }
        return asked + known.map(says -> ": " + says).orElse(".");
    }

    private static boolean isRight(Probe probe, double[] answer) {
        return probe.expected() == Probe.FINITE
                ? Arrays.stream(answer).allMatch(Double::isFinite)
                : same(probe.expected(), answer);
    }

    private static boolean same(double[] a, double[] b) {
        if (b == null || a.length != b.length) {
            return false;
        }
        for (int i = 0; i < a.length; i++) {
            boolean near = Double.isFinite(a[i]) && Math.abs(a[i] - b[i]) <= TOLERANCE * Math.max(1, Math.abs(a[i]));
            if (!near && Double.compare(a[i], b[i]) != 0) {
                return false;
            }
        }
        return true;
    }

    /** "0.24", "(0.5, −0.25)". */
    static String shown(double[] values) {
        if (values == null) {
            return "null";
        }
        var numbers = Arrays.stream(values)
                .limit(MOST_SHOWN)
                .mapToObj(Checking::shown)
                .collect(Collectors.joining(", "));
        var rest = values.length > MOST_SHOWN ? ", … " + values.length + " numbers" : "";
        return values.length == 1 ? numbers : "(" + numbers + rest + ")";
    }

    /** Four digits after the point at most, without zeros at the end. */
    private static String shown(double value) {
        if (!Double.isFinite(value)) {
            return Double.toString(value).replace("-", "−");
        }
        var digits = String.format(Locale.ROOT, "%.4f", Math.round(1e4 * value) / 1e4 + 0.0);
        return digits.replaceFirst("\\.?0+$", "").replace("-", "−");
    }
}
