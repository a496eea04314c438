package trivium.spark;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;

/** The class path and options of this JVM, for the workers' JVMs. */
final class Jars {

    /** The names of the jars that Spark brings, as Maven found them when this was built. */
    private static final String OF_SPARK = "jars-of-spark.txt";

    private Jars() {}

    /**
     * Everything on a class path that Spark does not have itself, folders packed into jars.
     *
     * @param folder for those jars
     */
    static List<String> toSend(String classPath, Path folder) throws IOException {
        var jars = new ArrayList<String>();
        var known = ofSpark();
        for (var entry : classPath.split(File.pathSeparator, -1)) {
            var path = Path.of(entry).toAbsolutePath();
            if (Files.isDirectory(path)) {
                jars.add(packed(path, folder.resolve("classes-" + jars.size() + ".jar"))
                        .toUri()
                        .toString());
            } else if (Files.exists(path)
                    && entry.endsWith(".jar")
                    && !known.contains(path.getFileName().toString())) {
                jars.add(path.toUri().toString());
            }
        }
        return jars;
    }

    private static Set<String> ofSpark() {
        try (var in = Jars.class.getResourceAsStream(OF_SPARK)) {
            if (in == null) {
                throw new IllegalStateException(OF_SPARK + " is missing: build with Maven's profile \"spark\"");
            }
            var text = new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
            return Arrays.stream(text.split(File.pathSeparator, -1))
                    .map(path -> Path.of(path).getFileName().toString())
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + OF_SPARK + ": " + e.getMessage(), e);
        }
    }

    private static Path packed(Path classes, Path jar) throws IOException {
        try (var out = new JarOutputStream(Files.newOutputStream(jar));
                var files = Files.walk(classes)) {
            for (var file : files.filter(Files::isRegularFile).sorted().toList()) {
                out.putNextEntry(
                        new JarEntry(classes.relativize(file).toString().replace('\\', '/')));
                Files.copy(file, out);
                out.closeEntry();
            }
        }
        return jar;
    }

    /** The options by which this JVM has the Vector API, keeps vectors in registers and may use native memory. */
    static String options() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("--add-modules")
                        || option.startsWith("-XX:CompileCommand")
                        || option.startsWith("--enable-native-access")
                        || option.startsWith("--sun-misc-unsafe-memory-access"))
                .collect(Collectors.joining(" "));
    }
}
