package trivium.data;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;
import trivium.data.files.ContentHash;
import trivium.data.files.Format;
import trivium.data.files.Records;
import trivium.data.files.Summary;
import trivium.text.Numbers;

/**
 * Answers found good or bad one by one: unpaired preferences.
 *
 * @param name where they come from, for people
 * @param list at least one
 * @param summary what was found in the file, and what became of it; {@link Summary#NONE} if there was none
 */
public record Verdicts(String name, List<Verdict> list, Summary summary) implements Iterable<Verdict>, Texts {

    public Verdicts {
        list = List.copyOf(list);
        if (list.isEmpty()) {
            throw new IllegalArgumentException(name + " holds no verdicts");
        }
    }

    /** These verdicts. */
    public static Verdicts of(List<Verdict> list) {
        return new Verdicts("verdicts", list, Summary.NONE);
    }

    /** Reads a file whose shape shows itself; see {@link #read(Path, Format)}. */
    public static Verdicts read(String path) {
        return read(Path.of(path));
    }

    /** Reads a file whose shape shows itself; see {@link #read(Path, Format)}. */
    public static Verdicts read(Path path) {
        return read(path, Format.GUESS);
    }

    /** Reads a file; see {@link #read(Path, Format)}. */
    public static Verdicts read(String path, Format format) {
        return read(Path.of(path), format);
    }

    /**
     * Reads {@code {"prompt": …, "completion": …, "label": …}} from JSON Lines, a JSON list, CSV or TSV; packed with
     * gzip or not. The label is true or false, 1 or 0. docs/formats.md has the rules.
     *
     * <p>What is left out is counted in the {@link #summary}. A shape that was guessed is said on standard output.
     *
     * @throws java.io.UncheckedIOException if there is no such file, or it cannot be read
     * @throws IllegalArgumentException naming file, line and field if a record is something else
     */
    public static Verdicts read(Path path, Format format) {
        return Aloud.read(
                stream(path, format), format, (list, summary) -> new Verdicts(path.toString(), list, summary));
    }

    /** The same one by one, for files too large for memory. To be closed. */
    public static Records<Verdict> stream(Path path, Format format) {
        return Records.verdicts(
                path, format, texts -> new Verdict(texts.get(0), texts.get(1), Boolean.parseBoolean(texts.get(2))));
    }

    @Override
    public String noun() {
        return "verdict";
    }

    @Override
    public List<String> parts() {
        return List.of(PROMPT, "answer");
    }

    @Override
    public String text(int record, int part) {
        var item = list.get(record);
        return switch (part) {
            case 0 -> item.prompt();
            default -> item.completion();
        };
    }

    @Override
    public String kind(int record) {
        return list.get(record).good() ? "found good" : "found bad";
    }

    @Override
    public int size() {
        return list.size();
    }

    @Override
    public Iterator<Verdict> iterator() {
        return list.iterator();
    }

    /** How many were found good. */
    public long good() {
        return list.stream().filter(Verdict::good).count();
    }

    /**
     * Sets a share aside for validation by a hash of how each begins ({@link Verdict#opening}): no prompt is on both
     * sides, and adding verdicts moves none across (unless one side had none).
     *
     * @param validationShare between 0 and 1, both excluded
     */
    public Split<Verdicts> split(double validationShare) {
        var split = Split.byContent(list, Verdict::opening, validationShare, "prompts");
        return new Split<>(
                new Verdicts(name + " (train)", split.train(), Summary.NONE),
                new Verdicts(name + " (validation)", split.validation(), Summary.NONE));
    }

    /** SHA-256 of all texts and labels in order, each preceded by its length, so that it depends on content only. */
    @Override
    public String sha256() {
        return ContentHash.of(list.stream()
                .flatMap(item -> Stream.of(item.prompt(), item.completion(), Boolean.toString(item.good())))
                .map(text -> text.length() + ":" + text));
    }

    @Override
    public String toString() {
        var what = !summary.isNone() ? summary.toString() : name + ": " + Numbers.count(list.size(), "verdict");
        return what + ", " + Numbers.count(good()) + " good";
    }
}
