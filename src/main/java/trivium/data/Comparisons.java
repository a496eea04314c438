package trivium.data;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import trivium.data.files.ContentHash;
import trivium.data.files.Format;
import trivium.data.files.Records;
import trivium.data.files.Summary;
import trivium.text.ChatTemplate;
import trivium.text.Numbers;
import trivium.text.Tokenizer;

/**
 * Prompts with a preferred and a rejected answer, for reward models and preference optimisation.
 *
 * @param name where they come from, for people
 * @param list at least one
 * @param summary how many records the file held and how many of them were left out; {@link Summary#NONE} if there was
 *     none
 */
public record Comparisons(String name, List<Comparison> list, Summary summary)
        implements RecordList<Comparison>, PreferenceData {

    public Comparisons {
        list = List.copyOf(list);
        if (list.isEmpty()) {
            throw new IllegalArgumentException(name + " holds no comparisons");
        }
    }

    /** Comparisons that were not read from a file. */
    public Comparisons(String name, List<Comparison> list) {
        this(name, list, Summary.NONE);
    }

    /** Reads a file whose shape shows itself; see {@link #read(Path, Format)}. */
    public static Comparisons read(String path) {
        return read(Path.of(path));
    }

    /** Reads a file whose shape shows itself; see {@link #read(Path, Format)}. */
    public static Comparisons read(Path path) {
        return read(path, Format.GUESS);
    }

    /** Reads a file; see {@link #read(Path, Format)}. */
    public static Comparisons read(String path, Format format) {
        return read(Path.of(path), format);
    }

    /**
     * Reads comparisons in any usual form: prompts with chosen and rejected answers, as texts or lists of messages, the
     * prompt of their own or what both begin with; Alpaca's fields with chosen and rejected; HH-RLHF transcripts; as
     * JSON Lines, a JSON list, CSV or TSV; packed with gzip or not. A field "margin" is the comparison's
     * {@link Comparison#margin}. docs/formats.md has the rules.
     *
     * <p>What is left out is counted in the {@link #summary}. A guessed shape is named on standard output.
     *
     * @throws java.io.UncheckedIOException if there is no such file, or it cannot be read
     * @throws IllegalArgumentException naming file, line and field if a record is something else
     */
    public static Comparisons read(Path path, Format format) {
        return stream(path, format).collect((list, summary) -> new Comparisons(path.toString(), list, summary));
    }

    /** Reads the same comparisons one by one, for files too large for memory. Close it after use. */
    public static Records<Comparison> stream(Path path, Format format) {
        return Records.pairs(path, format, Comparison::new);
    }

    /** {@link #read(String)} under another name. */
    public static Comparisons jsonl(String path) {
        return read(path);
    }

    /** {@link #read(Path)} under another name: the same records, by the same rules. */
    public static Comparisons jsonl(Path path) {
        return read(path);
    }

    /** These comparisons. */
    public static Comparisons of(List<Comparison> list) {
        return new Comparisons("comparisons", list);
    }

    /** These comparisons. */
    public static Comparisons of(Comparison... list) {
        return of(List.of(list));
    }

    @Override
    public String noun() {
        return "comparison";
    }

    @Override
    public List<String> parts() {
        return List.of(PROMPT, "chosen", "rejected");
    }

    @Override
    public String text(int record, int part) {
        var item = list.get(record);
        return switch (part) {
            case 0 -> item.prompt();
            case 1 -> item.chosen();
            default -> item.rejected();
        };
    }

    @Override
    public List<String> openings() {
        return list.stream().map(Comparison::opening).toList();
    }

    /** Each answer by itself: the chosen ones as good, the rejected ones as bad. */
    public UnpairedPreferences unpaired() {
        return new UnpairedPreferences(
                name + " (unpaired)",
                list.stream()
                        .flatMap(item -> Stream.of(
                                new UnpairedPreference(item.promptMessages(), item.chosen(), true),
                                new UnpairedPreference(item.promptMessages(), item.rejected(), false)))
                        .toList());
    }

    /** The prompts, in order, each as one text ({@link Comparison#prompt}). */
    public List<String> prompts() {
        return list.stream().map(Comparison::prompt).toList();
    }

    /** The first {@code most}, or all if there are fewer. */
    public Comparisons limit(int most) {
        if (most < 1) {
            throw new IllegalArgumentException("a limit of " + most + " leaves no comparisons");
        }
        return new Comparisons(name, list.subList(0, Math.min(most, list.size())));
    }

    /**
     * Without those that a model cannot see whole, which the summary then counts.
     *
     * @param context the longest sequence the model can see, in tokens
     * @throws IllegalArgumentException if none is left
     */
    public Comparisons within(int context, Tokenizer tokenizer, ChatTemplate template) {
        return ContextLimit.within(
                context,
                name,
                list,
                summary,
                comparison -> PreferenceBatches.length(comparison, tokenizer, template),
                "comparison",
                (fitting, counted) -> new Comparisons(name, fitting, counted));
    }

    /**
     * Sets a share aside for validation by a hash of how each begins ({@link Comparison#opening}): no prompt is on both
     * sides, no dialogue either, and adding comparisons moves none across (unless one side had none).
     *
     * @param validationShare between 0 and 1, both excluded
     */
    public Split<Comparisons> split(double validationShare) {
        var split = Split.byContent(list, Comparison::opening, validationShare, "prompts");
        return new Split<>(
                new Comparisons(name + " (train)", split.train()),
                new Comparisons(name + " (validation)", split.validation()));
    }

    /**
     * SHA-256 of all texts in order, each preceded by its length, so that it depends on content only. Roles stand
     * before the lengths where more than one question is answered, and a margin other than 0 comes last.
     */
    @Override
    public String sha256() {
        return ContentHash.of(list.stream().flatMap(Comparisons::hashed));
    }

    private static Stream<String> hashed(Comparison item) {
        var prompt = item.isSingleTurn()
                ? Stream.of(Conversations.hashed(item.prompt()))
                : Conversations.hashed(item.promptMessages());
        var margin = item.margin() == 0 ? Stream.<String>empty() : Stream.of(String.valueOf(item.margin()));
        return Stream.concat(
                prompt,
                Stream.concat(Stream.of(item.chosen(), item.rejected()), margin).map(Conversations::hashed));
    }

    @Override
    public String toString() {
        return !summary.isNone() ? summary.toString() : name + ": " + Numbers.count(list.size(), "comparison");
    }
}
