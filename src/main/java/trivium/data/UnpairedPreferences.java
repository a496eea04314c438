package trivium.data;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import trivium.data.files.ContentHash;
import trivium.data.files.Format;
import trivium.data.files.Records;
import trivium.data.files.Summary;
import trivium.text.Numbers;

/**
 * Answers that were each found good or bad, for {@code Kto}; TRL's "unpaired preference".
 *
 * @param name where they come from, for people
 * @param list at least one
 * @param summary how many records the file held and how many of them were left out; {@link Summary#NONE} if there was
 *     none
 */
public record UnpairedPreferences(String name, List<UnpairedPreference> list, Summary summary)
        implements RecordList<UnpairedPreference>, PreferenceData {

    public UnpairedPreferences {
        list = List.copyOf(list);
        if (list.isEmpty()) {
            throw new IllegalArgumentException(name + " holds no unpaired preferences");
        }
    }

    /** Unpaired preferences that were not read from a file. */
    public UnpairedPreferences(String name, List<UnpairedPreference> list) {
        this(name, list, Summary.NONE);
    }

    /** Reads a file whose shape shows itself; see {@link #read(Path, Format)}. */
    public static UnpairedPreferences read(String path) {
        return read(Path.of(path));
    }

    /** Reads a file whose shape shows itself; see {@link #read(Path, Format)}. */
    public static UnpairedPreferences read(Path path) {
        return read(path, Format.GUESS);
    }

    /**
     * Reads records of a prompt, a completion and a label (true or false, 1 or 0), the first two as texts or lists of
     * messages; as JSON Lines, a JSON list, CSV or TSV; packed with gzip or not. docs/formats.md has the rules.
     *
     * @throws java.io.UncheckedIOException if there is no such file, or it cannot be read
     * @throws IllegalArgumentException naming file, line and field if a record is something else
     */
    public static UnpairedPreferences read(Path path, Format format) {
        return Records.judged(path, format, UnpairedPreference::new)
                .collect((list, summary) -> new UnpairedPreferences(path.toString(), list, summary));
    }

    /** These. */
    public static UnpairedPreferences of(List<UnpairedPreference> list) {
        return new UnpairedPreferences("unpaired preferences", list);
    }

    /** These. */
    public static UnpairedPreferences of(UnpairedPreference... list) {
        return of(List.of(list));
    }

    @Override
    public String noun() {
        return "unpaired preference";
    }

    @Override
    public List<String> parts() {
        return List.of(PROMPT, "completion");
    }

    @Override
    public String text(int record, int part) {
        var item = list.get(record);
        return part == 0 ? item.prompt() : item.completion();
    }

    @Override
    public String kind(int record) {
        return list.get(record).label() ? "good" : "bad";
    }

    @Override
    public List<String> openings() {
        return list.stream().map(UnpairedPreference::opening).toList();
    }

    /** SHA-256 of all texts and labels in order, so that it depends on content only. */
    @Override
    public String sha256() {
        return ContentHash.of(list.stream().flatMap(UnpairedPreferences::hashed));
    }

    private static Stream<String> hashed(UnpairedPreference item) {
        return Stream.concat(
                Conversations.hashed(item.promptMessages()),
                Stream.of(Conversations.hashed(item.completion()), String.valueOf(item.label())));
    }

    @Override
    public String toString() {
        return !summary.isNone() ? summary.toString() : name + ": " + Numbers.count(list.size(), "unpaired preference");
    }
}
