package trivium.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import trivium.run.AtomicFile;

/** The files of a folder as bytes by name, {@code /} between folders, to be sent. */
final class Folder {

    /** A run's card is written last, see {@link trivium.run.RunStore}. */
    private static final String CARD = "run.json";

    private Folder() {}

    /** Everything under a folder. */
    static Map<String, byte[]> read(Path folder) {
        try (var all = Files.walk(folder)) {
            var files = new TreeMap<String, byte[]>();
            for (var file : all.filter(Files::isRegularFile).toList()) {
                files.put(folder.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
            }
            return files;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + folder + ": " + e.getMessage(), e);
        }
    }

    /** Writes the files into a folder, cards last, each aside first. */
    static void write(Map<String, byte[]> files, Path folder) {
        var names = new ArrayList<>(files.keySet());
        names.sort(Comparator.comparing(name -> name.endsWith(CARD)));
        for (var name : names) {
            var file = folder.resolve(name).normalize();
            if (!file.startsWith(folder)) {
                throw new IllegalArgumentException("a file called " + name + " would not be in " + folder);
            }
            try {
                AtomicFile.write(file, aside -> Files.write(aside, files.get(name)));
            } catch (IOException e) {
                throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
            }
        }
    }

    /** The files that the writer leaves in a temporary folder. */
    static Map<String, byte[]> through(String name, Consumer<Path> writer) {
        return within(name, place -> {
            writer.accept(place);
            return read(place);
        });
    }

    /** What the reader makes of a temporary folder with these files. */
    static <T> T from(String name, Map<String, byte[]> files, Function<Path, T> reader) {
        return within(name, place -> {
            write(files, place);
            return reader.apply(place);
        });
    }

    private static <T> T within(String name, Function<Path, T> use) {
        try {
            var place = Files.createTempDirectory("trivium-" + name);
            try {
                return use.apply(place);
            } finally {
                delete(place);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot use a temporary folder: " + e.getMessage(), e);
        }
    }

    static void delete(Path folder) throws IOException {
        List<Path> all;
        try (var files = Files.walk(folder)) {
            all = files.sorted(Comparator.reverseOrder()).toList();
        }
        for (var file : all) {
            Files.delete(file);
        }
    }
}
