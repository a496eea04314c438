package trivium.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import tech.tablesaw.api.Table;
import trivium.model.Models;
import trivium.text.Tokenizers;

/**
 * A folder of runs, one folder each:
 *
 * <pre>{@code
 * <id>/run.json            card, and the types of the tables' columns
 * <id>/metrics.csv         one row a step; grows while training goes on
 * <id>/<table>.csv         further tables
 * <id>/tokenizer.json
 * <id>/model.json, <id>/model.safetensors
 * <id>/checkpoint/         while a kept training goes on
 * }</pre>
 *
 * Every file is written aside and moved into place, {@code run.json} last.
 */
public final class RunStore {

    static final String CARD = "run.json";
    private static final String TOKENIZER = "tokenizer.json";

    private final Path folder;

    private RunStore(Path folder) {
        this.folder = folder;
    }

    /** The store in this folder, which is made if it is missing. */
    public static RunStore open(Path folder) {
        try {
            return new RunStore(Files.createDirectories(folder));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot keep runs in " + folder + ": " + e.getMessage(), e);
        }
    }

    /** Where the runs are. */
    public Path folder() {
        return folder;
    }

    /** Where the run of this id is, or would be. */
    public Path folder(String id) {
        return folder.resolve(id);
    }

    /** Writes the card of a run that begins, and opens its log of metrics; {@link #save} completes the folder. */
    public MetricsLog begin(RunCard card) {
        return begin(card, Long.MAX_VALUE);
    }

    /** The same for a run that goes on behind step {@code last}: rows of later steps are cut off. */
    MetricsLog begin(RunCard card, long last) {
        try {
            Files.createDirectories(folder(card.id()));
            writeCard(new CardFile(card, new LinkedHashMap<>()));
            return MetricsLog.open(folder(card.id()).resolve(Run.METRICS + ".csv"), last);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot keep " + card.id() + " in " + folder + ": " + e.getMessage(), e);
        }
    }

    /** Keeps a run; what was kept under its id is replaced. Answers the run with its folder. */
    public Run save(Run run) {
        var place = folder(run.id());
        try {
            Files.createDirectories(place);
            Models.save(run.model(), place);
            Aside.write(
                    place.resolve(TOKENIZER),
                    aside -> Files.writeString(aside, run.tokenizer().toJson()));
            var types = new LinkedHashMap<String, List<String>>();
            for (var table : run.tables().entrySet()) {
                types.put(table.getKey(), TableFile.types(table.getValue()));
                TableFile.write(table.getValue(), place.resolve(table.getKey() + ".csv"));
            }
            writeCard(new CardFile(run.card(), types));
            return run.in(place);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot save " + run.id() + " in " + place + ": " + e.getMessage(), e);
        }
    }

    /** Reads a run back, model and all. */
    public Run load(String id) {
        var file = cardFile(id);
        var place = folder(id);
        try {
            var model = Models.load(place);
            var tokenizer = Tokenizers.fromJson(Files.readString(place.resolve(TOKENIZER)));
            var tables = new LinkedHashMap<String, Table>();
            for (var table : file.tables().entrySet()) {
                var path = place.resolve(table.getKey() + ".csv");
                tables.put(table.getKey(), TableFile.read(path, table.getKey(), table.getValue()));
            }
            return new Run(file.card(), model, tokenizer, tables, place);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot load " + id + " from " + place + ": " + e.getMessage(), e);
        }
    }

    /** The card of a run, without its model. */
    public RunCard card(String id) {
        return cardFile(id).card();
    }

    /** The metrics of a run, also of one that is still going on or was killed. */
    public Table metrics(String id) {
        return MetricsLog.read(folder(id).resolve(Run.METRICS + ".csv"));
    }

    /** All runs by id, oldest first. */
    public List<String> ids() {
        try (var folders = Files.list(folder)) {
            return folders.filter(place -> Files.exists(place.resolve(CARD)))
                    .map(place -> place.getFileName().toString())
                    .map(this::card)
                    .sorted((a, b) -> a.outcome().started().equals(b.outcome().started())
                            ? a.id().compareTo(b.id())
                            : a.outcome().started().compareTo(b.outcome().started()))
                    .map(RunCard::id)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list the runs in " + folder + ": " + e.getMessage(), e);
        }
    }

    /**
     * One row a run, oldest first: who it is, how it ended, every setting of its recipe, and the newest value of every
     * metric.
     */
    public Table table() {
        var rows = new ArrayList<RunRow>();
        for (var id : ids()) {
            var log = folder(id).resolve(Run.METRICS + ".csv");
            rows.add(new RunRow(card(id), Files.exists(log) ? MetricsLog.read(log) : Table.create(Run.METRICS)));
        }
        return RunRow.table(rows);
    }

    private CardFile cardFile(String id) {
        var file = folder(id).resolve(CARD);
        if (!Files.exists(file)) {
            throw new IllegalArgumentException("no run \"" + id + "\" in " + folder + "; it has " + ids());
        }
        try {
            return CardFile.fromJson(Files.readString(file), file.toString());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private void writeCard(CardFile content) throws IOException {
        Aside.write(
                folder(content.card().id()).resolve(CARD), aside -> Files.writeString(aside, content.toJson() + "\n"));
    }

    @Override
    public String toString() {
        return "runs in " + folder;
    }
}
