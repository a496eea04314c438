package trivium.run;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.FilterReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import trivium.data.Comparison;
import trivium.data.Comparisons;
import trivium.data.Conversation;
import trivium.data.Conversations;
import trivium.data.Corpus;
import trivium.data.PreferenceData;
import trivium.data.Prompted;
import trivium.data.StepwiseAnswer;
import trivium.data.StepwiseAnswers;
import trivium.data.UnpairedPreference;
import trivium.data.UnpairedPreferences;
import trivium.model.JsonFields;
import trivium.text.Message;
import trivium.text.Tokenizer;

/**
 * What a training reads, kept beside the run so that the run can be trained again without the files: as JSON Lines,
 * packed, in {@code data.jsonl.gz}. More than {@value #MOST_CHARACTERS} characters are not kept; the card's setting
 * "data" says where they were read from.
 *
 * @param records each with its fields by name: "text"; "prompt", "completion"; "messages"; "prompt", "chosen",
 *     "rejected" and perhaps "margin"; "prompt", "completion", "label"; "prompt", "completions", "labels"; a field is a
 *     text, a list of texts, or a list of messages with "role" and "content"
 * @param tokenizer learned before the training began, or null if it comes with the run it starts from
 */
public record TrainingData(Supplier<Stream<Map<String, Object>>> records, Tokenizer tokenizer) {

    /** No data that could be kept. */
    public static final TrainingData NONE = new TrainingData(Stream::empty, null);

    private static final String TEXT = "text";
    private static final String MESSAGES = "messages";
    private static final String PROMPT = "prompt";
    private static final String COMPLETION = "completion";
    private static final String CHOSEN = "chosen";
    private static final String REJECTED = "rejected";
    private static final String MARGIN = "margin";
    private static final String LABEL = "label";
    private static final String COMPLETIONS = "completions";
    private static final String LABELS = "labels";
    private static final String ROLE = "role";
    private static final String CONTENT = "content";

    /** The most characters that are kept. */
    static final long MOST_CHARACTERS = 64_000_000;

    /**
     * The most characters of an unpacked file, with the fields' names and what JSON writes in front of quotes and line
     * ends.
     */
    private static final long LONGEST_FILE = 4 * MOST_CHARACTERS;

    private static final String DATA = "data.jsonl.gz";
    private static final String TOKENIZER = "tokenizer.json";
    private static final Gson LINE = new GsonBuilder().disableHtmlEscaping().create();

    /** Documents, with the tokenizer that cuts them, or null. */
    public static TrainingData of(Corpus corpus, Tokenizer tokenizer) {
        return new TrainingData(() -> corpus.documents().stream().map(text -> Map.of(TEXT, text)), tokenizer);
    }

    /** Prompts. */
    public static TrainingData of(List<String> prompts) {
        return new TrainingData(() -> prompts.stream().map(text -> Map.of(TEXT, text)), null);
    }

    /** The documents, where it is documents that were read. */
    Corpus corpus(String name) {
        return new Corpus(name, read(name, TrainingData::text));
    }

    /** The conversations, where it is conversations that were read. */
    Conversations conversations(String name) {
        return new Conversations(name, read(name, TrainingData::conversation));
    }

    private <T> List<T> read(String name, Function<JsonFields, T> of) {
        try (var all = records.get()) {
            return all.map(fields ->
                            of.apply(new JsonFields(LINE.toJsonTree(fields).getAsJsonObject(), name, "")))
                    .toList();
        }
    }

    /** Conversations. */
    public static TrainingData of(Conversations conversations) {
        return new TrainingData(() -> conversations.list().stream().map(TrainingData::record), null);
    }

    /** Comparisons. */
    public static TrainingData of(Comparisons comparisons) {
        return new TrainingData(() -> comparisons.list().stream().map(TrainingData::record), null);
    }

    /** Unpaired preferences. */
    public static TrainingData of(UnpairedPreferences judged) {
        return new TrainingData(() -> judged.list().stream().map(TrainingData::record), null);
    }

    /** Answers in steps. */
    public static TrainingData of(StepwiseAnswers stepwise) {
        return new TrainingData(() -> stepwise.list().stream().map(TrainingData::record), null);
    }

    /** Preferences of either kind. */
    public static TrainingData of(PreferenceData data) {
        return switch (data) {
            case Comparisons comparisons -> of(comparisons);
            case UnpairedPreferences judged -> of(judged);
        };
    }

    private static Map<String, Object> record(UnpairedPreference item) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put(PROMPT, prompt(item));
        fields.put(COMPLETION, item.completion());
        fields.put(LABEL, String.valueOf(item.label()));
        return fields;
    }

    private static Map<String, Object> record(StepwiseAnswer item) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put(PROMPT, prompt(item));
        fields.put(COMPLETIONS, item.steps());
        fields.put(LABELS, item.labels().stream().map(String::valueOf).toList());
        return fields;
    }

    private static Map<String, Object> record(Conversation item) {
        var fields = new LinkedHashMap<String, Object>();
        if (item.isSingleTurn()) {
            fields.put(PROMPT, item.prompt());
            fields.put(COMPLETION, item.completion());
        } else {
            fields.put(MESSAGES, messages(item.messages()));
        }
        return fields;
    }

    private static Map<String, Object> record(Comparison item) {
        var fields = new LinkedHashMap<String, Object>();
        fields.put(PROMPT, prompt(item));
        fields.put(CHOSEN, item.chosen());
        fields.put(REJECTED, item.rejected());
        if (item.margin() != 0) {
            fields.put(MARGIN, item.margin());
        }
        return fields;
    }

    private static Object prompt(Prompted item) {
        return item.isSingleTurn() ? item.prompt() : messages(item.promptMessages());
    }

    private static List<Map<String, Object>> messages(List<Message> messages) {
        return messages.stream()
                .map(message -> {
                    var fields = new LinkedHashMap<String, Object>();
                    fields.put(ROLE, message.role());
                    fields.put(CONTENT, message.content());
                    return (Map<String, Object>) fields;
                })
                .toList();
    }

    /** Writes data and tokenizer where {@code folder} does not have them yet. */
    void write(Path folder) throws IOException {
        if (tokenizer != null && !Files.exists(folder.resolve(TOKENIZER))) {
            AtomicFile.write(folder.resolve(TOKENIZER), temporary -> Files.writeString(temporary, tokenizer.toJson()));
        }
        var file = folder.resolve(DATA);
        if (!isEmpty() && !Files.exists(file) && characters() <= MOST_CHARACTERS) {
            AtomicFile.write(file, this::writeRecords);
        }
    }

    private boolean isEmpty() {
        return records.get().findAny().isEmpty();
    }

    private long characters() {
        return records.get().mapToLong(TrainingData::characters).sum();
    }

    private static long characters(Object value) {
        return switch (value) {
            case Map<?, ?> fields ->
                fields.values().stream().mapToLong(TrainingData::characters).sum();
            case List<?> list ->
                list.stream().mapToLong(TrainingData::characters).sum();
            default -> value.toString().length();
        };
    }

    private void writeRecords(Path file) throws IOException {
        try (var out = new BufferedWriter(new OutputStreamWriter(
                        new GZIPOutputStream(Files.newOutputStream(file), 1 << 16), StandardCharsets.UTF_8));
                var all = records.get()) {
            for (var fields : (Iterable<Map<String, Object>>) all::iterator) {
                out.write(LINE.toJson(fields));
                out.write('\n');
            }
        }
    }

    /** Copies the data from one run's folder to another's. */
    static void copy(Path from, Path to) throws IOException {
        if (Files.exists(from.resolve(DATA)) && !Files.exists(to.resolve(DATA))) {
            AtomicFile.write(to.resolve(DATA), temporary -> Files.copy(from.resolve(DATA), temporary));
        }
    }

    /** The file of the data in a folder, whether there is one or not. */
    static Path in(Path folder) {
        return folder.resolve(DATA);
    }

    /** Whether the data itself is in this folder. */
    static boolean isIn(Path folder) {
        return Files.exists(in(folder));
    }

    /** What {@link #of(Corpus, Tokenizer)} makes of a document or a prompt. */
    static String text(JsonFields record) {
        return record.text(TEXT);
    }

    /** What {@link #of(Conversations)} makes of each. */
    static Conversation conversation(JsonFields record) {
        if (!record.has(MESSAGES)) {
            return new Conversation(record.text(PROMPT), record.text(COMPLETION));
        }
        var messages = messages(record, MESSAGES);
        return valid(record, () -> new Conversation(messages));
    }

    /** What {@link #of(Comparisons)} makes of each. */
    static Comparison comparison(JsonFields record) {
        var chosen = record.text(CHOSEN);
        var rejected = record.text(REJECTED);
        double margin = record.has(MARGIN) ? record.number(MARGIN) : 0;
        var messages = prompt(record);
        return valid(record, () -> new Comparison(messages, chosen, rejected, margin));
    }

    /** What {@link #of(UnpairedPreferences)} makes of each. */
    static UnpairedPreference unpaired(JsonFields record) {
        var completion = record.text(COMPLETION);
        boolean label = Boolean.parseBoolean(record.text(LABEL));
        var messages = prompt(record);
        return valid(record, () -> new UnpairedPreference(messages, completion, label));
    }

    /** What {@link #of(StepwiseAnswers)} makes of each. */
    static StepwiseAnswer stepwise(JsonFields record) {
        var steps = record.texts(COMPLETIONS);
        var labels = record.texts(LABELS).stream().map(Boolean::valueOf).toList();
        var messages = prompt(record);
        return valid(record, () -> new StepwiseAnswer(messages, steps, labels));
    }

    /** What {@link #prompt(Prompted)} made of the messages. */
    private static List<Message> prompt(JsonFields record) {
        return record.json().get(PROMPT) instanceof JsonArray
                ? messages(record, PROMPT)
                : List.of(Message.user(record.text(PROMPT)));
    }

    private static List<Message> messages(JsonFields record, String name) {
        return record.objects(name).stream()
                .map(message -> new Message(message.text(ROLE), message.text(CONTENT)))
                .toList();
    }

    private static <T> T valid(JsonFields record, Supplier<T> made) {
        try {
            return made.get();
        } catch (IllegalArgumentException e) {
            throw record.damaged(JsonFields.shown(e.getMessage(), 200));
        }
    }

    /**
     * The records that {@link #write} wrote.
     *
     * @param of {@link #text}, {@link #conversation}, {@link #comparison}, {@link #unpaired} or {@link #stepwise}
     * @throws IOException if the file cannot be read, or is packed badly
     * @throws IllegalArgumentException naming file and line if a line is no such record
     */
    static <T> List<T> read(Path folder, Function<JsonFields, T> of) throws IOException {
        var file = in(folder);
        JsonFields.requireFile(file);
        var records = new ArrayList<T>();
        try (var in = new BufferedReader(new Bounded(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file), 1 << 16), StandardCharsets.UTF_8),
                file))) {
            for (var line = in.readLine(); line != null; line = in.readLine()) {
                records.add(of.apply(JsonFields.parse(line, file + " line " + (records.size() + 1))));
            }
        }
        return records;
    }

    /** A few kilobytes may unpack to terabytes; what {@link #write} packed does not. */
    private static final class Bounded extends FilterReader {
        private final Path file;
        private long left = LONGEST_FILE;

        Bounded(Reader in, Path file) {
            super(in);
            this.file = file;
        }

        @Override
        public int read(char[] to, int at, int count) throws IOException {
            int read = super.read(to, at, count);
            left -= read;
            if (left < 0) {
                throw new IllegalArgumentException(file + " is damaged: it unpacks to more than " + LONGEST_FILE
                        + " characters, which no run keeps");
            }
            return read;
        }
    }
}
