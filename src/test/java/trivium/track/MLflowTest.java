package trivium.track;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.run.RunOptions;
import trivium.run.Tracker.Row;

/** The layout of {@code mlflow/store/tracking/file_store.py}, read as that class reads it. */
class MLflowTest {

    @TempDir
    Path folder;

    /** The fields of a meta.yaml, texts without their quotes. */
    private static Map<String, String> meta(Path place) throws IOException {
        return Files.readAllLines(place.resolve("meta.yaml")).stream()
                .collect(Collectors.toMap(
                        line -> line.substring(0, line.indexOf(": ")),
                        line -> line.substring(line.indexOf(": ") + 2).replaceAll("^\"|\"$", "")));
    }

    private static Map<String, List<String>> files(Path place) throws IOException {
        var files = new TreeMap<String, List<String>>();
        try (var all = Files.walk(place)) {
            for (var file : all.filter(Files::isRegularFile).toList()) {
                files.put(place.relativize(file).toString().replace('\\', '/'), Files.readAllLines(file));
            }
        }
        return files;
    }

    private static Path only(Path experiment) throws IOException {
        try (var runs = Files.list(experiment)) {
            var all = runs.filter(Files::isDirectory).toList();
            assertEquals(1, all.size(), all.toString());
            return all.getFirst();
        }
    }

    /** "value step" of each line. */
    private static List<String> history(Path run, String metric) throws IOException {
        return Files.readAllLines(run.resolve("metrics").resolve(metric)).stream()
                .map(line -> line.substring(line.indexOf(' ') + 1))
                .toList();
    }

    private static List<String> losses(long from, long to) {
        return LongStream.rangeClosed(from, to)
                .mapToObj(step -> TrackedTraining.measured(step - 1).get("loss") + " " + step)
                .toList();
    }

    @Test
    void aRunLiesWhereMLflowLooksForIt() throws IOException {
        var run = TrackedTraining.run(RunOptions.NONE.track(MLflow.in(folder)), -1);
        assertEquals("Default", meta(folder.resolve("0")).get("name"));
        assertEquals("0", meta(folder.resolve("0")).get("experiment_id"));
        var place = only(folder.resolve("0"));
        var meta = meta(place);
        assertEquals(place.getFileName().toString(), meta.get("run_id"));
        assertTrue(meta.get("run_id").matches("[0-9a-f]{32}"));
        assertEquals(run.card().id(), meta.get("run_name"));
        assertEquals("3", meta.get("status"));
        assertEquals(run.card().outcome().started().toEpochMilli(), Long.parseLong(meta.get("start_time")));
        assertEquals(place.resolve("artifacts"), Path.of(URI.create(meta.get("artifact_uri"))));
        assertEquals(losses(1, 10), history(place, "loss"));
        assertEquals(
                Map.of(
                        "learning_rate", List.of("0.003"),
                        "optimizer.name", List.of("AdamW"),
                        "optimizer.nesterov", List.of("true"),
                        "freeze", List.of("embedding, a/b|c"),
                        "seed", List.of("7")),
                files(place.resolve("params")));
        assertTrue(Files.readString(place.resolve("artifacts/card.md")).contains("finished in"));
    }

    /** A metric may be called as the folder of another is; a file system has one thing of a name. */
    @Test
    void namesThatMLflowOrTheDiskRefuseAreWrittenInAnotherWay() throws IOException {
        var metrics = Map.of("a/b", 1.0, "a", 2.0, "a/b/c", 3.0, "€ in %", 4.0, "../up", 5.0, "x", Double.NaN);
        TrackedTraining.run(RunOptions.NONE.track(MLflow.in(folder)), step -> {
            var all = new TreeMap<>(metrics);
            all.put("loss", 1.0);
            return all;
        });
        var place = only(folder.resolve("0"));
        var names = files(place.resolve("metrics"));
        names.keySet().forEach(name -> assertTrue(name.matches("[/\\w.\\- ]+") && !name.contains(".."), name));
        names.values().forEach(lines -> assertEquals(10, lines.size()));
        assertEquals(metrics.size() + 2, names.size(), "and loss, and seconds: " + names.keySet());
        assertEquals("nan 10", history(place, "x").getLast());
        assertFalse(Files.exists(folder.resolve("0/up")));
    }

    @Test
    void aRunThatGoesOnStaysOneRunAndHasEachStepOnce() throws IOException {
        var kept = RunOptions.NONE
                .keep(folder.resolve("kept"), 4)
                .track(MLflow.in(folder.resolve("mlruns")).experiment("öl & \"wasser\""));
        assertThrows(TrackedTraining.Killed.class, () -> TrackedTraining.run(kept, 6));
        var experiment = experiment("öl & \\\"wasser\\\"");
        var place = only(experiment);
        assertEquals("4", meta(place).get("status"), "failed");
        assertEquals(losses(1, 6), history(place, "loss"));
        Files.writeString(place.resolve("metrics/loss"), "17", StandardOpenOption.APPEND);
        TrackedTraining.run(kept, -1);
        assertEquals(place, only(experiment("öl & \\\"wasser\\\"")));
        assertEquals(losses(1, 10), history(place, "loss"));
        assertEquals("3", meta(place).get("status"));
    }

    /** An experiment that MLflow made has an id that MLflow chose. */
    @Test
    void anExperimentThatIsThereIsTaken() throws IOException {
        var there = Files.createDirectories(folder.resolve("123456789012345678"));
        Files.writeString(
                there.resolve("meta.yaml"),
                "artifact_location: file:///x\nexperiment_id: '123456789012345678'\nname: 'it''s'\n");
        TrackedTraining.run(RunOptions.NONE.track(MLflow.in(folder).experiment("it's")), -1);
        assertEquals(losses(1, 10), history(only(there), "loss"));
    }

    private Path experiment(String name) throws IOException {
        try (var all = Files.list(folder.resolve("mlruns"))) {
            for (var each :
                    all.filter(each -> Files.exists(each.resolve("meta.yaml"))).toList()) {
                if (meta(each).get("name").equals(name)) {
                    return each;
                }
            }
        }
        throw new AssertionError("no experiment " + name);
    }

    /** Python's \\w, by which MLflow judges names, knows the letters of every language. */
    @Test
    void metricsWhoseNamesDifferHaveFilesOfTheirOwn() throws IOException {
        var card = TrackedTraining.run(RunOptions.NONE, -1).card();
        var names = List.of("ä", "ö", "сложность", "損失", "a:b", "a;b", "a_b");
        var metrics = new TreeMap<String, Double>();
        names.forEach(name -> metrics.put(name, (double) names.indexOf(name)));
        MLflow.in(folder).begin(card, 0).write(List.of(new Row(1, Instant.EPOCH, metrics)));
        var found = files(only(folder.resolve("0")).resolve("metrics"));
        assertEquals(names.size(), found.size(), found.toString());
        assertEquals(List.of("0 0.0 1"), found.get("ä"));
        assertEquals(List.of("0 3.0 1"), found.get("損失"));
    }
}
