package trivium;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static trivium.Trivium.pretrain;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.data.Corpus;
import trivium.figure.Figures;
import trivium.model.Llama;
import trivium.text.Tokenizer;

/** What works for someone who depends on the library alone: neither kernel nor Toy Town nor PDF on the class path. */
class LibraryTest {

    /** What the pom calls optional, and what that brings. */
    private static final Set<String> LEFT_OUT =
            Set.of("jupyter-jvm-basekernel", "jeromq", "jnacl", "pdfbox", "pdfbox-io", "fontbox", "commons-logging");

    /** Packages that the library's jar lacks: they have jars of their own. */
    private static final List<String> APART = List.of("trivium/kernel", "trivium/toytown");

    @TempDir
    private Path folder;

    @Test
    void trainsAndDrawsAndSaysWhatPdfNeeds() throws Exception {
        var there = AnotherJvm.builder(List.of(), Small.class, folder.toString());
        var path = classPath();
        there.command().replaceAll(word -> word.equals(System.getProperty("java.class.path")) ? path : word);
        var process = there.start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        assertTrue(said.contains("PDFBox, which is not on the class path: add the dependency"), said);
        assertNotNull(ImageIO.read(folder.resolve("loss.png").toFile()));
        assertFalse(Files.exists(folder.resolve("loss.pdf")));
    }

    private String classPath() throws IOException {
        var jars = Files.readString(Path.of("target", "classpath.txt")).strip().split(File.pathSeparator, -1);
        var kept = Stream.of(jars).filter(jar -> !LEFT_OUT.contains(artifact(jar)));
        assertEquals(
                LEFT_OUT.size(),
                Stream.of(jars)
                        .map(LibraryTest::artifact)
                        .filter(LEFT_OUT::contains)
                        .count(),
                "each is there to be left out");
        return String.join(
                File.pathSeparator,
                Stream.concat(Stream.of(library().toString(), "target/test-classes"), kept)
                        .toList());
    }

    /** The artifact's name, from its folder in a Maven repository. */
    private static String artifact(String jar) {
        return Path.of(jar).getParent().getParent().getFileName().toString();
    }

    /** The library's classes without the packages that have jars of their own. */
    private Path library() throws IOException {
        var classes = Path.of("target", "classes");
        var copy = folder.resolve("classes");
        try (var files = Files.walk(classes)) {
            for (var file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                var name = classes.relativize(file);
                if (APART.stream().noneMatch(name::startsWith) && !name.startsWith("META-INF/sources")) {
                    Files.createDirectories(copy.resolve(name).getParent());
                    Files.copy(file, copy.resolve(name));
                }
            }
        }
        return copy;
    }

    /** As in a project of one's own. */
    static final class Small {

        private Small() {}

        public static void main(String[] arguments) {
            var folder = Path.of(arguments[0]);
            var text = Corpus.of(List.of("ab ba abba ab.", "abba ab.", "ba ba ab baab ba.", "baab."));
            var run = pretrain(Llama.of(12, 16, 1, 2, 2), Tokenizer.characters(text), text)
                    .steps(4)
                    .batchSize(2)
                    .seed(1)
                    .run();
            var figure = Figures.loss(run);
            figure.save(folder.resolve("loss.png"));
            try {
                figure.save(folder.resolve("loss.pdf"));
            } catch (IllegalStateException e) {
                System.out.println(e.getMessage());
            }
        }
    }
}
