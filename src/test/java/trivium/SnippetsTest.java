package trivium;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What pages and notebooks show as Java compiles: against the imports of the page and those of every kernel, in the
 * order in which it stands there. The pages of docs go on from the README's cells, as docs/README.md says.
 */
class SnippetsTest {

    private static final Path README = Path.of("README.md");
    private static final Path SPARK = Path.of("docs/spark.md");

    private static final SnippetCompiler COMPILER = new SnippetCompiler(ImportsTest.EVERYWHERE.keySet().stream()
            .map(name -> "import " + name + ".*;")
            .sorted()
            .toList());

    @Test
    void everySnippetCompiles() throws IOException {
        var pages = new ArrayList<Snippets>();
        for (var page : files("docs", ".md")) {
            if (!page.equals(SPARK)) {
                pages.add(afterTheReadme(page));
            }
        }
        pages.add(Snippets.ofMarkdown(README.toString(), Files.readString(README)));
        for (var notebook : files("notebooks", ".ipynb")) {
            pages.add(Snippets.ofNotebook(notebook.toString(), Files.readString(notebook)));
        }
        assertTrue(pages.stream().mapToInt(page -> page.snippets().size()).sum() > 150, "the pages are not found");
        assertErrors("", pages);
    }

    /** Built with Spark only: environment/lab test --spark. */
    @Test
    void everySnippetOfSparkCompiles() throws IOException {
        assumeTrue(SnippetsTest.class.getResource("spark/Spark.class") != null, "Spark is not on the class path");
        assertErrors("", List.of(afterTheReadme(SPARK)));
    }

    @Test
    void theFirstErrorOfASnippetIsSaidWithItsLine() {
        var page = Snippets.ofMarkdown("page.md", """
                ```java
                import java.sql.*;
                import java.util.*;
                var day = new Date(0);
                ```
                and in other words
                ```java
                List<Integer> twice(List<Integer> all) {
                    return all.stream().map(n -> n * 2).toList();   // "of" all
                }
                var all = List.of(1, 2)
                all.size() + 1
                twice(all)
                        .size()      // an expression on two lines
                ```
                ```json
                {"not": Java}
                ```
                ```java
                var day = twice(List.of("one"));
                day = 3;
                ```
                ```java
                var all = 3;
                twice(all, all)
                ```
                """);
        assertErrors("""
                page.md:4: reference to Date is ambiguous
                page.md:20: incompatible types
                page.md:25: method twice in class""", List.of(page));
    }

    /** Each error begins with a line of what is expected. */
    private static void assertErrors(String expected, List<Snippets> pages) {
        var errors = COMPILER.errors(pages);
        var lines = expected.lines().toList();
        var begun = Stream.iterate(0, i -> i + 1)
                .limit(errors.size())
                .map(i -> i < lines.size() && errors.get(i).startsWith(lines.get(i)) ? lines.get(i) : errors.get(i))
                .toList();
        assertEquals(expected, String.join("\n", begun));
    }

    private static Snippets afterTheReadme(Path page) throws IOException {
        var snippets = new ArrayList<>(
                Snippets.ofMarkdown(README.toString(), Files.readString(README)).snippets());
        snippets.addAll(
                Snippets.ofMarkdown(page.toString(), Files.readString(page)).snippets());
        return new Snippets(page.toString(), snippets);
    }

    private static List<Path> files(String folder, String ending) {
        try (var files = Files.walk(Path.of(folder))) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .filter(file -> !file.toString().contains(".ipynb_checkpoints"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
