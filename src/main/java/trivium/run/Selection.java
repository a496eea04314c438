package trivium.run;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which state of a model is kept beside the last one, and whether its training stops when it gets no better. States are
 * compared at evaluations, on data that is not learned from (Prechelt 1998, "Early Stopping: But When?").
 *
 * @param metric that is compared, such as "validation_loss"; {@link Metric} says whether the lower of it is better
 * @param patience how many evaluations may follow the best one before training stops; 0 to take all steps
 */
public record Selection(String metric, int patience) {

    private static final String METRIC = "keep_best";
    private static final String PATIENCE = "patience";

    public Selection {
        if (patience < 0) {
            throw new IllegalArgumentException("a patience of " + patience + " evaluations: expected at least 1");
        }
    }

    /** Whether less of the metric is better. */
    public boolean lowest() {
        return Metric.of(metric).better() == Metric.Better.LOWER;
    }

    boolean isBetter(double value, double best) {
        return lowest() ? value < best : value > best;
    }

    /**
     * Refuses a metric that no evaluation measures.
     *
     * @param measured those that evaluations do measure
     */
    void check(List<String> measured) {
        if (!measured.contains(metric)) {
            throw new IllegalArgumentException("the best state cannot be chosen by \"" + metric
                    + "\", which no evaluation measures; "
                    + (measured.isEmpty()
                            ? "this training takes no evaluations"
                            : "evaluations of this training measure " + String.join(", ", measured)));
        }
    }

    /** The settings by name, as a run's card has them: "keep_best" and, if there is one, "patience". */
    Map<String, Object> settings() {
        var settings = new LinkedHashMap<String, Object>();
        settings.put(METRIC, metric);
        if (patience > 0) {
            settings.put(PATIENCE, patience);
        }
        return settings;
    }

    /** The selection that a card names, if it names one. */
    public static Optional<Selection> of(RunCard card) {
        return card.recipe().get(METRIC) instanceof String metric
                ? Optional.of(new Selection(
                        metric, card.recipe().get(PATIENCE) instanceof Number evaluations ? evaluations.intValue() : 0))
                : Optional.empty();
    }
}
