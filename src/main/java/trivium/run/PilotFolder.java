package trivium.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;

/** Where checkpoints are written to see what writing takes: beside a run's folder, on the same disk, for a moment. */
final class PilotFolder implements AutoCloseable {

    private final Path place;
    private final RunCard card;
    private final Trainer work;

    PilotFolder(Path folder, RunCard card, Trainer work) {
        this.card = card;
        this.work = work;
        place = RunFolder.shielded(() -> {
            try {
                var beside = Files.createDirectories(
                        folder.toAbsolutePath().normalize().getParent());
                return Files.createTempDirectory(beside, ".minutes-");
            } catch (IOException e) {
                throw new UncheckedIOException("cannot keep a run in " + folder + ": " + e.getMessage(), e);
            }
        });
    }

    void write() {
        RunFolder.shielded(() -> {
            try {
                var state = work.state();
                var position = new Checkpoint.Position(1, Checkpoint.updates(state), null);
                Checkpoint.write(place, card, position, state, Map.of(), null);
                return place;
            } catch (IOException e) {
                throw new UncheckedIOException("cannot write to " + place + ": " + e.getMessage(), e);
            }
        });
    }

    @Override
    public void close() {
        RunFolder.shielded(() -> {
            try (var all = Files.walk(place)) {
                for (var each : (Iterable<Path>) all.sorted(Comparator.reverseOrder())::iterator) {
                    Files.delete(each);
                }
                return place;
            } catch (IOException e) {
                throw new UncheckedIOException("cannot delete " + place + ": " + e.getMessage(), e);
            }
        });
    }
}
