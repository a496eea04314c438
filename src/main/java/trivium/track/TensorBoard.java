package trivium.track;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import trivium.run.RunCard;
import trivium.run.Tracker;

/**
 * Event files that {@code tensorboard --logdir FOLDER} shows while a training goes on: each metric a scalar, the card
 * as text, the settings on the page HPARAMS. Each run has a folder of its own, called by its id. A training that goes
 * on after it was stopped begins another event file there; of the earlier ones is cut off what was written of steps
 * that are taken again.
 *
 * @param folder of all runs
 */
public record TensorBoard(Path folder) implements Tracker {

    /** The tag of the card. */
    static final String CARD = "card";

    private static final String EVENTS = "events.out.tfevents.";

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    /** Writes into this folder, which need not be there yet. */
    public static TensorBoard in(Path folder) {
        return new TensorBoard(folder);
    }

    /** Writes into this folder, which need not be there yet. */
    public static TensorBoard in(String folder) {
        return in(Path.of(folder));
    }

    @Override
    public Session begin(RunCard card, long done) throws IOException {
        var place = place(card);
        Files.createDirectories(place);
        var earlier = files(place, prefix(card));
        for (var file : earlier) {
            EventFile.cut(file, done);
        }
        var file = place.resolve(String.format(Locale.ROOT, "%s.trivium.%04d", prefix(card), earlier.size()));
        var now = Instant.now();
        var events = new ArrayList<>(List.of(Events.fileVersion(now)));
        if (earlier.isEmpty()) {
            events.add(Events.settings(now, card));
            events.add(Events.text(now, 0, CARD, CardText.markdown(card)));
        } else {
            events.add(Events.goesOn(now, done + 1));
        }
        EventFile.append(file, events);
        return new EventSession(file);
    }

    /** The run's folder; where another run of its id has written there, one that is called by the time as well. */
    private Path place(RunCard card) throws IOException {
        var place = folder.resolve(card.id());
        boolean isOthers =
                files(place, prefix(card)).isEmpty() && !files(place, EVENTS).isEmpty();
        return isOthers
                ? folder.resolve(card.id() + "-" + TIME.format(card.outcome().started()))
                : place;
    }

    /** What the event files of a run begin with: when it was begun, to the millisecond. */
    private static String prefix(RunCard card) {
        long millis = card.outcome().started().toEpochMilli();
        return String.format(Locale.ROOT, "%s%010d.%03d", EVENTS, millis / 1_000, millis % 1_000);
    }

    private static List<Path> files(Path place, String prefix) throws IOException {
        if (!Files.isDirectory(place)) {
            return List.of();
        }
        try (var files = Files.list(place)) {
            return files.filter(file -> file.getFileName().toString().startsWith(prefix))
                    .sorted()
                    .toList();
        }
    }

    @Override
    public String toString() {
        return "TensorBoard in " + folder;
    }

    /** One run's newest event file. */
    private static final class EventSession implements Session {

        private final Path file;
        private final Set<String> described = new HashSet<>();
        private long last;

        EventSession(Path file) {
            this.file = file;
        }

        @Override
        public void write(List<Row> rows) throws IOException {
            EventFile.append(
                    file,
                    rows.stream().map(row -> Events.scalars(row, described)).toList());
            last = rows.getLast().step();
        }

        @Override
        public void finish(RunCard card) throws IOException {
            var now = Instant.now();
            EventFile.append(
                    file,
                    List.of(
                            Events.ended(now, card.outcome().status()),
                            Events.text(now, last, CARD, CardText.markdown(card))));
        }
    }
}
