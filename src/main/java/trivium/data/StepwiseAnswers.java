package trivium.data;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import trivium.data.files.ContentHash;
import trivium.data.files.Format;
import trivium.data.files.Records;
import trivium.data.files.Summary;
import trivium.text.Numbers;

/**
 * Answers whose steps were each found right or wrong, for process reward models; TRL's "stepwise supervision".
 *
 * @param name where they come from, for people
 * @param list at least one
 * @param summary how many records the file held and how many of them were left out; {@link Summary#NONE} if there was
 *     none
 */
public record StepwiseAnswers(String name, List<StepwiseAnswer> list, Summary summary)
        implements RecordList<StepwiseAnswer> {

    public StepwiseAnswers {
        list = List.copyOf(list);
        if (list.isEmpty()) {
            throw new IllegalArgumentException(name + " holds no stepwise answers");
        }
    }

    /** Stepwise answers that were not read from a file. */
    public StepwiseAnswers(String name, List<StepwiseAnswer> list) {
        this(name, list, Summary.NONE);
    }

    /** Reads a file; see {@link #read(Path, Format)}. */
    public static StepwiseAnswers read(String path) {
        return read(Path.of(path));
    }

    /** Reads a file; see {@link #read(Path, Format)}. */
    public static StepwiseAnswers read(Path path) {
        return read(path, Format.GUESS);
    }

    /**
     * Reads records of a prompt (a text or a list of messages), {@code completions} (a list of steps) and
     * {@code labels} (a list of as many truth values), as JSON Lines or a JSON list; packed with gzip or not.
     *
     * @throws java.io.UncheckedIOException if there is no such file, or it cannot be read
     * @throws IllegalArgumentException naming file, line and field if a record is something else
     */
    public static StepwiseAnswers read(Path path, Format format) {
        return Records.stepwise(path, format, StepwiseAnswer::new)
                .collect((list, summary) -> new StepwiseAnswers(path.toString(), list, summary));
    }

    /** These. */
    public static StepwiseAnswers of(List<StepwiseAnswer> list) {
        return new StepwiseAnswers("stepwise answers", list);
    }

    @Override
    public String noun() {
        return "stepwise answer";
    }

    @Override
    public List<String> parts() {
        return List.of(PROMPT, "steps");
    }

    @Override
    public String text(int record, int part) {
        var item = list.get(record);
        return part == 0 ? item.prompt() : String.join("\n", item.steps());
    }

    @Override
    public String kind(int record) {
        return list.get(record).firstWrong() < 0 ? "all right" : "with a wrong step";
    }

    /** SHA-256 of all texts and labels in order, so that it depends on content only. */
    @Override
    public String sha256() {
        return ContentHash.of(list.stream().flatMap(StepwiseAnswers::hashed));
    }

    private static Stream<String> hashed(StepwiseAnswer item) {
        return Stream.of(
                        Conversations.hashed(item.promptMessages()),
                        item.steps().stream().map(Conversations::hashed),
                        Stream.of(item.labels().stream().map(String::valueOf).collect(Collectors.joining(" "))))
                .flatMap(each -> each);
    }

    @Override
    public String toString() {
        return !summary.isNone() ? summary.toString() : name + ": " + Numbers.count(list.size(), "stepwise answer");
    }
}
