package trivium.fuzz;

import static trivium.fuzz.Damage.Form.BYTES;
import static trivium.fuzz.Damage.Form.CSV;
import static trivium.fuzz.Damage.Form.GZIP;
import static trivium.fuzz.Damage.Form.JSON;
import static trivium.fuzz.Damage.Form.JSON_LINES;
import static trivium.fuzz.Damage.Form.TEXT;

import java.io.IOException;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.zip.GZIPOutputStream;
import trivium.data.Comparisons;
import trivium.data.Conversations;
import trivium.data.Corpus;
import trivium.data.TokenFile;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;

/** What people bring: texts, records, tables, and token files. */
final class DataFiles {

    private static final String RECORDS = """
            {"prompt": "What does a cat say?", "completion": " Meow."}
            {"prompt": "What does a dog say?", "completion": " Woof, \\"woof\\"."}
            {"prompt": "And a fish?", "completion": " Nothing."}
            """;

    private static final String CHATS = """
            [{"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"},
                           {"role": "assistant", "content": "Hello."}]},
             {"messages": [{"role": "user", "content": "Bye"}, {"role": "assistant", "content": "See you."}]}]
            """;

    private static final String PAIRS = """
            {"prompt": "What does a cat say?", "chosen": " Meow.", "rejected": " Moo."}
            {"prompt": "What does a dog say?", "chosen": " Woof.", "rejected": " No, \\"miaow\\"."}
            """;

    private static final String TABLE = """
            prompt,completion
            What does a cat say?," Meow, meow."
            "What does a ""dog"" say?", Woof.
            And a fish?,Nothing
            """;

    private static final String TEXT_OF_TWO = "Once upon a time.\nA cat sat.\n<|endoftext|>\nThe end — almost.\n";

    private static final Tokenizer WORDS = Tokenizers.bpe(List.of(TEXT_OF_TWO), 264);

    private DataFiles() {}

    static List<Loader> loaders() {
        return List.of(
                file(
                        "conversations.jsonl",
                        JSON_LINES,
                        RECORDS,
                        path -> Conversations.read(path).list()),
                new Loader(
                        "plain conversations.jsonl",
                        "plain.jsonl",
                        JSON_LINES,
                        false,
                        folder -> Files.writeString(folder.resolve("plain.jsonl"), RECORDS),
                        folder -> Conversations.jsonl(folder.resolve("plain.jsonl"))
                                .list()
                                .toString()),
                file("chats.json", JSON, CHATS, path -> Conversations.read(path).list()),
                file(
                        "comparisons.jsonl",
                        JSON_LINES,
                        PAIRS,
                        path -> Comparisons.read(path).list()),
                file(
                        "pairs.jsonl",
                        JSON_LINES,
                        PAIRS,
                        path -> Comparisons.jsonl(path).list()),
                file("table.csv", CSV, TABLE, path -> Conversations.read(path).list()),
                file(
                        "table.tsv",
                        CSV,
                        TABLE.replace(',', '\t'),
                        path -> Conversations.read(path).list()),
                file("story.txt", TEXT, TEXT_OF_TWO, path -> Corpus.read(path).documents()),
                file("plain.txt", TEXT, TEXT_OF_TWO, path -> Corpus.text(path).documents()),
                packed(
                        "packed.jsonl.gz",
                        RECORDS,
                        path -> Conversations.read(path).list()),
                packed(
                        "texts.jsonl.gz",
                        "{\"text\": \"Once.\"}\n{\"text\": \"Twice.\"}\n",
                        path -> Corpus.read(path).documents()),
                new Loader("token file", "text.tokens", BYTES, false, DataFiles::tokens, DataFiles::fromTokens));
    }

    private static Loader file(String name, Damage.Form form, String text, Function<Path, ?> reader) {
        return new Loader(
                name,
                name,
                form,
                false,
                folder -> Files.writeString(folder.resolve(name), text),
                folder -> String.valueOf(reader.apply(folder.resolve(name))));
    }

    private static Loader packed(String name, String text, Function<Path, ?> reader) {
        return new Loader(
                name,
                name,
                GZIP,
                false,
                folder -> {
                    try (var out = new OutputStreamWriter(
                            new GZIPOutputStream(Files.newOutputStream(folder.resolve(name))),
                            StandardCharsets.UTF_8)) {
                        out.write(text);
                    }
                },
                folder -> String.valueOf(reader.apply(folder.resolve(name))));
    }

    private static void tokens(Path folder) throws IOException {
        TokenFile.build(
                folder.resolve("text.tokens"),
                List.of("Once upon a time.", "A cat sat.").iterator(),
                WORDS,
                TokenFile.Listener.SILENT);
    }

    private static String fromTokens(Path folder) {
        var ids = TokenFile.open(folder.resolve("text.tokens"), WORDS).tokens().ids();
        var read = new int[(int) ids.size()];
        ids.copy(0, read, 0, read.length);
        return WORDS.decode(read);
    }
}
