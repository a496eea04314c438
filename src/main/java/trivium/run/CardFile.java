package trivium.run;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonPrimitive;
import com.google.gson.JsonSerializer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import trivium.model.JsonFields;

/**
 * The content of {@code run.json}. The file is read field by field: a damaged card is refused in a sentence that names
 * the file and the field.
 *
 * @param format of the file: {@value #FORMAT} in this version, 1 in older files without this field, whose recipes are
 *     shown and not read back
 * @param card of the run
 * @param tables for each table beside the file, the types of its columns
 * @param files SHA-256 of the model's and the tokenizer's files, by name; empty in folders of older versions, and while
 *     a training goes on
 */
record CardFile(int format, RunCard card, Map<String, List<String>> tables, Map<String, String> files) {

    /** The format that this version writes, and the newest that it reads. */
    static final int FORMAT = 2;

    /** For writing; {@link #of} reads. */
    static final Gson GSON = new GsonBuilder()
            .setPrettyPrinting()
            .disableHtmlEscaping()
            .serializeNulls()
            .registerTypeAdapter(
                    Instant.class, (JsonSerializer<Instant>) (time, _, _) -> new JsonPrimitive(time.toString()))
            .registerTypeHierarchyAdapter(
                    Status.class, (JsonSerializer<Status>) (status, _, _) -> new JsonPrimitive(status.text()))
            .create();

    /** The content for a run that has no files yet but its card. */
    static CardFile of(RunCard card) {
        return new CardFile(FORMAT, card, new LinkedHashMap<>(), new LinkedHashMap<>());
    }

    String toJson() {
        return GSON.toJson(this);
    }

    /** The card in the folder {@code place}; empty if the folder holds no run. */
    static Optional<CardFile> in(Path place) {
        var file = place.resolve(RunStore.CARD);
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        try {
            var card = of(JsonFields.read(file));
            var folder = place.toAbsolutePath().normalize().getFileName();
            if (folder != null && !folder.toString().equals(card.card().id())) {
                throw new IllegalArgumentException(file + " is the card of \""
                        + JsonFields.shown(card.card().id()) + "\", but its folder is called \"" + folder
                        + "\"; a run's folder has its id: change one of the two");
            }
            return Optional.of(card);
        } catch (NoSuchFileException e) {
            if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                return Optional.empty(); // deleted just now
            }
            throw new IllegalArgumentException(file + " is a link to nothing", e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + JsonFields.shown(reason(file, e)), e);
        }
    }

    private static String reason(Path file, IOException e) {
        return Files.isDirectory(file) ? "it is a folder" : String.valueOf(e.getMessage());
    }

    static CardFile of(JsonFields json) {
        var files = new LinkedHashMap<String, String>();
        if (json.has("files")) {
            var hashes = json.object("files");
            hashes.names().forEach(name -> files.put(name, hashes.text(name)));
        }
        return new CardFile(format(json), card(json), TableFile.types(json), files);
    }

    /** The format to save a run in: a run that was read from a folder keeps that folder's format. */
    static int formatOf(Run run) {
        return Optional.ofNullable(run.folder())
                .flatMap(CardFile::in)
                .map(CardFile::format)
                .orElse(FORMAT);
    }

    private static int format(JsonFields json) {
        int format = json.has("format") ? json.integer("format", 1) : 1;
        if (format > FORMAT) {
            throw new IllegalArgumentException(json.where() + " has format " + format + ", which a later version wrote;"
                    + " this one reads formats up to " + FORMAT + ": read it with that version");
        }
        return format;
    }

    /** Why the recipe cannot be read back, and what to do, in a sentence; empty if it can. */
    Optional<String> tooOld() {
        return format == FORMAT
                ? Optional.empty()
                : Optional.of("an earlier version wrote its run.json (format " + format
                        + "), whose recipes this one does not read back: use the source that the card names"
                        + (card.origin().commit().isEmpty()
                                ? ""
                                : ", commit " + card.origin().commit())
                        + ", or take its model with load");
    }

    /** The field "card". */
    static RunCard card(JsonFields json) {
        var card = json.object("card");
        var outcome = card.object("outcome");
        var origin = card.object("origin");
        var environment = new LinkedHashMap<String, String>();
        var machine = origin.object("environment");
        machine.names().forEach(name -> environment.put(name, machine.text(name)));
        var id = card.text("id");
        var kind = card.text("kind");
        var parent = card.textOrNull("parent");
        var recipe = card.object("recipe").values();
        var status = Status.read(outcome, "status");
        var started = time(outcome, "started");
        var ended = outcome.has("ended") ? time(outcome, "ended") : null;
        double seconds = outcome.number("seconds");
        var from = new Origin(
                origin.whole("seed"),
                origin.text("dataHash"),
                origin.text("commit"),
                environment,
                origin.has("notes") ? origin.texts("notes") : List.of(),
                origin.has("checkup") ? Checkup.read(origin.object("checkup")) : Checkup.NONE,
                origin.has("interventions") ? interventions(origin) : List.of());
        var name = card.has("name") ? card.text("name") : null;
        try {
            var ending = new Outcome(status, started, ended, seconds, outcome.has("best") ? best(outcome) : null);
            return new RunCard(id, kind, parent, recipe, ending, from, name);
        } catch (IllegalArgumentException e) {
            throw json.damaged(e.getMessage());
        }
    }

    private static List<Intervention> interventions(JsonFields origin) {
        return origin.objects("interventions").stream()
                .map(change -> {
                    try {
                        return new Intervention(change.whole("step"), change.number("learningRateFactor"));
                    } catch (IllegalArgumentException e) {
                        throw change.damaged(e.getMessage());
                    }
                })
                .toList();
    }

    private static BestStep best(JsonFields outcome) {
        var best = outcome.object("best");
        return new BestStep(best.text("metric"), best.number("value"), best.whole("step"));
    }

    private static Instant time(JsonFields fields, String name) {
        var text = fields.text(name);
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw fields.damaged("\"" + fields.path() + name + "\" should be a time such as 2026-11-21T14:30:12Z, not "
                    + JsonFields.shown(text));
        }
    }
}
