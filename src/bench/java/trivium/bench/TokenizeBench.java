package trivium.bench;

import com.google.gson.Gson;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import trivium.text.PreTokenizer;
import trivium.text.PreTokenizers;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;

/**
 * How fast this machine learns a byte-pair vocabulary from files, and encodes and decodes them with it. Merges learned
 * from whole lines cross spaces.
 */
final class TokenizeBench {

    private static final int ENTRIES = 4_096;
    private static final int ROUNDS = 5;

    private TokenizeBench() {}

    static int run(List<String> arguments, PrintStream out) {
        var texts = new ArrayList<String>();
        boolean json = false;
        for (int i = 0; i < arguments.size(); i++) {
            switch (arguments.get(i)) {
                case "--json" -> json = true;
                case "--job" -> i++;
                default -> texts.add(read(arguments.get(i)));
            }
        }
        if (texts.isEmpty()) {
            throw new IllegalArgumentException("bench --job tokenize needs the files to learn from and to encode");
        }
        measure("gpt2", PreTokenizers.GPT2, texts, json, out);
        measure("words", PreTokenizers.WORDS, texts, json, out);
        measure("lines", PreTokenizers.expression("[^\\n]+\\n?|\\n+"), texts, json, out);
        return 0;
    }

    private static void measure(String name, PreTokenizer cut, List<String> texts, boolean json, PrintStream out) {
        long start = System.nanoTime();
        var tokenizer = Tokenizers.bpe(texts, ENTRIES, cut);
        double training = seconds(start);
        double megabytes = texts.stream()
                        .mapToLong(text -> text.getBytes(StandardCharsets.UTF_8).length)
                        .sum()
                / 1e6;
        var encoding = new ArrayList<Double>();
        var decoding = new ArrayList<Double>();
        long tokens = 0;
        for (int round = 0; round < ROUNDS; round++) {
            start = System.nanoTime();
            var ids = texts.stream().map(tokenizer::encode).toList();
            encoding.add(seconds(start));
            start = System.nanoTime();
            check(tokenizer, ids, texts);
            decoding.add(seconds(start));
            tokens = ids.stream().mapToLong(each -> each.length).sum();
        }
        var measured =
                new Measured(megabytes, tokenizer.size(), training, encoding, decoding, megabytes * 1e6 / tokens);
        out.println(json ? measured.json(name) : measured.text(name));
    }

    /** Times in seconds, one a round. */
    private record Measured(
            double megabytes,
            int entries,
            double training,
            List<Double> encoding,
            List<Double> decoding,
            double bytesPerToken) {

        String json(String name) {
            var row = new LinkedHashMap<String, Object>();
            row.put("job", "tokenize");
            row.put("case", name);
            row.put("megabytes", megabytes);
            row.put("entries", entries);
            row.put("train_s", training);
            row.put("encode_first_mb_per_s", megabytes / encoding.getFirst());
            row.put("encode_mb_per_s", megabytes / Rounds.median(encoding));
            row.put("decode_mb_per_s", megabytes / Rounds.median(decoding));
            row.put("bytes_per_token", bytesPerToken);
            return new Gson().toJson(row);
        }

        String text(String name) {
            return String.format(
                    Locale.ROOT,
                    "tokenize  %-6s %.1f MB: %,d entries learned in %.2f s; encodes %.0f MB/s (the first time %.0f),"
                            + " decodes %.0f MB/s; %.2f bytes a token",
                    name,
                    megabytes,
                    entries,
                    training,
                    megabytes / Rounds.median(encoding),
                    megabytes / encoding.getFirst(),
                    megabytes / Rounds.median(decoding),
                    bytesPerToken);
        }
    }

    private static void check(Tokenizer tokenizer, List<int[]> ids, List<String> texts) {
        for (int i = 0; i < texts.size(); i++) {
            if (!tokenizer.decode(ids.get(i)).equals(texts.get(i))) {
                throw new IllegalStateException("a text did not come back from its tokens");
            }
        }
    }

    private static double seconds(long start) {
        return (System.nanoTime() - start) / 1e9;
    }

    private static String read(String file) {
        try {
            return new String(Files.readAllBytes(Path.of(file)), StandardCharsets.UTF_8);
        } catch (NoSuchFileException e) {
            throw new UncheckedIOException("there is no file " + file, e);
        } catch (IOException e) {
            throw new UncheckedIOException(file + " could not be read: " + e.getMessage(), e);
        }
    }
}
