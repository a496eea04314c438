package trivium.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A page of prose with tables between markers. */
final class PerformancePage {

    private PerformancePage() {}

    private static String begins(String name) {
        return "<!-- bench:" + name + " -->";
    }

    private static String ends(String name) {
        return "<!-- /bench:" + name + " -->";
    }

    /** The tables that the page has room for. */
    static List<String> names() {
        var names = new ArrayList<>(
                Arrays.stream(PageFigure.values()).map(PageFigure::marker).toList());
        names.add("memory");
        return names;
    }

    /**
     * Refuses a page that lacks markers, before anything is measured for it.
     *
     * @throws IllegalArgumentException in a sentence
     */
    static void check(Path page) {
        var text = read(page);
        for (var name : names()) {
            between(text, name, page);
        }
    }

    /** Puts each table between its markers; all else stays as it is. */
    static void write(Path page, Map<String, String> tables) {
        var text = read(page);
        for (var table : tables.entrySet()) {
            int[] place = between(text, table.getKey(), page);
            text = text.substring(0, place[0]) + "\n" + table.getValue() + "\n" + text.substring(place[1]);
        }
        try {
            Files.writeString(page, text);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + page, e);
        }
    }

    /** What stands between a table's markers. */
    static String table(Path page, String name) {
        var text = read(page);
        int[] place = between(text, name, page);
        return text.substring(place[0], place[1]).strip();
    }

    private static int[] between(String text, String name, Path page) {
        int from = text.indexOf(begins(name));
        int to = text.indexOf(ends(name));
        if (from < 0 || to < from) {
            throw new IllegalArgumentException(page + " should have a line " + begins(name) + " and below it "
                    + ends(name) + ", between which the table goes");
        }
        return new int[] {from + begins(name).length(), to};
    }

    private static String read(Path page) {
        try {
            return Files.readString(page);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + page, e);
        }
    }
}
