package trivium.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;

/** Finds out what this process runs on, from files and system properties alone. */
final class Provenance {

    private static final Map<String, String> ENVIRONMENT = read();

    private Provenance() {}

    static Map<String, String> environment() {
        return ENVIRONMENT;
    }

    /** The commit of the repository around the working directory, or empty. */
    static String commit() {
        return commit(Path.of("").toAbsolutePath());
    }

    /**
     * The commit of the repository around {@code folder}, read as git lays it out on disk (gitrepository-layout(5)), or
     * empty.
     */
    static String commit(Path folder) {
        for (Path at = folder; at != null; at = at.getParent()) {
            var git = at.resolve(".git");
            if (Files.exists(git)) {
                return head(git);
            }
        }
        return "";
    }

    private static String head(Path git) {
        try {
            if (Files.isRegularFile(git)) { // a worktree's or submodule's pointer: "gitdir: …"
                git = git.resolveSibling(Files.readString(git).strip().replaceFirst("^gitdir:\\s*", ""));
            }
            var head = Files.readString(git.resolve("HEAD")).strip();
            if (!head.startsWith("ref:")) {
                return head;
            }
            var name = head.substring("ref:".length()).strip();
            var common = git.resolve("commondir");
            var refs =
                    Files.exists(common) ? git.resolve(Files.readString(common).strip()) : git;
            return Files.exists(refs.resolve(name))
                    ? Files.readString(refs.resolve(name)).strip()
                    : packed(refs.resolve("packed-refs"), name);
        } catch (IOException e) {
            return ""; // a half-written or foreign repository: the card does without
        }
    }

    private static String packed(Path file, String name) throws IOException {
        if (!Files.exists(file)) {
            return "";
        }
        try (var lines = Files.lines(file)) {
            return lines.filter(line -> line.endsWith(" " + name))
                    .map(line -> line.substring(0, line.indexOf(' ')))
                    .findFirst()
                    .orElse("");
        }
    }

    private static Map<String, String> read() {
        var found = new LinkedHashMap<String, String>();
        found.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
        found.put(
                "os",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"));
        found.put("processor", processor());
        found.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
        found.put("memory", (Runtime.getRuntime().maxMemory() >> 20) + " MiB for Java");
        library(found, "nd4j", "org.nd4j", "nd4j-api");
        library(found, "openblas", "org.bytedeco", "openblas");
        library(found, "dnnl", "org.bytedeco", "dnnl");
        library(found, "deeplearning4j", "org.deeplearning4j", "deeplearning4j-nn");
        library(found, "xchart", "org.knowm.xchart", "xchart");
        library(found, "tablesaw", "tech.tablesaw", "tablesaw-core");
        return found;
    }

    private static String processor() {
        var file = Path.of("/proc/cpuinfo");
        if (!Files.isReadable(file)) {
            return System.getProperty("os.arch");
        }
        try (var lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException | UncheckedIOException e) {
            return System.getProperty("os.arch");
        }
    }

    private static void library(Map<String, String> found, String name, String group, String artifact) {
        var path = "/META-INF/maven/" + group + "/" + artifact + "/pom.properties";
        try (var in = Provenance.class.getResourceAsStream(path)) {
            if (in != null) {
                var properties = new Properties();
                properties.load(in);
                found.put(name, properties.getProperty("version"));
            }
        } catch (IOException e) {
            found.put(name, "unknown"); // a damaged jar shows itself elsewhere
        }
    }
}
