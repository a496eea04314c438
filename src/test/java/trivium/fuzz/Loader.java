package trivium.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Something that reads a file, and a whole file for it to read.
 *
 * @param name of the case: "model.json of a run"
 * @param file that is damaged, within the folder
 * @param form of it
 * @param exact whether a checksum guards the content: then nothing but the right content may come of it
 * @param writer writes the whole file, and whatever stands beside it, into an empty folder
 * @param reader answers what it found there, as text
 */
record Loader(String name, String file, Damage.Form form, boolean exact, Writer writer, Reader reader) {

    private static final int LONGEST_SENTENCE = 700;

    @FunctionalInterface
    interface Writer {
        void into(Path folder) throws IOException;
    }

    @FunctionalInterface
    interface Reader {
        String from(Path folder) throws IOException;
    }

    /** The files of a folder by their names; damaged copies of it are made from this. */
    static Map<String, byte[]> files(Path folder) throws IOException {
        var files = new LinkedHashMap<String, byte[]>();
        try (var all = Files.walk(folder)) {
            for (var file : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
                files.put(folder.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        return files;
    }

    /** What is wrong with how the file of this damage was read; empty if nothing is. */
    Optional<String> fault(Map<String, byte[]> whole, String expected, long seed, Path folder) throws IOException {
        empty(folder);
        for (var entry : whole.entrySet()) {
            var place = folder.resolve(entry.getKey());
            Files.createDirectories(place.getParent());
            Files.write(
                    place, entry.getKey().equals(file) ? Damage.of(entry.getValue(), form, seed) : entry.getValue());
        }
        try {
            var found = reader.from(folder);
            return exact && !found.equals(expected)
                    ? Optional.of("read another content without a word")
                    : Optional.empty();
        } catch (Throwable thrown) {
            return sentence(thrown, folder, whole.keySet());
        }
    }

    private Optional<String> sentence(Throwable thrown, Path folder, Set<String> files) {
        var type = thrown.getClass();
        var what = thrown.toString();
        if (type != IllegalArgumentException.class && type != UncheckedIOException.class) {
            var stack = thrown.getStackTrace();
            return Optional.of("ended in " + shortened(what) + (stack.length == 0 ? "" : " at " + stack[0]));
        }
        var said = String.valueOf(thrown.getMessage());
        if (said.codePoints().anyMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT)) {
            return Optional.of("says lines or signs that a terminal obeys: " + shortened(what));
        }
        if (said.replace(folder.toString(), "").length() > LONGEST_SENTENCE) {
            return Optional.of("says more than a sentence: " + shortened(what));
        }
        var name = Path.of(file).getFileName().toString();
        // where two files contradict each other, nobody knows which of them it is
        boolean other = files.stream()
                .anyMatch(each -> said.contains(folder.resolve(each).toString()));
        return said.contains(name) || other
                ? Optional.empty()
                : Optional.of("does not name " + name + ": " + shortened(what));
    }

    private static String shortened(String text) {
        var line = text.replaceAll("\\p{Cntrl}", "·");
        return line.length() <= 400 ? line : line.substring(0, 400) + "…";
    }

    private static void empty(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (var all = Files.walk(folder)) {
                for (var each : (Iterable<Path>) all.sorted(Comparator.reverseOrder())::iterator) {
                    Files.delete(each);
                }
            }
        }
        Files.createDirectories(folder);
    }
}
