package trivium.track;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import trivium.data.files.ContentHash;
import trivium.run.AtomicFile;
import trivium.run.RunCard;
import trivium.run.Tracker;

/**
 * MLflow's file store, which {@code mlflow ui --backend-store-uri FOLDER} and {@code mlflow.search_runs} read while a
 * training goes on: settings are params, metrics have a value a step, and the card is the artifact {@code card.md}. A
 * training that goes on after it was stopped stays the same run of MLflow's.
 *
 * @param folder of the store, in MLflow's words the tracking URI; {@code mlruns} unless told otherwise there
 * @param experiment that the runs belong to; it is made where the store has none of this name
 */
public record MLflow(Path folder, String experiment) implements Tracker {

    private static final String DEFAULT = "Default";
    private static final String DEFAULT_ID = "0";
    private static final String META = "meta.yaml";
    private static final int DIGITS = 15;

    private static final Gson JSON = new GsonBuilder().disableHtmlEscaping().create();

    public MLflow {
        if (experiment.isBlank()) {
            throw new IllegalArgumentException("an experiment of MLflow needs a name");
        }
    }

    /** Writes into this store, which need not be there yet, in MLflow's experiment "Default". */
    public static MLflow in(Path folder) {
        return new MLflow(folder, DEFAULT);
    }

    /** Writes into this store, which need not be there yet, in MLflow's experiment "Default". */
    public static MLflow in(String folder) {
        return in(Path.of(folder));
    }

    /** The same store with the runs in this experiment. */
    public MLflow experiment(String name) {
        return new MLflow(folder, name);
    }

    @Override
    public Session begin(RunCard card, long done) throws IOException {
        var place = folder.toAbsolutePath().normalize();
        var id = experimentId(place);
        return MLflowRun.begin(place.resolve(id), id, uuid(card), card, done);
    }

    /** The id of the experiment, which is made where there is none. */
    private String experimentId(Path place) throws IOException {
        Files.createDirectories(place.resolve(".trash")); // MLflow lists it without asking whether it is there
        if (!Files.exists(place.resolve(DEFAULT_ID))) {
            make(place.resolve(DEFAULT_ID), DEFAULT);
        }
        try (var folders = Files.list(place)) {
            for (var each : (Iterable<Path>) folders.sorted()::iterator) {
                if (Files.exists(each.resolve(META)) && name(each.resolve(META)).equals(experiment)) {
                    return each.getFileName().toString();
                }
            }
        }
        // the same for two processes that begin the experiment at once
        var id = String.valueOf(
                Long.parseLong(ContentHash.of(Stream.of(experiment)).substring(0, DIGITS), 16));
        make(place.resolve(id), experiment);
        return id;
    }

    /** The name in an experiment's file, a line of YAML's plain or quoted text. */
    private static String name(Path meta) throws IOException {
        var line = Files.readAllLines(meta).stream()
                .filter(each -> each.startsWith("name:"))
                .findFirst()
                .orElse("name:")
                .substring("name:".length())
                .strip();
        if (line.startsWith("\"")) {
            return JSON.fromJson(line, String.class);
        }
        return line.startsWith("'") ? line.substring(1, line.length() - 1).replace("''", "'") : line;
    }

    private static void make(Path place, String name) throws IOException {
        long now = Instant.now().toEpochMilli();
        var meta = new LinkedHashMap<String, Object>();
        meta.put("artifact_location", uri(place));
        meta.put("creation_time", now);
        meta.put("experiment_id", place.getFileName().toString());
        meta.put("last_update_time", now);
        meta.put("lifecycle_stage", "active");
        meta.put("name", name);
        write(place.resolve(META), yaml(meta));
    }

    /** MLflow's 32 hexadecimal digits: the same for the same run, which may go on in another process. */
    private static String uuid(RunCard card) {
        var name = card.id() + " " + card.outcome().started();
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8))
                .toString()
                .replace("-", "");
    }

    /** A folder as MLflow names it: without a slash at its end. */
    static String uri(Path place) {
        return place.toUri().toString().replaceAll("/$", "");
    }

    /** A mapping of one level: texts as JSON's, which YAML reads as its own. */
    static String yaml(Map<String, Object> entries) {
        return entries.entrySet().stream()
                .map(entry -> entry.getKey() + ": "
                        + switch (entry.getValue()) {
                            case null -> "null";
                            case List<?> none -> none.toString();
                            case Number number -> number.toString();
                            default -> JSON.toJson(entry.getValue().toString());
                        })
                .collect(Collectors.joining("\n", "", "\n"));
    }

    /** Puts a whole file in place of an older one. */
    static void write(Path file, String text) throws IOException {
        AtomicFile.write(file, temporary -> Files.writeString(temporary, text));
    }

    @Override
    public String toString() {
        return "MLflow in " + folder;
    }
}
