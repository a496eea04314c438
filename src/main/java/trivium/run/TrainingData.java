package trivium.run;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import trivium.data.Comparisons;
import trivium.data.Conversations;
import trivium.data.Corpus;
import trivium.text.Tokenizer;

/**
 * What a training reads, kept beside its run so that it can be trained again whatever became of the files: as JSON
 * Lines, packed, in {@code data.jsonl.gz}. More than {@value #MOST_CHARACTERS} characters are not kept; the card's
 * setting "data" says where they were read from.
 *
 * @param fields what a record consists of: "text"; "prompt", "completion"; "prompt", "chosen", "rejected"
 * @param records the texts of each record, in the order of the fields
 * @param tokenizer learned before the training began, or null if it comes with the run it starts from
 */
public record TrainingData(List<String> fields, Supplier<Stream<List<String>>> records, Tokenizer tokenizer) {

    /** Nothing that could be kept. */
    public static final TrainingData NONE = new TrainingData(List.of(), Stream::empty, null);

    static final List<String> TEXT = List.of("text");
    static final List<String> CONVERSATION = List.of("prompt", "completion");
    static final List<String> COMPARISON = List.of("prompt", "chosen", "rejected");

    /** As many as are kept. */
    static final long MOST_CHARACTERS = 64_000_000;

    private static final String DATA = "data.jsonl.gz";
    private static final String TOKENIZER = "tokenizer.json";
    private static final Gson LINE = new GsonBuilder().disableHtmlEscaping().create();

    /** Documents, with the tokenizer that cuts them, or null. */
    public static TrainingData of(Corpus corpus, Tokenizer tokenizer) {
        return new TrainingData(TEXT, () -> corpus.documents().stream().map(List::of), tokenizer);
    }

    /** Prompts. */
    public static TrainingData of(List<String> prompts) {
        return new TrainingData(TEXT, () -> prompts.stream().map(List::of), null);
    }

    /** Conversations. */
    public static TrainingData of(Conversations conversations) {
        return new TrainingData(
                CONVERSATION,
                () -> conversations.list().stream().map(item -> List.of(item.prompt(), item.completion())),
                null);
    }

    /** Comparisons. */
    public static TrainingData of(Comparisons comparisons) {
        return new TrainingData(
                COMPARISON,
                () -> comparisons.list().stream().map(item -> List.of(item.prompt(), item.chosen(), item.rejected())),
                null);
    }

    /** Writes what is not in {@code folder} yet. */
    void write(Path folder) throws IOException {
        if (tokenizer != null && !Files.exists(folder.resolve(TOKENIZER))) {
            Aside.write(folder.resolve(TOKENIZER), aside -> Files.writeString(aside, tokenizer.toJson()));
        }
        var file = folder.resolve(DATA);
        if (!fields.isEmpty() && !Files.exists(file) && characters() <= MOST_CHARACTERS) {
            Aside.write(file, this::writeRecords);
        }
    }

    private long characters() {
        return records.get().flatMap(List::stream).mapToLong(String::length).sum();
    }

    private void writeRecords(Path file) throws IOException {
        try (var out = new BufferedWriter(new OutputStreamWriter(
                        new GZIPOutputStream(Files.newOutputStream(file), 1 << 16), StandardCharsets.UTF_8));
                var all = records.get()) {
            for (var texts : (Iterable<List<String>>) all::iterator) {
                var line = new LinkedHashMap<String, String>();
                for (int i = 0; i < fields.size(); i++) {
                    line.put(fields.get(i), texts.get(i));
                }
                out.write(LINE.toJson(line));
                out.write('\n');
            }
        }
    }

    /** Copies what one run's folder has to another's. */
    static void copy(Path from, Path to) throws IOException {
        if (Files.exists(from.resolve(DATA)) && !Files.exists(to.resolve(DATA))) {
            Aside.write(to.resolve(DATA), aside -> Files.copy(from.resolve(DATA), aside));
        }
    }

    /** Whether the data itself is in this folder. */
    static boolean isIn(Path folder) {
        return Files.exists(folder.resolve(DATA));
    }

    /** The records that {@link #write} wrote, these fields of them. */
    static List<List<String>> read(Path folder, List<String> fields) throws IOException {
        var file = folder.resolve(DATA);
        var records = new ArrayList<List<String>>();
        try (var in = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file), 1 << 16), StandardCharsets.UTF_8))) {
            for (var line = in.readLine(); line != null; line = in.readLine()) {
                var json = JsonParser.parseString(line).getAsJsonObject();
                records.add(fields.stream()
                        .map(field -> json.get(field).getAsString())
                        .toList());
            }
        } catch (JsonParseException | IllegalStateException | NullPointerException e) {
            throw new IllegalArgumentException(
                    file + " line " + (records.size() + 1) + " does not have the texts " + fields, e);
        }
        return records;
    }
}
