package trivium.data;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import trivium.data.files.ContentHash;
import trivium.data.files.Format;
import trivium.data.files.Records;
import trivium.data.files.Summary;
import trivium.text.ChatTemplate;
import trivium.text.Message;
import trivium.text.Numbers;
import trivium.text.Tokenizer;

/**
 * Prompts with the answers to learn, for instruction fine-tuning.
 *
 * @param name where they come from, for people
 * @param list at least one
 * @param summary how many records the file held and how many of them were left out; {@link Summary#NONE} if there was
 *     none
 */
public record Conversations(String name, List<Conversation> list, Summary summary) implements RecordList<Conversation> {

    public Conversations {
        list = List.copyOf(list);
        if (list.isEmpty()) {
            throw new IllegalArgumentException(name + " holds no conversations");
        }
    }

    /** Conversations that were not read from a file. */
    public Conversations(String name, List<Conversation> list) {
        this(name, list, Summary.NONE);
    }

    /** Reads a file whose shape shows itself; see {@link #read(Path, Format)}. */
    public static Conversations read(String path) {
        return read(Path.of(path));
    }

    /** Reads a file whose shape shows itself; see {@link #read(Path, Format)}. */
    public static Conversations read(Path path) {
        return read(path, Format.GUESS);
    }

    /** Reads a file; see {@link #read(Path, Format)}. */
    public static Conversations read(String path, Format format) {
        return read(Path.of(path), format);
    }

    /**
     * Reads conversations in any usual form: chats, ShareGPT, Alpaca, prompts and completions, preferences (the chosen
     * answer), HH-RLHF transcripts, SCAN; as JSON Lines, a JSON list, CSV or TSV; packed with gzip or not. A chat is
     * one conversation, with all of its turns. docs/formats.md has the rules.
     *
     * <p>What is left out is counted in the {@link #summary}. A guessed shape is named on standard output.
     *
     * @throws java.io.UncheckedIOException if there is no such file, or it cannot be read
     * @throws IllegalArgumentException naming file, line and field if a record is something else
     */
    public static Conversations read(Path path, Format format) {
        return stream(path, format).collect((list, summary) -> new Conversations(path.toString(), list, summary));
    }

    /** Reads the same conversations one by one, for files too large for memory. Close it after use. */
    public static Records<Conversation> stream(Path path, Format format) {
        return Records.conversations(path, format, Conversation::new);
    }

    /** {@link #read(String)} under another name. */
    public static Conversations jsonl(String path) {
        return read(path);
    }

    /** {@link #read(Path)} under another name: the same records, by the same rules. */
    public static Conversations jsonl(Path path) {
        return read(path);
    }

    /** These conversations. */
    public static Conversations of(List<Conversation> list) {
        return new Conversations("conversations", list);
    }

    /** These conversations. */
    public static Conversations of(Conversation... list) {
        return of(List.of(list));
    }

    @Override
    public String noun() {
        return "conversation";
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
        var item = list.get(record);
        return item.messages().stream().filter(Message::isAssistant).count() == 1 ? "one answer" : "several answers";
    }

    /** The prompts, in order, each as one text ({@link Conversation#prompt}). */
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
     * Without those that a model cannot see whole, which the summary then counts.
     *
     * @param context the longest sequence the model can see, in tokens
     * @throws IllegalArgumentException if none is left
     */
    public Conversations within(int context, Tokenizer tokenizer, ChatTemplate template) {
        return ContextLimit.within(
                context,
                name,
                list,
                summary,
                conversation -> CompletionBatches.length(conversation, tokenizer, template),
                "conversation",
                (fitting, counted) -> new Conversations(name, fitting, counted));
    }

    /**
     * Sets a share aside for validation by a hash of how each begins ({@link Conversation#opening}): no prompt is on
     * both sides, no dialogue either, and adding conversations moves none across (unless one side had none).
     *
     * @param validationShare between 0 and 1, both excluded
     */
    public Split<Conversations> split(double validationShare) {
        var split = Split.byContent(list, Conversation::opening, validationShare, "prompts");
        return new Split<>(
                new Conversations(name + " (train)", split.train()),
                new Conversations(name + " (validation)", split.validation()));
    }

    /**
     * SHA-256 of all texts in order, each preceded by its length, so that it depends on content only. Roles stand
     * before the lengths where a conversation is more than one question with its answer.
     */
    @Override
    public String sha256() {
        return ContentHash.of(list.stream()
                .flatMap(item -> item.isSingleTurn()
                        ? Stream.of(hashed(item.prompt()), hashed(item.completion()))
                        : hashed(item.messages())));
    }

    static String hashed(String text) {
        return text.length() + ":" + text;
    }

    static Stream<String> hashed(List<Message> messages) {
        return Stream.concat(
                Stream.of(messages.size() + " messages"),
                messages.stream().map(message -> " " + message.role() + " " + hashed(message.content())));
    }

    @Override
    public String toString() {
        return !summary.isNone() ? summary.toString() : name + ": " + Numbers.count(list.size(), "conversation");
    }
}
