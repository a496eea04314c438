package trivium.sweep;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import trivium.run.Origin;
import trivium.run.Outcome;
import trivium.run.RunCard;
import trivium.run.RunOptions;
import trivium.run.Tracking;

/** A trial as the trackers of its sweep are told of it: a run whose recipe are the trial's settings. */
final class TrialTracking {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    private final RunCard card;
    private final Tracking tracking;
    private boolean heard;

    /** A trial begins. {@code since} is when its sweep began, which is in the names of all its trials. */
    TrialTracking(RunOptions options, Instant since, Trial trial) {
        card = new RunCard(
                String.format(Locale.ROOT, "sweep-%s-trial-%04d", TIME.format(since), trial.number()),
                "trial",
                null,
                trial.values(),
                Outcome.running(Instant.now()),
                origin(options, trial));
        tracking = new Tracking(options.trackers(), card, 0, options.progress()::note);
    }

    private static Origin origin(RunOptions options, Trial trial) {
        return options.trackers().isEmpty()
                ? new Origin(trial.seed(), "", "", Map.of())
                : Origin.here(trial.seed(), "");
    }

    synchronized void step(long done, Map<String, Double> metrics) {
        heard = true;
        tracking.step(done, metrics);
    }

    /** The trial has ended; one that told of no step is a step of what it measured. */
    synchronized void finish(TrialResult result) {
        if (!heard && !result.metrics().isEmpty()) {
            tracking.step(1, result.metrics());
        }
        tracking.finish(card.ended(result.outcome()));
    }
}
