package trivium.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * A run as a folder has it, without its model.
 *
 * @param card says that the run ended early if its process is gone
 * @param newest value of each metric
 */
record StoredRun(RunCard card, Map<String, Double> newest) {

    /** The run in {@code place}; empty if there is none. */
    static Optional<StoredRun> in(Path place) {
        var card = CardFile.in(place).map(CardFile::card);
        boolean abandoned = card.isPresent() && isRunning(card.get()) && !FolderLock.isHeld(place);
        if (abandoned) {
            // it may have ended while it was asked for: what the card says now, it says for good
            card = CardFile.in(place).map(CardFile::card);
        }
        return card.map(written -> of(place, written, abandoned));
    }

    private static StoredRun of(Path place, RunCard card, boolean abandoned) {
        var log = place.resolve(Run.METRICS + ".csv");
        try {
            var newest = NewestMetrics.read(log);
            boolean early = abandoned && isRunning(card);
            return new StoredRun(early ? abandoned(card, log, newest) : card, newest);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + log + ": " + e.getMessage(), e);
        }
    }

    private static boolean isRunning(RunCard card) {
        return card.outcome().status() instanceof Status.Running;
    }

    private static RunCard abandoned(RunCard written, Path log, Map<String, Double> newest) throws IOException {
        var started = written.outcome().started();
        var ended = Files.exists(log) ? Files.getLastModifiedTime(log).toInstant() : started;
        long steps = newest.getOrDefault(MetricsTable.STEP, 0.0).longValue();
        return written.with(
                new Outcome(new Status.EndedEarly(steps), started, ended, newest.getOrDefault("seconds", 0.0)));
    }
}
