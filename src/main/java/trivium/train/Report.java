package trivium.train;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What an {@link Objective} measures beside its loss: means over a batch. Each slice of the batch has a report of its
 * own, and the reports are added in the order of the slices, so that a mean is the same to the last bit for any number
 * of workers.
 */
public final class Report {

    private final Map<String, double[]> sums = new LinkedHashMap<>();

    /**
     * Adds to the mean of a metric.
     *
     * @param sum of the values
     * @param count how many values, or their weight
     */
    public void mean(String metric, double sum, double count) {
        var both = sums.computeIfAbsent(metric, _ -> new double[2]);
        both[0] += sum;
        both[1] += count;
    }

    /** The means, in the order in which they were first reported; not a number where no value was counted. */
    public Map<String, Double> means() {
        if (sums.isEmpty()) {
            return Map.of();
        }
        var means = new LinkedHashMap<String, Double>();
        sums.forEach((metric, both) -> means.put(metric, both[0] / both[1]));
        return means;
    }

    void add(Report other) {
        other.sums.forEach((metric, both) -> mean(metric, both[0], both[1]));
    }

    void clear() {
        sums.clear();
    }
}
