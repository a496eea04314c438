package trivium.align;

import java.util.List;
import trivium.run.Metric;
import trivium.run.Metric.Better;

/** What {@link ProcessRewardModelling} measures. */
public final class StepMetrics implements Metric.Source {

    @Override
    public List<Metric> metrics() {
        return List.of(
                new Metric(
                        "step_accuracy",
                        "accuracy on steps",
                        Metric.SHARE,
                        Better.HIGHER,
                        "steps of the batch's answers that are judged as they are labelled, before the update"),
                new Metric(
                        "validation_step_accuracy",
                        "validation accuracy on steps",
                        Metric.SHARE,
                        Better.HIGHER,
                        "steps of the validation answers that are judged as they are labelled, at evaluations"),
                new Metric(
                        "validation_first_error_accuracy",
                        "first wrong step found",
                        Metric.SHARE,
                        Better.HIGHER,
                        "validation answers of which the first step judged wrong is the first labelled wrong, or none is"
                                + " and none is labelled so, at evaluations"));
    }
}
