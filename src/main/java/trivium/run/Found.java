package trivium.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A run as a folder has it, without its model.
 *
 * @param card says that the run ended early if its process is gone
 * @param newest value of each metric
 */
record Found(RunCard card, Map<String, Double> newest) {

    /** What {@code place} has of the run that {@code written} describes. */
    static Found of(Path place, RunCard written) {
        var log = place.resolve(Run.METRICS + ".csv");
        try {
            var newest = NewestMetrics.read(log);
            boolean alone = written.outcome().isRunning() && !FolderLock.isHeld(place);
            return new Found(alone ? abandoned(written, log, newest) : written, newest);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + log + ": " + e.getMessage(), e);
        }
    }

    private static RunCard abandoned(RunCard written, Path log, Map<String, Double> newest) throws IOException {
        var started = written.outcome().started();
        var ended = Files.exists(log) ? Files.getLastModifiedTime(log).toInstant() : started;
        long steps = newest.getOrDefault(MetricsTable.STEP, 0.0).longValue();
        return written.with(Outcome.endedEarly(started, steps, ended, newest.getOrDefault("seconds", 0.0)));
    }
}
