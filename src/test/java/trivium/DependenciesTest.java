package trivium;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.lang.module.ModuleDescriptor.Version;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import trivium.data.Corpus;
import trivium.lstm.LstmShape;
import trivium.pretrain.Pretraining;
import trivium.text.Tokenizer;

/** What stands on the class path at run time: nothing known to be vulnerable, nothing that was left out on purpose. */
class DependenciesTest {

    private static final Path CLASS_PATH = Path.of("target", "classpath.txt");

    /** The first version of each library in which what is known is mended. */
    private static final Map<String, String> FLOORS = Map.ofEntries(
            Map.entry("commons-io", "2.14.0"), // CVE-2024-47554
            Map.entry("commons-lang3", "3.18.0"), // CVE-2025-48924
            Map.entry("commons-compress", "1.26.0"), // CVE-2024-25710, CVE-2024-26308
            Map.entry("commons-net", "3.9.0"), // CVE-2021-37533
            Map.entry("commons-collections4", "4.1"), // CVE-2015-6420
            Map.entry("guava", "32.0.0"), // CVE-2023-2976, CVE-2020-8908
            Map.entry("gson", "2.8.9"), // CVE-2022-25647
            Map.entry("classgraph", "4.8.112"), // CVE-2021-47621
            Map.entry("pdfbox", "2.0.24"), // CVE-2021-31811, CVE-2021-31812
            Map.entry("jackson-core", "2.15.0"), // CVE-2025-52999
            Map.entry("jackson-databind", "2.13.4.2"), // CVE-2022-42003, CVE-2022-42004
            Map.entry("protobuf-java", "3.25.5"), // CVE-2024-7254
            Map.entry("snakeyaml", "2.0"), // CVE-2022-1471
            Map.entry("woodstox-core", "6.4.0"), // CVE-2022-40152
            Map.entry("log4j-core", "2.25.3")); // CVE-2025-68161, and what came before

    /** What ND4J and Deeplearning4j ask for and nothing here calls. */
    private static final List<String> LEFT_OUT = List.of(
            "commons-net", "commons-compress", "commons-codec", "oshi-core", "jna-platform", "threetenbp", "resources");

    /** Versions by artifact, as the folders of a Maven repository say. ND4J's shaded ones are versions of ND4J. */
    private static Map<String, String> jars() throws IOException {
        var jars = new TreeMap<String, String>();
        for (var entry : Files.readString(CLASS_PATH).strip().split(File.pathSeparator, -1)) {
            var folder = Path.of(entry).getParent();
            if (!entry.contains("/org/nd4j/")) {
                jars.put(
                        folder.getParent().getFileName().toString(),
                        folder.getFileName().toString());
            }
        }
        return jars;
    }

    /** A sentence for each library that is older than its floor. */
    private static List<String> belowTheirFloors(Map<String, String> jars) {
        var old = new ArrayList<String>();
        jars.forEach((name, version) -> {
            var floor = FLOORS.get(name);
            if (floor != null && Version.parse(version).compareTo(Version.parse(floor)) < 0) {
                old.add(name + " " + version + " has known vulnerabilities; expected " + floor + " or newer");
            }
        });
        return old;
    }

    @Test
    void nothingIsOlderThanWhatMendedIt() throws IOException {
        assertTrue(jars().size() > 25, "the class path was read: " + jars());
        assertEquals(List.of(), belowTheirFloors(jars()));
    }

    @Test
    void whatWasThereOnceIsOlder() {
        var once = new TreeMap<>(
                Map.of("commons-compress", "1.21", "commons-io", "2.7", "commons-lang3", "3.11", "commons-net", "3.1"));
        assertEquals(
                List.copyOf(once.keySet()),
                belowTheirFloors(once).stream()
                        .map(sentence -> sentence.substring(0, sentence.indexOf(' ')))
                        .toList());
        assertEquals(List.of(), belowTheirFloors(Map.of("commons-lang3", "3.18.0", "guava", "33.0.0-jre")));
    }

    @Test
    void whatNothingCallsIsNotThere() throws IOException {
        var jars = jars();
        assertEquals(List.of(), LEFT_OUT.stream().filter(jars::containsKey).toList());
    }

    /** Trains Deeplearning4j's network, the nearest that anything here comes to ND4J's own parsers. */
    static final class Recurrent {
        public static void main(String[] arguments) {
            var corpus = new Corpus("rhyme", List.of("one two three four five ".repeat(9)));
            Pretraining.of(new LstmShape(8, 8, 1), Tokenizer.characters(corpus), corpus)
                    .steps(3)
                    .workers(1)
                    .run();
            System.out.println("trained");
        }
    }

    /** Jackson, SnakeYAML, Woodstox and protobuf stand in jars of ND4J's, at versions with known vulnerabilities. */
    @Test
    void ofTheParsersInsideNd4jNoneIsLoaded() throws IOException, InterruptedException {
        var process = AnotherJvm.builder(List.of("-Xlog:class+load:stdout"), Recurrent.class)
                .start();
        List<String> lines;
        try (var out = process.inputReader()) {
            lines = out.lines().toList();
        }
        assertEquals(0, process.waitFor());
        assertEquals("trained", lines.getLast().strip());
        var shaded = Pattern.compile("org\\.nd4j\\.shade\\.[\\w.]+");
        var loaded = lines.stream()
                .flatMap(line -> shaded.matcher(line).results().map(MatchResult::group))
                .distinct()
                .toList();
        assertTrue(loaded.contains("org.nd4j.shade.guava.collect.Lists"), "names are found: " + loaded);
        // Linking a class that catches an exception loads the exception.
        assertEquals(
                List.of(),
                loaded.stream()
                        .filter(name -> !name.startsWith("org.nd4j.shade.guava.")
                                && !name.endsWith("Exception")
                                && !name.equals("org.nd4j.shade.jackson.core.TreeNode"))
                        .toList());
    }
}
