package trivium.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.source.tree.IdentifierTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trivium.run.Origin;
import trivium.run.Outcome;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.run.Status;

/** Cards come with runs that others trained: whatever their texts say, a report shows it and runs none of it. */
class HostileCardTest {

    @TempDir
    Path folder;

    private static final List<String> SETTINGS = List.of(
            "corpus",
            "conversations",
            "comparisons",
            "prompts",
            "model",
            "vocabulary",
            "tokenizer_hash",
            "algorithm",
            "learning_rate",
            "task",
            "reward",
            "gold");

    private Report report(String text) {
        var runs = new ArrayList<Run>();
        for (var kind : List.of("pretrain", "finetune", "reward-model", text)) {
            var recipe = new LinkedHashMap<String, Object>();
            SETTINGS.forEach(name -> recipe.put(name, text));
            recipe.put("samples", List.of(text));
            var optimizer = new LinkedHashMap<String, Object>();
            optimizer.put("name", text);
            optimizer.put("beta1", text);
            recipe.put("optimizer", optimizer);
            recipe.put(text, text);
            var time = Outcome.now(new Status.Failed(text), Instant.EPOCH);
            var origin = new Origin(1, text, text, Map.of(text, text), List.of(text));
            runs.add(
                    new Run(new RunCard("run-" + runs.size(), kind, null, recipe, time, origin), null, null, Map.of()));
        }
        return new Report("A report", runs);
    }

    private static final String CODE = "System.exit(1);";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\n```\n# Heading\n<b>bold</b>\n```java\n" + CODE,
                "\n````````\n" + CODE + "\n~~~\n",
                "\n" + CODE + "//",
                "\r" + CODE + "//",
                "\\u000a" + CODE + "//",
                "\\\\u000d" + CODE + "//",
                "Grpo[group=1); " + CODE + " (0]",
                "\"); " + CODE + " (\"",
                "*/ " + CODE + " /*",
                "AdamW(); " + CODE,
            })
    void noTextOfACardLeavesItsPlace(String text) throws IOException {
        var page = Files.readString(
                report(text).save(folder.resolve("report.md")).file().orElseThrow());
        var lines = page.lines().toList();
        int opening = 0;
        while (!lines.get(opening).startsWith("```")) {
            opening++;
        }
        var fence = lines.get(opening).replace("java", "");
        int closing = lines.lastIndexOf(fence);
        assertEquals(opening + 1 + lines.subList(opening + 1, lines.size()).indexOf(fence), closing, "one code block");
        assertTrue(
                lines.subList(closing + 1, lines.size()).stream().allMatch(String::isBlank),
                "the block of code is the page's last");
        for (var line : lines.subList(0, opening)) {
            assertFalse(line.startsWith("```") || line.startsWith("~~~") || line.equals("# Heading"), line);
        }
        assertEquals(List.of(), calls(lines.subList(opening + 1, closing)), "no code but the report's own");
    }

    /** Methods called "exit" in source as Java's own compiler parses it. */
    private static List<String> calls(List<String> lines) throws IOException {
        var statements =
                lines.stream().filter(line -> !line.startsWith("import ")).toList();
        var source = "class Cells { void run() {\n" + String.join("\n", statements) + "\n} }";
        var file = new SimpleJavaFileObject(URI.create("string:///Cells.java"), SimpleJavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return source;
            }
        };
        var called = new TreeSet<String>();
        var task = (JavacTask) ToolProvider.getSystemJavaCompiler()
                .getTask(null, null, _ -> {}, List.of("-proc:none"), null, List.of(file));
        for (var unit : task.parse()) {
            unit.accept(
                    new TreeScanner<Void, Void>() {
                        @Override
                        public Void visitMemberSelect(MemberSelectTree tree, Void none) {
                            called.add(tree.getIdentifier().toString());
                            return scan(tree.getExpression(), null);
                        }

                        @Override
                        public Void visitIdentifier(IdentifierTree tree, Void none) {
                            called.add(tree.getName().toString());
                            return null;
                        }
                    },
                    null);
        }
        called.removeIf(name -> !name.equals("exit") && !name.equals("System"));
        return List.copyOf(called);
    }

    @Test
    void signsThatXmlForbidsDoNotHideTheFigure() throws IOException {
        var saved = report("\u001b[31mred\u0000").save(folder.resolve("report.md"));
        var svg = Files.readString(folder.resolve("report-figures").resolve("chain.svg"));
        assertFalse(svg.chars().anyMatch(c -> c < ' ' && c != '\n'), svg);
        assertFalse(Files.readString(saved.file().orElseThrow()).contains("\u001b"));
    }
}
