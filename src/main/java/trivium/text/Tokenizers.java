package trivium.text;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Makes, saves and loads tokenizers. */
public final class Tokenizers {

    private static final int BYTES = 256;

    /** Bytes of a file at most; a quarter of a million tokens take 35 million. */
    private static final long LARGEST = 1L << 28;

    private Tokenizers() {}

    /** One token per character of {@code texts}, in code point order, without special tokens. */
    public static Tokenizer characters(Iterable<String> texts) {
        return CharacterTokenizer.of(texts);
    }

    /** One token per UTF-8 byte, without special tokens. */
    public static Tokenizer bytes() {
        return new ByteTokenizer(List.of());
    }

    /**
     * Byte-pair encoding trained on {@code texts}.
     *
     * @param size the final size, from 260: 256 bytes, the merges learned, and the four special tokens
     *     {@link Tokenizer#END_OF_TEXT} and those of {@link ChatTemplate#DEFAULT}. It comes out smaller only where the
     *     text has no further pair that occurs twice
     */
    public static Tokenizer bpe(Iterable<String> texts, int size) {
        return bpe(texts, size, PreTokenizers.GPT2);
    }

    /** The same with text cut another way, such as {@link PreTokenizers#WORDS}. */
    public static Tokenizer bpe(Iterable<String> texts, int size, PreTokenizer cut) {
        var specials = new ArrayList<String>();
        specials.add(Tokenizer.END_OF_TEXT);
        specials.addAll(List.of(ChatTemplate.DEFAULT.specials()));
        int least = BYTES + specials.size();
        if (size < least) {
            throw new IllegalArgumentException("a byte-pair vocabulary of " + size + " is too small: 256 bytes and "
                    + specials.size() + " special tokens already make " + least);
        }
        return BytePairTrainer.train(texts, size - specials.size(), cut, specials);
    }

    /**
     * The tokenizer that {@link Tokenizer#toJson} wrote, now or before it wrote Hugging Face's format
     * ({@link Tokenizer#identity}), or byte-pair encoding from a Hugging Face {@code tokenizer.json}: byte-level as
     * GPT-2's, Llama 3's or Qwen's, or on characters as Llama 2's. Truncation and padding that such a file asks for are
     * not carried out.
     *
     * @throws IllegalArgumentException naming the part of the file that is not supported
     */
    public static Tokenizer fromJson(String text) {
        try {
            var json = PlainJson.parse(text).getAsJsonObject();
            if (json.has("model")) {
                return simplest(HuggingFaceJson.read(json));
            }
            return switch (json.get("type").getAsString()) {
                case CharacterTokenizer.TYPE ->
                    CharacterTokenizer.of(List.of(json.get("characters").getAsString()), specials(json));
                case ByteTokenizer.TYPE -> new ByteTokenizer(specials(json));
                default -> throw new IllegalArgumentException("unknown tokenizer type " + json.get("type"));
            };
        } catch (JsonParseException
                | IllegalStateException
                | NumberFormatException
                | NullPointerException
                | IndexOutOfBoundsException
                | ClassCastException
                | StackOverflowError
                | UnsupportedOperationException e) { // what Gson throws where a field is missing or of another type
            throw new IllegalArgumentException(
                    "this is not a tokenizer: expected the JSON that toJson() or Hugging Face's library writes,"
                            + " got \""
                            + Visible.show(text.substring(0, Math.min(60, text.length()))) + "\"",
                    e);
        }
    }

    /** The tokenizer of characters or bytes that writes itself as this one, if there is one. */
    private static Tokenizer simplest(BytePairTokenizer read) {
        var specials = read.specials();
        if (!read.model().merges().isEmpty() || specials.stream().anyMatch(String::isBlank)) {
            return read;
        }
        if (read.model().byteLevel()) {
            var bytes = new ByteTokenizer(specials);
            return bytes.asBytePairs().equals(read) ? bytes : read;
        }
        var characters = read.model().tokens().stream()
                .filter(token -> token != null && !specials.contains(token))
                .toList();
        if (characters.isEmpty()
                || characters.stream().anyMatch(token -> token.codePointCount(0, token.length()) != 1)) {
            return read;
        }
        var tokenizer = CharacterTokenizer.of(characters, specials);
        return tokenizer.size() == read.size() && tokenizer.asBytePairs().equals(read) ? tokenizer : read;
    }

    private static List<String> specials(JsonObject json) {
        var names = new ArrayList<String>();
        json.getAsJsonArray("specials").forEach(name -> names.add(name.getAsString()));
        return names;
    }

    /** Writes {@code tokenizer.json} under a temporary name, then moves it into place. */
    public static void save(Tokenizer tokenizer, Path file) {
        write(tokenizer.toJson(), file);
    }

    /**
     * Reads what {@link #save} wrote, or a Hugging Face {@code tokenizer.json}; see {@link #fromJson}.
     *
     * @throws UncheckedIOException if there is no such file, or it cannot be read
     */
    public static Tokenizer load(Path file) {
        var json = text(file);
        try {
            return fromJson(json);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    /**
     * Reads byte-level BPE from the two files GPT-2's came in. Entries of the vocabulary that are no single byte and
     * that no merge makes are its special tokens.
     *
     * @param vocabulary usually {@code vocab.json} (GPT-2's own was named {@code encoder.json})
     * @param merges usually {@code merges.txt} ({@code vocab.bpe})
     */
    public static Tokenizer loadGpt2(Path vocabulary, Path merges) {
        return Gpt2Files.read(vocabulary, merges);
    }

    /**
     * Writes {@code vocab.json} and {@code merges.txt} as GPT-2's, special tokens among the vocabulary.
     *
     * @throws IllegalArgumentException unless it is byte-level BPE that cuts text as GPT-2 does
     */
    public static void saveGpt2(Tokenizer tokenizer, Path vocabulary, Path merges) {
        if (!(tokenizer instanceof BytePairTokenizer bytePairs)) {
            throw new IllegalArgumentException(
                    "vocab.json and merges.txt can hold byte-pair encoding, not a " + tokenizer);
        }
        Gpt2Files.write(bytePairs, vocabulary, merges);
    }

    /**
     * Whether words are learned with the space before them: some token is a space and more. Where text is cut before a
     * word, the space then belongs to the word.
     */
    public static boolean joinsSpaces(Tokenizer tokenizer) {
        return IntStream.range(0, tokenizer.size())
                .mapToObj(tokenizer::decode)
                .anyMatch(text -> text.length() > 1 && text.startsWith(" "));
    }

    /** @throws IllegalArgumentException if it is no file, or larger than any tokenizer */
    static String text(Path file) {
        try {
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                throw new IllegalArgumentException(file + " is a "
                        + (Files.isDirectory(file) ? "folder" : "pipe or a device")
                        + ", but the file of a tokenizer is needed here");
            }
            if (Files.exists(file) && Files.size(file) > LARGEST) {
                throw new IllegalArgumentException(String.format(
                        Locale.ROOT,
                        "the tokenizer %s could not be read: it has %,d bytes, more than the %,d that are read as one",
                        file,
                        Files.size(file),
                        LARGEST));
            }
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new UncheckedIOException(
                    "no tokenizer at " + file + "; save one with Tokenizers.save(tokenizer, path)", e);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(file + " is damaged: it is not UTF-8 text", e);
        } catch (IOException e) {
            throw new UncheckedIOException("the tokenizer " + file + " could not be read: " + e.getMessage(), e);
        }
    }

    static void write(String text, Path file) {
        try {
            var folder = file.toAbsolutePath().getParent();
            Files.createDirectories(folder);
            var part = folder.resolve(file.getFileName() + ".part");
            Files.writeString(part, text);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException("the tokenizer could not be written to " + file + ": " + e.getMessage(), e);
        }
    }

    /** {@code ", specials <|user|> <|end|>"}, or nothing. */
    static String listed(List<String> specials) {
        return specials.isEmpty() ? "" : ", specials " + String.join(" ", specials);
    }
}
