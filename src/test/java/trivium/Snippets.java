package trivium;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/**
 * The Java that a page or a notebook shows.
 *
 * @param page the file
 * @param snippets its pieces of code, from top to bottom
 */
record Snippets(String page, List<Snippet> snippets) {

    /**
     * Code that stands in one piece.
     *
     * @param places for each line of the code where a reader finds it
     */
    record Snippet(List<String> places, List<String> lines) {}

    /** The blocks of a Markdown page that say that they are Java. */
    static Snippets ofMarkdown(String page, String text) {
        return new Snippets(page, blocks(text.lines().toList(), line -> page + ":" + line));
    }

    /** The code cells of a notebook, and the blocks of Java in its text. */
    static Snippets ofNotebook(String page, String json) {
        var snippets = new ArrayList<Snippet>();
        var cells = JsonParser.parseString(json).getAsJsonObject().getAsJsonArray("cells");
        for (int i = 0; i < cells.size(); i++) {
            var cell = cells.get(i).getAsJsonObject();
            var source = new StringBuilder();
            for (JsonElement line : cell.getAsJsonArray("source")) {
                source.append(line.getAsString());
            }
            var lines = source.toString().lines().toList();
            var name = page + ", cell " + (i + 1) + ", line ";
            if (cell.get("cell_type").getAsString().equals("code")) {
                snippets.add(snippet(lines, line -> name + line, 1));
            } else {
                snippets.addAll(blocks(lines, line -> name + line));
            }
        }
        return new Snippets(page, snippets);
    }

    private static List<Snippet> blocks(List<String> lines, IntFunction<String> place) {
        var blocks = new ArrayList<Snippet>();
        int begun = -1;
        for (int i = 0; i < lines.size(); i++) {
            var line = lines.get(i).strip();
            if (begun < 0 && line.startsWith("```")) {
                begun = i;
            } else if (begun >= 0 && line.equals("```")) {
                if (lines.get(begun).strip().equals("```java")) {
                    blocks.add(snippet(lines.subList(begun + 1, i), place, begun + 2));
                }
                begun = -1;
            }
        }
        return blocks;
    }

    private static Snippet snippet(List<String> lines, IntFunction<String> place, int first) {
        return new Snippet(
                IntStream.range(first, first + lines.size()).mapToObj(place).toList(), lines);
    }
}
