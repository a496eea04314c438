package trivium.data;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Prompts with the answers to learn, for instruction fine-tuning.
 *
 * @param name where they come from, for people
 * @param list at least one
 */
public record Conversations(String name, List<Conversation> list) implements Iterable<Conversation> {

    public Conversations {
        list = List.copyOf(list);
        if (list.isEmpty()) {
            throw new IllegalArgumentException(name + " holds no conversations");
        }
    }

    /** Reads JSON Lines; see {@link #jsonl(Path)}. */
    public static Conversations jsonl(String path) {
        return jsonl(Path.of(path));
    }

    /**
     * Reads a UTF-8 file with one JSON object a line: {@code {"prompt": …, "completion": …}}. Other fields are passed
     * over.
     *
     * @throws java.io.UncheckedIOException if there is no such file
     * @throws IllegalArgumentException naming file, line and field if a line is something else
     */
    public static Conversations jsonl(Path path) {
        var records = JsonLines.read(path, "prompt", "completion");
        return new Conversations(
                path.toString(),
                records.stream().map(r -> new Conversation(r.get(0), r.get(1))).toList());
    }

    /** These conversations. */
    public static Conversations of(List<Conversation> list) {
        return new Conversations("conversations", list);
    }

    /** These conversations. */
    public static Conversations of(Conversation... list) {
        return of(List.of(list));
    }

    public int size() {
        return list.size();
    }

    public Conversation get(int index) {
        return list.get(index);
    }

    @Override
    public Iterator<Conversation> iterator() {
        return list.iterator();
    }

    /** The prompts, in order. */
    public List<String> prompts() {
        return list.stream().map(Conversation::prompt).toList();
    }

    /** The first {@code most}, or all if there are fewer. */
    public Conversations limit(int most) {
        if (most < 1) {
            throw new IllegalArgumentException("a limit of " + most + " leaves no conversations");
        }
        return new Conversations(name, list.subList(0, Math.min(most, list.size())));
    }

    /**
     * Sets a share aside for validation by a hash of the prompt: no prompt is on both sides, and adding conversations
     * moves none across (unless one side had none).
     *
     * @param validationShare between 0 and 1, both excluded
     */
    public Split<Conversations> split(double validationShare) {
        var split = Split.byContent(list, Conversation::prompt, validationShare, "prompts");
        return new Split<>(
                new Conversations(name + " (train)", split.train()),
                new Conversations(name + " (validation)", split.validation()));
    }

    /** SHA-256 of all texts in order, each preceded by its length, so that it depends on content only. */
    public String sha256() {
        return ContentHash.of(list.stream()
                .flatMap(item -> Stream.of(item.prompt(), item.completion()))
                .map(text -> text.length() + ":" + text));
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s: %,d conversations", name, list.size());
    }
}
