package elsewhere;

import java.util.List;
import trivium.run.Metric;

/** Declares what {@link OwnAlgorithmTest.Baselined} measures; named in META-INF/services. */
public final class OwnMetrics implements Metric.Source {

    @Override
    public List<Metric> metrics() {
        return List.of(new Metric(
                "value_error",
                "error of the value model",
                "points",
                Metric.Better.LOWER,
                "mean over the step's completions of the distance from the expected reward to the reward"));
    }
}
