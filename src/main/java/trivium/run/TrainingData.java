package trivium.run;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
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
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import trivium.data.Comparisons;
import trivium.data.Conversations;
import trivium.data.Corpus;
import trivium.model.JsonFields;
import trivium.text.Tokenizer;

/**
 * What a training reads, kept beside the run so that the run can be trained again without the files: as JSON Lines,
 * packed, in {@code data.jsonl.gz}. More than {@value #MOST_CHARACTERS} characters are not kept; the card's setting
 * "data" says where they were read from.
 *
 * @param fields what a record consists of: "text"; "prompt", "completion"; "prompt", "chosen", "rejected"
 * @param records the texts of each record, in the order of the fields
 * @param tokenizer learned before the training began, or null if it comes with the run it starts from
 */
public record TrainingData(List<String> fields, Supplier<Stream<List<String>>> records, Tokenizer tokenizer) {

    /** No data that could be kept. */
    public static final TrainingData NONE = new TrainingData(List.of(), Stream::empty, null);

    static final List<String> TEXT = List.of("text");
    static final List<String> CONVERSATION = List.of("prompt", "completion");
    static final List<String> COMPARISON = List.of("prompt", "chosen", "rejected");

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

    /** Writes data and tokenizer where {@code folder} does not have them yet. */
    void write(Path folder) throws IOException {
        if (tokenizer != null && !Files.exists(folder.resolve(TOKENIZER))) {
            AtomicFile.write(folder.resolve(TOKENIZER), temporary -> Files.writeString(temporary, tokenizer.toJson()));
        }
        var file = folder.resolve(DATA);
        if (!fields.isEmpty() && !Files.exists(file) && characters() <= MOST_CHARACTERS) {
            AtomicFile.write(file, this::writeRecords);
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

    /**
     * The records that {@link #write} wrote, these fields of them.
     *
     * @throws IOException if the file cannot be read, or is packed badly
     * @throws IllegalArgumentException naming file and line if a line is no such record
     */
    static List<List<String>> read(Path folder, List<String> fields) throws IOException {
        var file = in(folder);
        JsonFields.requireFile(file);
        var records = new ArrayList<List<String>>();
        try (var in = new BufferedReader(new Bounded(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file), 1 << 16), StandardCharsets.UTF_8),
                file))) {
            for (var line = in.readLine(); line != null; line = in.readLine()) {
                var json = JsonFields.parse(line, file + " line " + (records.size() + 1));
                records.add(fields.stream().map(json::text).toList());
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
