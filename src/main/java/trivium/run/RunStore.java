package trivium.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import tech.tablesaw.api.Table;
import trivium.model.JsonFields;
import trivium.model.Models;
import trivium.model.Safetensors;
import trivium.model.SafetensorsFile;
import trivium.text.Tokenizers;

/**
 * A folder of runs, one folder each:
 *
 * <pre>{@code
 * <id>/run.json            card, and the types of the tables' columns
 * <id>/metrics.csv         one row a step; grows while training goes on
 * <id>/<table>.csv         further tables
 * <id>/data.jsonl.gz       what the run was trained on
 * <id>/tokenizer.json
 * <id>/template.json       how conversations are written for the model
 * <id>/model.json, <id>/model.safetensors
 * <id>/best.safetensors    the weights of the best evaluation, where they are kept
 * <id>/checkpoint/         while a kept training goes on
 * }</pre>
 *
 * Every file is written under a temporary name and moved into place, {@code run.json} last.
 */
public final class RunStore {

    /** In the recipe of a model that was loaded, SHA-256 of its files. */
    private static final String FILES = "files";

    static final String CARD = "run.json";
    static final String TOKENIZER = "tokenizer.json";
    static final String BEST = "best.safetensors";

    private final Path folder;

    private RunStore(Path folder) {
        this.folder = folder;
    }

    /** The store in this folder, which is made if it is missing. */
    public static RunStore open(String folder) {
        return open(Path.of(folder));
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

    /**
     * The folder of the run of this id, whether there is one or not.
     *
     * @throws IllegalArgumentException if this cannot be the id of a run, as of a path out of this store
     */
    public Path folder(String id) {
        Names.requireId(id);
        return folder.resolve(id);
    }

    /**
     * Writes the card of a run that begins, and opens its log of metrics; {@link #save} completes the folder. Until the
     * log is closed, or its process ends, the run is going on.
     */
    public MetricsLog begin(RunCard card) {
        try {
            var lock = FolderLock.take(folder(card.id()), "training");
            try {
                return begin(card, Long.MAX_VALUE).holding(lock);
            } catch (RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw cannotKeep(card.id(), e);
        }
    }

    /** The same for a run that goes on behind step {@code last}: rows of later steps are cut off. */
    MetricsLog begin(RunCard card, long last) {
        try {
            Files.createDirectories(folder(card.id()));
            writeCard(CardFile.of(card));
            return MetricsLog.open(folder(card.id()).resolve(Run.METRICS + ".csv"), last);
        } catch (IOException e) {
            throw cannotKeep(card.id(), e);
        }
    }

    /** Replaces the card of a run that has begun and is not saved. */
    void mark(RunCard card) {
        try {
            writeCard(CardFile.of(card));
        } catch (IOException e) {
            throw cannotKeep(card.id(), e);
        }
    }

    private UncheckedIOException cannotKeep(String id, IOException e) {
        return new UncheckedIOException("cannot keep " + id + " in " + folder + ": " + e.getMessage(), e);
    }

    /**
     * Keeps a run, or the run of a reward model; what was kept under its id is replaced. Answers the run with its
     * folder.
     *
     * @throws IllegalArgumentException before anything is written if one of its tables has a name that no file can have
     */
    public Run save(Trained trained) {
        var run = trained.run();
        run.tables().keySet().forEach(Names::requireTable);
        var place = folder(run.id());
        requireNoOtherModel(run, place);
        try {
            Files.createDirectories(place);
            Models.save(run.model(), place);
            if (run.bestModel() == null) {
                Files.deleteIfExists(place.resolve(BEST));
            } else {
                Safetensors.write(place.resolve(BEST), run.bestModel().parameters());
            }
            AtomicFile.write(
                    place.resolve(TOKENIZER),
                    temporary -> Files.writeString(temporary, run.tokenizer().toJson()));
            TemplateFile.write(run.template(), place);
            var types = new LinkedHashMap<String, List<String>>();
            for (var table : run.tables().entrySet()) {
                types.put(table.getKey(), TableFile.types(table.getValue()));
                TableFile.write(table.getValue(), TableFile.place(place, table.getKey()));
            }
            run.data().write(place);
            if (run.folder() != null) {
                TrainingData.copy(run.folder(), place);
            }
            writeCard(new CardFile(CardFile.formatOf(run), run.card(), types, Checksums.of(place)));
            return run.in(place);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot save " + run.id() + " in " + place + ": " + e.getMessage(), e);
        }
    }

    /**
     * A model that was loaded is called what its folder is called, and folders of other models may be called the same.
     */
    private static void requireNoOtherModel(Run run, Path place) {
        var files = run.card().recipe().get(FILES);
        var there = CardFile.in(place).map(file -> file.card().recipe());
        if (files != null && there.isPresent() && !files.equals(there.get().get(FILES))) {
            throw new IllegalArgumentException(place + " has another run, "
                    + (there.get().get(FILES) == null
                            ? "which was trained"
                            : "loaded from " + there.get().get("folder"))
                    + ": rename the folder " + run.card().recipe().get("folder")
                    + ", whose name is the run's, and load it again, or delete the run that is there");
        }
    }

    /**
     * Reads a run back, model and all; the id of one with "-best" behind it is that run as it was at its best
     * evaluation, with "-merged" that run with its adapter merged.
     *
     * @throws IllegalArgumentException if there is no such run, or a file is damaged; the sentence names the file
     * @throws UncheckedIOException if a file is missing or cannot be read
     */
    public Run load(String id) {
        var whole = whole(id);
        if (whole.isPresent()) {
            var run = load(whole.get());
            return id.endsWith(Run.MERGED_ID) ? run.merged() : run.best();
        }
        var file = CardFile.in(folder(id)).orElseThrow(() -> unknown(id));
        var place = folder(id);
        try {
            Checksums.check(place, file.files());
            var model = Models.load(place);
            var tokenizer = Tokenizers.load(place.resolve(TOKENIZER));
            var template = TemplateFile.read(place);
            var tables = new LinkedHashMap<String, Table>();
            for (var table : file.tables().entrySet()) {
                var path = TableFile.place(place, table.getKey());
                tables.put(table.getKey(), TableFile.read(path, table.getKey(), table.getValue(), CARD));
            }
            var best = place.resolve(BEST);
            var run = new Run(file.card(), model, tokenizer, template, tables, TrainingData.NONE, place, null);
            if (!Files.exists(best)) {
                return run;
            }
            var bestModel = model.copy();
            Models.fill(bestModel.parameters(), SafetensorsFile.open(best));
            return run.with(bestModel);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot load " + id + " from " + place + ": " + e.getMessage(), e);
        }
    }

    /** Gives a run of this store a name for people, see {@link Run#named}; null takes it away. Answers its card. */
    public RunCard name(String id, String name) {
        var file = CardFile.in(folder(id)).orElseThrow(() -> unknown(id));
        var card = file.card().called(name);
        try (var _ = FolderLock.take(folder(id), "training")) {
            writeCard(new CardFile(file.format(), card, file.tables(), file.files()));
        } catch (IOException e) {
            throw cannotKeep(id, e);
        }
        return card;
    }

    /** Whether there is a run of this id. */
    public boolean has(String id) {
        return Names.isId(id)
                && (Files.exists(folder(id).resolve(CARD)) || whole(id).isPresent());
    }

    /** The run whose best state this id names, or its merged one; empty if it names a run. */
    private Optional<String> whole(String id) {
        if (Files.exists(folder(id).resolve(CARD))) {
            return Optional.empty();
        }
        if (id.endsWith(Run.MERGED_ID)) {
            return Optional.of(id.substring(0, id.length() - Run.MERGED_ID.length()))
                    .filter(this::has);
        }
        if (!id.endsWith(Run.BEST_ID)) {
            return Optional.empty();
        }
        return Optional.of(id.substring(0, id.length() - Run.BEST_ID.length()))
                .filter(whole -> Files.exists(folder(whole).resolve(BEST)));
    }

    /** The card of a run, without its model. One whose process was killed says that it ended early. */
    public RunCard card(String id) {
        return whole(id)
                .map(whole -> card(whole).named(id))
                .orElseGet(() -> found(id).card());
    }

    /** Why the recipe of a run cannot be read back from its card; empty if it can. */
    Optional<String> tooOld(String id) {
        return whole(id)
                .map(this::tooOld)
                .orElseGet(() -> CardFile.in(folder(id)).flatMap(CardFile::tooOld));
    }

    /** The metrics of a run, also of one that is still going on or was killed: one row a step. */
    public Table metrics(String id) {
        return MetricsLog.read(folder(id).resolve(Run.METRICS + ".csv"));
    }

    /**
     * The curves of several runs in one long table: columns "run", "step", "metric", "value", a row for each value.
     *
     * @param names of metrics; all of them if there are none
     */
    public Table metrics(List<String> ids, String... names) {
        return Curves.of(this, ids, List.of(names));
    }

    /**
     * The runs whose card or metrics cannot be read, by the name of their folder, each with a sentence that names the
     * file and says what is wrong with it. They are left out of {@link #ids} and {@link #table}.
     */
    public Map<String, String> damaged() {
        var damaged = new TreeMap<String, String>();
        listed().stream()
                .filter(listed -> listed.run() == null)
                .forEach(listed -> damaged.put(listed.place().getFileName().toString(), listed.damage()));
        return damaged;
    }

    /** All runs by id, oldest first. Those that are {@link #damaged} are left out, and named on standard error. */
    public List<String> ids() {
        return found().stream().map(found -> found.card().id()).toList();
    }

    /**
     * One row a run, oldest first: who it is, how it ended, every setting of its recipe (settings within settings as
     * "optimizer.beta1"), and the newest value of every metric, called "last_learning_rate" where a setting has the
     * metric's name. Runs that are {@link #damaged} are left out, and named on standard error.
     */
    public Table table() {
        return RunRow.table(found().parallelStream()
                .map(found -> new RunRow(found.card(), found.newest()))
                .toList());
    }

    /** A run, the runs it began with, theirs, and the tokenizer of them all. */
    public Chain chain(String id) {
        return Chain.of(this, id);
    }

    /** What differs between two runs. */
    public RunDifference diff(String a, String b) {
        return RunDifference.of(found(a), found(b));
    }

    private StoredRun found(String id) {
        return StoredRun.in(folder(id)).orElseThrow(() -> unknown(id));
    }

    /** What a folder of the store holds: a run, or the sentence that says why it cannot be read. */
    private record StoreEntry(Path place, StoredRun run, String damage) {}

    private List<StoredRun> found() {
        var listed = listed();
        listed.stream()
                .filter(each -> each.run() == null)
                .forEach(each -> System.err.println("left out: " + each.damage()));
        return listed.stream()
                .map(StoreEntry::run)
                .filter(Objects::nonNull)
                .sorted(Comparator.comparing(
                                (StoredRun found) -> found.card().outcome().started())
                        .thenComparing(found -> found.card().id()))
                .toList();
    }

    private List<StoreEntry> listed() {
        try (var folders = Files.list(folder)) {
            return folders.toList().parallelStream()
                    .flatMap(place -> listed(place).stream())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot list the runs in " + folder + ": " + e.getMessage(), e);
        }
    }

    /** One folder that cannot be read does not keep the others from being listed. */
    private static Optional<StoreEntry> listed(Path place) {
        try {
            return StoredRun.in(place).map(run -> new StoreEntry(place, run, ""));
        } catch (IllegalArgumentException | UncheckedIOException e) {
            return Optional.of(new StoreEntry(place, null, e.getMessage()));
        }
    }

    private IllegalArgumentException unknown(String id) {
        return new IllegalArgumentException(
                "no run \"" + JsonFields.shown(id) + "\" in " + folder + "; it has " + ids());
    }

    private void writeCard(CardFile content) throws IOException {
        AtomicFile.write(
                folder(content.card().id()).resolve(CARD),
                temporary -> Files.writeString(temporary, content.toJson() + "\n"));
    }

    @Override
    public String toString() {
        return "runs in " + folder;
    }
}
