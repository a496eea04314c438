package trivium.figure;

import trivium.run.Metric;

/** Which values are good. */
public enum Best {
    /** Losses. */
    LOWEST,
    /** Rewards, accuracies. */
    HIGHEST;

    /** The lowest of losses, the highest of anything else. */
    static Best of(String metric) {
        return Metric.of(metric).better() == Metric.Better.LOWER ? LOWEST : HIGHEST;
    }
}
