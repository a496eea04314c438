package trivium.exercise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The notebooks of exercises, in a JShell as a reader's kernel has one: each stub is said to be unfilled, and each
 * folded solution in its place passes its check.
 */
class SolutionsTest {

    private static final Path FOLDER = Path.of("notebooks", "exercises");

    private static final Pattern SOLUTION =
            Pattern.compile("(?s)<details><summary>A solution</summary>.*?\n```java\n(.*?)```.*?</details>");

    /** An exercise as it stands in a notebook. */
    private record Exercise(String stub, String check, String solution) {}

    static List<Path> notebooks() throws IOException {
        try (var files = Files.list(FOLDER)) {
            return files.filter(file -> file.toString().endsWith(".ipynb"))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("notebooks")
    void everyStubIsUnfilledAndEverySolutionPasses(Path notebook) throws IOException {
        var cells = cells(notebook);
        var exercises = new ArrayList<Exercise>();
        try (var shell = JShell.builder()
                .executionEngine("local")
                .compilerOptions("-classpath", System.getProperty("java.class.path"))
                .build()) {
            for (var name : List.of("java.util", "java.util.stream")) {
                run(shell, "import " + name + ".*;");
            }
            for (int i = 0; i < cells.size(); i++) {
                var source = source(cells.get(i));
                if (isCode(cells.get(i))) {
                    var said = run(shell, source.replaceAll("scale\\([0-9_]+\\)", "2"));
                    if (source.startsWith("check(")) {
                        assertTrue(said.startsWith("…"), notebook + ": " + source + " says " + said);
                        var solution = SOLUTION.matcher(source(cells.get(i + 1)));
                        assertTrue(solution.find(), notebook + ": no solution is folded away below " + source);
                        exercises.add(new Exercise(source(cells.get(i - 1)), source, solution.group(1)));
                    }
                }
            }
            for (var exercise : exercises) {
                assertTrue(exercise.stub.contains("unfilled()"), notebook + ": " + exercise.stub + " is a stub");
                run(shell, exercise.solution);
                var said = run(shell, exercise.check);
                // two steps of training show nothing of a reward but that it was asked
                var expected = exercise.check.contains("trial") ? "your reward went" : "✓";
                assertTrue(said.contains(expected), notebook + ": the solution's " + exercise.check + " says " + said);
            }
        }
        assertEquals(1, exercises.size() % 2, notebook + " has an odd number of exercises");
    }

    private static List<JsonObject> cells(Path notebook) throws IOException {
        return JsonParser.parseString(Files.readString(notebook))
                .getAsJsonObject()
                .getAsJsonArray("cells")
                .asList()
                .stream()
                .map(cell -> cell.getAsJsonObject())
                .toList();
    }

    private static boolean isCode(JsonObject cell) {
        return cell.get("cell_type").getAsString().equals("code");
    }

    private static String source(JsonObject cell) {
        var source = new StringBuilder();
        cell.getAsJsonArray("source").forEach(line -> source.append(line.getAsString()));
        return source.toString();
    }

    /** What the last statement of a cell answers, as text. */
    private static String run(JShell shell, String cell) {
        var answer = "";
        var rest = cell;
        while (!rest.isBlank()) {
            var next = shell.sourceCodeAnalysis().analyzeCompletion(rest);
            for (var event : shell.eval(next.source() == null ? rest : next.source())) {
                assertNotEquals(
                        Snippet.Status.REJECTED,
                        event.status(),
                        () -> next.source() + ": "
                                + shell.diagnostics(event.snippet())
                                        .map(found -> found.getMessage(null))
                                        .toList());
                assertEquals(null, event.exception(), next.source());
                if (event.value() != null) {
                    answer = event.value();
                }
            }
            rest = next.remaining();
        }
        return answer;
    }
}
