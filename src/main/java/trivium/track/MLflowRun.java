package trivium.track;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import trivium.run.RunCard;
import trivium.run.Status;
import trivium.run.Tracker.Row;
import trivium.run.Tracker.Session;

/**
 * One run in MLflow's file store: {@code meta.yaml}, and a file for each param, tag and metric. A metric's file has a
 * line a step: milliseconds, value, step.
 */
final class MLflowRun implements Session {

    private static final String METRICS = "metrics";
    private static final String PARAMS = "params";
    private static final String TAGS = "tags";
    private static final String ARTIFACTS = "artifacts";

    /** MLflow's limit of a param. */
    private static final int LONGEST_PARAM = 6_000;

    private final Path place;
    private final Map<String, Object> meta;
    /** The file of each metric. */
    private final Map<String, Path> files = new LinkedHashMap<>();

    private MLflowRun(Path place, Map<String, Object> meta) {
        this.place = place;
        this.meta = meta;
    }

    static MLflowRun begin(Path experiment, String experimentId, String uuid, RunCard card, long done)
            throws IOException {
        var place = experiment.resolve(uuid);
        for (var folder : List.of(METRICS, PARAMS, TAGS, ARTIFACTS)) {
            Files.createDirectories(place.resolve(folder));
        }
        var meta = new LinkedHashMap<String, Object>();
        meta.put("artifact_uri", MLflow.uri(place.resolve(ARTIFACTS)));
        meta.put("deleted_time", null);
        meta.put("end_time", null);
        meta.put("entry_point_name", "");
        meta.put("experiment_id", experimentId);
        meta.put("lifecycle_stage", "active");
        meta.put("run_id", uuid);
        meta.put("run_name", card.label());
        meta.put("run_uuid", uuid);
        meta.put("source_name", "");
        meta.put("source_type", 4); // LOCAL
        meta.put("source_version", card.origin().commit());
        meta.put("start_time", card.outcome().started().toEpochMilli());
        meta.put("status", number(new Status.Running()));
        meta.put("tags", List.of());
        meta.put("user_id", user());
        var run = new MLflowRun(place, meta);
        run.cut(done);
        run.describe(card);
        return run;
    }

    private static String user() {
        return System.getProperty("user.name", "");
    }

    private void describe(RunCard card) throws IOException {
        var settings = card.flatRecipe();
        settings.put("seed", card.origin().seed());
        for (var setting : settings.entrySet()) {
            var text = CardText.setting(setting.getValue());
            Files.writeString(
                    place.resolve(PARAMS).resolve(key(setting.getKey(), false)),
                    text.length() > LONGEST_PARAM ? text.substring(0, LONGEST_PARAM - 1) + "…" : text);
        }
        var tags = new LinkedHashMap<String, String>();
        tags.put("mlflow.runName", card.label());
        tags.put("mlflow.user", user());
        tags.put("mlflow.source.type", "LOCAL");
        tags.put("mlflow.source.git.commit", card.origin().commit());
        tags.put("kind", card.kind());
        tags.put("parent", card.parent());
        for (var tag : tags.entrySet()) {
            if (tag.getValue() != null && !tag.getValue().isEmpty()) {
                Files.writeString(place.resolve(TAGS).resolve(tag.getKey()), tag.getValue());
            }
        }
        card(card);
    }

    private void card(RunCard card) throws IOException {
        var text = CardText.markdown(card);
        Files.writeString(place.resolve(TAGS).resolve("mlflow.note.content"), text);
        Files.writeString(place.resolve(ARTIFACTS).resolve("card.md"), text);
        MLflow.write(place.resolve("meta.yaml"), MLflow.yaml(meta));
    }

    /** Takes away what was written of steps that are taken again, and half of a line. */
    private void cut(long done) throws IOException {
        try (var found = Files.walk(place.resolve(METRICS))) {
            for (var file : (Iterable<Path>) found.filter(Files::isRegularFile)::iterator) {
                var text = Files.readString(file);
                var lines =
                        text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
                var kept = lines.stream()
                        .filter(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)) <= done)
                        .toList();
                if (kept.isEmpty()) {
                    Files.delete(file); // MLflow refuses a metric without a value
                } else if (kept.size() < lines.size() || !text.endsWith("\n")) {
                    MLflow.write(file, String.join("\n", kept) + "\n");
                }
            }
        }
    }

    @Override
    public void write(List<Row> rows) throws IOException {
        var added = new LinkedHashMap<String, StringBuilder>();
        for (var row : rows) {
            row.metrics()
                    .forEach((name, value) -> added.computeIfAbsent(name, _ -> new StringBuilder())
                            .append(row.time().toEpochMilli())
                            .append(' ')
                            .append(shown(value))
                            .append(' ')
                            .append(row.step())
                            .append('\n'));
        }
        for (var metric : added.entrySet()) {
            Files.writeString(
                    file(metric.getKey()), metric.getValue(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
    }

    /** As Python reads it. */
    private static String shown(double value) {
        return Double.isInfinite(value)
                ? value > 0 ? "inf" : "-inf"
                : String.valueOf(value).replace("NaN", "nan");
    }

    /** Where a metric stands, in a file of its own. A slash makes a folder, unless a metric has the folder's name. */
    private Path file(String name) throws IOException {
        var known = files.get(name);
        if (known != null) {
            return known;
        }
        var folders = place.resolve(METRICS);
        var file = folders.resolve(key(name, true));
        boolean free = !Files.isDirectory(file);
        for (var above = file.getParent(); !above.equals(folders); above = above.getParent()) {
            free &= !Files.isRegularFile(above);
        }
        file = free ? file : folders.resolve(key(name, false));
        while (files.containsValue(file) || Files.isDirectory(file)) {
            file = file.resolveSibling(file.getFileName() + "_"); // of another metric, which differs in other letters
        }
        Files.createDirectories(file.getParent());
        files.put(name, file);
        return file;
    }

    /**
     * A name of which MLflow allows every letter, those of any language among them; without slashes, if told so, and
     * without dots that lead elsewhere.
     */
    private static String key(String name, boolean slashes) {
        var key = name.replaceAll("[^\\p{L}\\p{N}_.\\- /]", "_");
        key = slashes ? key.replaceAll("/+", "/").replaceAll("^/|/$", "_") : key.replace('/', '.');
        return key.replaceAll("(^|/)\\.+(?=/|$)", "$1_");
    }

    @Override
    public void finish(RunCard card) throws IOException {
        var end = card.outcome().ended();
        meta.put("end_time", (end == null ? Instant.now() : end).toEpochMilli());
        meta.put("status", number(card.outcome().status()));
        card(card);
    }

    /** MLflow's RunStatus: 1 RUNNING, 3 FINISHED, 4 FAILED, 5 KILLED. */
    private static int number(Status status) {
        return switch (status) {
            case Status.Running _ -> 1;
            case Status.Finished _,
                    Status.Stopped _,
                    Status.StoppedByFinding _,
                    Status.Pruned _,
                    Status.OutOfBudget _ -> 3;
            case Status.Failed _, Status.Diverged _ -> 4;
            case Status.Interrupted _, Status.InterruptedAtStep _, Status.InterruptedSweep _, Status.EndedEarly _ -> 5;
        };
    }
}
