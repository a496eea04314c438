package trivium.sweep;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import trivium.data.DurableLines;
import trivium.model.JsonFields;
import trivium.run.AtomicFile;
import trivium.run.FolderLock;
import trivium.run.Progress;
import trivium.run.Status;
import trivium.text.Numbers;

/**
 * Where a sweep is kept: a line of {@value #TRIALS} for each trial that has ended, forced to disk before any listener
 * hears of it. A line that a killed process did not finish is cut off. One process at a time, held by a lock that ends
 * with it.
 */
final class SweepFolder implements AutoCloseable {

    static final String TRIALS = "trials.jsonl";
    /** What the search learned from before its own trials, if anything. */
    static final String KNOWN = "known.jsonl";
    /** The best settings with fresh seeds. */
    static final String CONFIRMED = "confirmed.jsonl";

    /** What somebody enqueued while the sweep ran, a line a trial, forced to disk before anybody is told. */
    static final String ENQUEUED = "enqueued.jsonl";

    /** A line; the setting stays JSON, to be compared. */
    private record Row(JsonElement values, TrialResult result, boolean byHand) {}

    private static final String BY_HAND = "byHand";

    private final Path file;
    private final FolderLock lock;
    private final RandomAccessFile out;
    private final Map<Integer, Row> rows = new LinkedHashMap<>();
    private final List<Row> confirmed;
    /** Trials that somebody enqueued, whether they have ended or not. */
    private final List<Trial> enqueued;

    private SweepFolder(Path file, FolderLock lock) throws IOException {
        this.file = file;
        this.lock = lock;
        read(file).forEach(row -> rows.put(row.result().trial().number(), row));
        confirmed = read(file.resolveSibling(CONFIRMED));
        enqueued = read(
                file.resolveSibling(ENQUEUED),
                "a trial that was enqueued: delete this one if it is not to be run",
                line -> trial(line, plain(line.object("values").json())));
        out = new RandomAccessFile(file.toFile(), "rw");
    }

    static SweepFolder open(Path folder) {
        var place = folder.toAbsolutePath().normalize();
        try {
            var lock = FolderLock.take(place, "sweep");
            try {
                return new SweepFolder(place.resolve(TRIALS), lock);
            } catch (IOException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot keep a sweep in " + place + ": " + e.getMessage(), e);
        }
    }

    private static List<Row> read(Path file) throws IOException {
        return read(file, "a trial: delete this one to have its trial run again", SweepFolder::row);
    }

    /** The lines, after the file was cut behind its last whole line. */
    private static <T> List<T> read(Path file, String what, Function<JsonFields, T> take) throws IOException {
        var rows = new ArrayList<T>();
        if (!Files.exists(file)) {
            return rows;
        }
        JsonFields.requireFile(file);
        byte[] bytes = Files.readAllBytes(file);
        int whole = bytes.length;
        while (whole > 0 && bytes[whole - 1] != '\n') {
            whole--;
        }
        if (whole < bytes.length) {
            try (var cut = new RandomAccessFile(file.toFile(), "rw")) {
                cut.setLength(whole);
            }
        }
        int line = 0;
        for (var text : (Iterable<String>) new String(bytes, 0, whole, StandardCharsets.UTF_8).lines()::iterator) {
            line++;
            try {
                rows.add(take.apply(JsonFields.parse(text, file + " line " + line)));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(e.getMessage() + "; each line should be " + what, e);
            }
        }
        return rows;
    }

    /** The result of a trial that an earlier process ended; empty if none did. */
    Optional<TrialResult> find(Trial trial) {
        var row = rows.get(trial.number());
        if (row == null) {
            return Optional.empty();
        }
        var asked = values(trial.values());
        if (row.result().trial().seed() != trial.seed() || !row.values().equals(asked)) {
            throw new IllegalArgumentException(file + " is of another sweep: its trial " + trial.number() + " has seed "
                    + row.result().trial().seed() + " and " + JsonFields.shown(row.values()) + ", this one's has seed "
                    + trial.seed()
                    + " and " + JsonFields.shown(asked) + "; keep this sweep in another folder");
        }
        return Optional.of(of(trial, row.result()));
    }

    /**
     * The result of a trial with a fresh seed that an earlier process ended, whatever its number was: which settings
     * are the best may have changed since.
     */
    Optional<TrialResult> findConfirmed(Trial trial) {
        var asked = values(trial.values());
        return confirmed.stream()
                .filter(row -> row.result().trial().seed() == trial.seed()
                        && row.values().equals(asked))
                .findFirst()
                .map(row -> of(trial, row.result()));
    }

    /** The trials that were enqueued by hand while an earlier process ran the sweep, and that have ended. */
    List<TrialResult> endedByHand() {
        var asked = enqueued.stream().map(Trial::number).toList();
        return rows.values().stream()
                .filter(row ->
                        row.byHand() || asked.contains(row.result().trial().number()))
                .map(row -> row.result().with(plain(row.values().getAsJsonObject())))
                .toList();
    }

    /** The trials that were enqueued by hand while an earlier process ran the sweep, and that have not ended. */
    List<Trial> waiting() {
        return enqueued.stream()
                .filter(trial -> !rows.containsKey(trial.number()))
                .toList();
    }

    /** Writes down trials that somebody enqueues; if that fails, the file stays as it was. */
    synchronized void enqueue(List<Trial> trials) {
        var place = file.resolveSibling(ENQUEUED);
        var lines = trials.stream().map(trial -> begun(trial) + "\n").collect(Collectors.joining());
        try (var end = new RandomAccessFile(place.toFile(), "rw")) {
            DurableLines.append(end, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot write to " + place + " what is to be tried, so it is not: " + e.getMessage(), e);
        }
    }

    private static TrialResult of(Trial trial, TrialResult found) {
        return new TrialResult(trial.done(), found.metrics(), found.outcome(), found.seconds(), found.rungs());
    }

    /** The trials that have ended here; their settings are left out. */
    List<TrialResult> results() {
        return rows.values().stream().map(Row::result).toList();
    }

    /**
     * What the search knew when the sweep was begun here, so that a sweep that is started again does not learn from
     * other trials than before. Where the sweep begins, it is what the search knows now, which is kept.
     */
    List<TrialResult> known(List<TrialResult> now) {
        var kept = file.resolveSibling(KNOWN);
        try {
            if (Files.exists(kept)) {
                return read(kept).stream()
                        .map(row -> row.result().with(plain(row.values().getAsJsonObject())))
                        .toList();
            }
            if (!now.isEmpty() && !rows.isEmpty()) {
                throw new IllegalArgumentException(file + " is of a sweep that began without earlier trials, and this"
                        + " one begins from " + Numbers.count(now.size(), "earlier trial")
                        + "; keep this sweep in another folder");
            }
            if (!now.isEmpty()) {
                var lines = now.stream().map(each -> row(each) + "\n").collect(Collectors.joining());
                AtomicFile.write(kept, temporary -> Files.writeString(temporary, lines));
            }
            return now;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot keep what the search knows in " + kept + ": " + e.getMessage(), e);
        }
    }

    private static Map<String, Object> plain(JsonObject values) {
        var setting = new LinkedHashMap<String, Object>();
        values.entrySet().forEach(entry -> {
            var value = entry.getValue().getAsJsonPrimitive();
            setting.put(
                    entry.getKey(),
                    value.isBoolean() ? (Object) value.getAsBoolean() : scalar(value.getAsString(), value.isNumber()));
        });
        return setting;
    }

    /** A number or a text; a number that JSON does not know is written as text. */
    private static Object scalar(String written, boolean isNumber) {
        if (isNumber && written.matches("-?\\d{1,18}")) {
            long whole = Long.parseLong(written);
            return whole == (int) whole ? (Object) (int) whole : (Object) whole;
        }
        return isNumber || written.matches("NaN|-?Infinity") ? (Object) Double.valueOf(written) : written;
    }

    private static Trial trial(JsonFields json, Map<String, Object> values) {
        return new Trial(json.integer("trial", 0), json.whole("seed"), values, Progress.SILENT);
    }

    private static Row row(JsonFields json) {
        var metrics = new LinkedHashMap<String, Double>();
        var measured = json.object("metrics");
        measured.names().forEach(name -> metrics.put(name, real(measured.json().get(name), json)));
        var rungs = new ArrayList<Double>();
        json.list("rungs").forEach(value -> rungs.add(real(value, json)));
        var trial = trial(json, Map.of());
        double seconds = real(json.json().get("seconds"), json);
        return new Row(
                json.object("values").json(),
                new TrialResult(trial, metrics, Status.read(json, "outcome"), seconds, rungs),
                json.has(BY_HAND));
    }

    /**
     * Writes down a trial that has ended.
     *
     * @param byHand whether somebody enqueued it while the sweep ran
     */
    synchronized void add(TrialResult result, boolean byHand) {
        var row = row(result);
        if (byHand) {
            row.addProperty(BY_HAND, true);
        }
        try {
            DurableLines.append(out, row + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write a trial to " + file + ": " + e.getMessage(), e);
        }
    }

    /** Writes down a trial with a fresh seed that has ended. */
    synchronized void addConfirmed(TrialResult result) {
        var place = file.resolveSibling(CONFIRMED);
        try (var end = new RandomAccessFile(place.toFile(), "rw")) {
            DurableLines.append(end, row(result) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write a trial to " + place + ": " + e.getMessage(), e);
        }
    }

    private static JsonObject begun(Trial trial) {
        var row = new JsonObject();
        row.addProperty("trial", trial.number());
        row.addProperty("seed", trial.seed());
        row.add("values", values(trial.values()));
        return row;
    }

    private static JsonObject row(TrialResult result) {
        var row = begun(result.trial());
        row.addProperty("outcome", result.outcome().text());
        var metrics = new JsonObject();
        result.metrics().forEach((name, value) -> metrics.add(name, json(value)));
        row.add("metrics", metrics);
        row.addProperty("seconds", result.seconds());
        var rungs = new JsonArray();
        result.rungs().forEach(value -> rungs.add(json(value)));
        row.add("rungs", rungs);
        return row;
    }

    /** JSON as it would be read back, so that settings can be compared. */
    private static JsonElement values(Map<String, Object> setting) {
        var values = new JsonObject();
        setting.forEach((hyperparameter, value) -> values.add(
                hyperparameter,
                switch (value) {
                    case Number number -> json(number);
                    case Boolean flag -> new JsonPrimitive(flag);
                    default -> new JsonPrimitive(value.toString());
                }));
        return JsonFields.parse(values.toString(), "a trial's setting").json();
    }

    /** NaN and infinite numbers, which JSON does not know, are text. */
    private static JsonElement json(Number value) {
        return value == null || !Double.isFinite(value.doubleValue())
                ? new JsonPrimitive(String.valueOf(value))
                : new JsonPrimitive(value);
    }

    /** A number, or the text that stands for one that JSON does not know. */
    private static double real(JsonElement value, JsonFields json) {
        if (value != null
                && value.isJsonPrimitive()
                && !value.getAsJsonPrimitive().isBoolean()) {
            try {
                return Double.parseDouble(value.getAsString().equals("null") ? "NaN" : value.getAsString());
            } catch (NumberFormatException e) {
                throw json.damaged("it has " + JsonFields.shown(value) + " where a number should be");
            }
        }
        throw json.damaged("it has " + JsonFields.shown(value) + " where a number should be");
    }

    @Override
    public void close() throws IOException {
        try (lock) {
            out.close();
        }
    }
}
