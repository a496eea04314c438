package trivium.run;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import tech.tablesaw.api.NumericColumn;
import tech.tablesaw.api.Table;
import trivium.text.Numbers;

/**
 * When a training counts as diverged rather than finished, in a sentence that says why.
 *
 * <ul>
 *   <li>At once, when its loss, validation loss, reward or KL divergence is not a finite number.
 *   <li>At its end, when the loss of each of the last steps (a tenth of all, and at least {@value #FEWEST}) is above
 *       that of a uniform guess, and more than {@value #MARGIN} times that of the first step ({@value #SHORT_MARGIN}
 *       times where there are fewer than {@value #SHORT} steps). A fresh model begins a few hundredths above a uniform
 *       guess, and the losses of small batches scatter by as much, so a training that has hardly begun, or hardly
 *       moves, is above a uniform guess as well and has not diverged.
 *   <li>At its end, when the loss of each of these steps is that of a uniform guess, to within rounding: the model
 *       answers the same whatever it reads. No fresh model does, for its weights are random.
 * </ul>
 *
 * A training of {@value #FEWEST} steps or fewer is judged by the first rule only.
 */
final class Divergence {

    private static final List<Metric> FINITE = List.of(Metric.LOSS, Metric.VALIDATION_LOSS, Metric.REWARD, Metric.KL);

    /** The fewest steps that count; one or two may be a batch or two of bad luck. */
    static final int FEWEST = 3;

    /** How far above the first loss the last ones are of what has diverged. */
    static final double MARGIN = 1.1;

    /** Trainings of fewer steps than this have to be further above it: their few losses scatter by more. */
    static final int SHORT = 20;

    /** How far above the first loss the last ones of a short training are. */
    static final double SHORT_MARGIN = 1.5;

    /** Relative difference of two losses that float32 cannot tell apart. */
    private static final double ROUNDING = 1e-5;

    private Divergence() {}

    /** What one step measured. */
    static Optional<String> at(Map<String, Double> measured) {
        return FINITE.stream()
                .filter(metric -> measured.get(metric.name()) instanceof Double value && !Double.isFinite(value))
                .findFirst()
                .map(metric -> "the " + metric.label() + " is not a number");
    }

    /**
     * All steps of a training that was not stopped.
     *
     * @param uniform the loss of a uniform guess; empty where there is none
     */
    static Optional<String> of(Table metrics, OptionalDouble uniform) {
        int steps = metrics.rowCount();
        if (uniform.isEmpty() || steps <= FEWEST || !metrics.containsColumn(Metric.LOSS.name())) {
            return Optional.empty();
        }
        var losses = metrics.numberColumn(Metric.LOSS.name());
        int from = steps - Math.max(FEWEST, steps / 10);
        double guess = uniform.getAsDouble();
        double bound = Math.max(guess, (steps < SHORT ? SHORT_MARGIN : MARGIN) * losses.getDouble(0));
        var last = "the loss of the last " + (steps - from) + " steps ";
        if (IntStream.range(from, steps).allMatch(i -> losses.getDouble(i) > bound)) {
            return Optional.of(last + "is " + Numbers.value(mean(losses, from)) + " on average; it began at "
                    + Numbers.value(losses.getDouble(0)) + ", and a uniform guess has " + shown(guess));
        }
        if (IntStream.range(from, steps).allMatch(i -> Math.abs(losses.getDouble(i) - guess) <= ROUNDING * guess)) {
            return Optional.of(last + "is that of a uniform guess, " + shown(guess)
                    + ": the model answers the same whatever it reads");
        }
        return Optional.empty();
    }

    private static double mean(NumericColumn<?> losses, int from) {
        return IntStream.range(from, losses.size())
                .mapToDouble(losses::getDouble)
                .average()
                .orElseThrow();
    }

    private static String shown(double guess) {
        return String.format(Locale.ROOT, "%.4f", guess);
    }
}
