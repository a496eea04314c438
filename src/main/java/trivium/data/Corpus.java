package trivium.data;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import trivium.data.files.ContentHash;
import trivium.data.files.Format;
import trivium.data.files.Records;
import trivium.data.files.Source;
import trivium.data.files.Summary;
import trivium.text.Tokenizer;

/**
 * Text to pre-train on: a list of documents.
 *
 * @param name where it comes from, for people
 * @param documents none of them blank
 * @param summary how many records the files held and how many of them were left out; {@link Summary#NONE} if there were
 *     none
 */
public record Corpus(String name, List<String> documents, Summary summary) implements Iterable<String>, Texts {

    /** The marker between documents takes the line ends around it with it. */
    private static final Pattern BOUNDARY =
            Pattern.compile("[\r\n]*" + Pattern.quote(Tokenizer.END_OF_TEXT) + "[\r\n]*");

    public Corpus {
        documents = documents.stream().filter(document -> !document.isBlank()).toList();
        if (documents.isEmpty()) {
            throw new IllegalArgumentException(name + " is empty: it holds no text");
        }
    }

    /** Documents that were not read from files. */
    public Corpus(String name, List<String> documents) {
        this(name, documents, Summary.NONE);
    }

    /** Reads files and folders as they show themselves; see {@link #read(Format, Path...)}. */
    public static Corpus read(String... paths) {
        return read(Format.GUESS, paths);
    }

    /** Reads files and folders; see {@link #read(Format, Path...)}. */
    public static Corpus read(Format format, String... paths) {
        return read(format, Stream.of(paths).map(Path::of).toArray(Path[]::new));
    }

    /** Reads files and folders as they show themselves; see {@link #read(Format, Path...)}. */
    public static Corpus read(Path... paths) {
        return read(Format.GUESS, paths);
    }

    /**
     * Reads documents from plain text (cut as {@link Format#cut} says), or from records with a text: JSON Lines, a JSON
     * list, CSV or TSV; packed with gzip or not. A folder stands for every text file in and below it, in path order.
     * docs/formats.md has the rules. Other than {@link #text(Path)}, which keeps a file to the character, it reads CRLF
     * as a line end, replaces what is not UTF-8 and leaves out copies.
     *
     * <p>What is left out is counted in the {@link #summary}. A guessed shape is named on standard output.
     *
     * @throws java.io.UncheckedIOException if there is no such file, or it cannot be read
     * @throws IllegalArgumentException naming file, line and field if there is no text in it
     */
    public static Corpus read(Format format, Path... paths) {
        return stream(format, paths).collect((documents, summary) -> new Corpus(summary.source(), documents, summary));
    }

    /** Reads the same documents one by one, for files too large for memory. Close it after use. */
    public static Records<String> stream(Format format, Path... paths) {
        if (paths.length == 0) {
            throw new IllegalArgumentException("there is no file to read");
        }
        var name = Stream.of(paths).map(Path::toString).collect(Collectors.joining(", "));
        return Records.documents(name, List.of(paths), format, document -> document);
    }

    /** Reads a UTF-8 file, or every {@code .txt} file of a folder; see {@link #text(Path)}. */
    public static Corpus text(String path) {
        return text(Path.of(path));
    }

    /**
     * Reads a UTF-8 file, or every {@code .txt} file in and below a folder, in path order. A file that holds
     * {@code <|endoftext|>} is cut into documents there (the line ends around the marker go with it); otherwise it is
     * one document, kept to the character.
     *
     * @throws java.io.UncheckedIOException if there is no such file
     * @throws IllegalArgumentException if there is no text, or it is not UTF-8
     */
    public static Corpus text(Path path) {
        Source.checkExists(path);
        var files = Files.isDirectory(path) ? Source.within(path, ".txt") : List.of(path);
        return new Corpus(
                path.toString(),
                files.stream().map(TextFiles::read).flatMap(Corpus::cut).toList());
    }

    static Stream<String> cut(String text) {
        return text.contains(Tokenizer.END_OF_TEXT) ? BOUNDARY.splitAsStream(text) : Stream.of(text);
    }

    /** These documents. */
    public static Corpus of(String... documents) {
        return of(List.of(documents));
    }

    /** These documents. */
    public static Corpus of(List<String> documents) {
        return new Corpus("corpus", documents);
    }

    @Override
    public Iterator<String> iterator() {
        return documents.iterator();
    }

    @Override
    public String noun() {
        return "document";
    }

    @Override
    public List<String> parts() {
        return List.of("document");
    }

    @Override
    public int size() {
        return documents.size();
    }

    @Override
    public String text(int record, int part) {
        return documents.get(record);
    }

    /** The number of characters (Unicode code points) in all documents. */
    public long characters() {
        return documents.stream()
                .mapToLong(document -> document.codePointCount(0, document.length()))
                .sum();
    }

    /** The number of UTF-8 bytes of all documents, without markers between them. */
    public long bytes() {
        return documents.stream().mapToLong(Corpus::bytes).sum();
    }

    static long bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /**
     * SHA-256 of the documents with {@code <|endoftext|>} between them; for a single document that of its UTF-8 file.
     */
    @Override
    public String sha256() {
        return ContentHash.of(Stream.concat(
                Stream.of(documents.getFirst()),
                documents.stream().skip(1).flatMap(document -> Stream.of(Tokenizer.END_OF_TEXT, document))));
    }

    /**
     * Sets a share aside for validation. Several documents are split document by document, by a hash of their content:
     * no text is on both sides and adding documents moves none across (unless one side had none). A single document is
     * cut: its first {@code ⌊(1 - share) · characters⌋} characters train.
     *
     * @param validationShare between 0 and 1, both excluded
     */
    public Split<Corpus> split(double validationShare) {
        Split.checkShare(validationShare);
        if (documents.size() > 1) {
            var split = Split.byContent(documents, document -> document, validationShare, "documents");
            return parts(split.train(), split.validation());
        }
        var document = documents.getFirst();
        int cut = document.offsetByCodePoints(0, (int) (characters() * (1 - validationShare)));
        var train = document.substring(0, cut);
        var validation = document.substring(cut);
        if (train.isBlank() || validation.isBlank()) {
            throw new IllegalArgumentException(name + " is too short to set " + validationShare
                    + " of it aside: it has " + characters() + " characters");
        }
        return parts(List.of(train), List.of(validation));
    }

    private Split<Corpus> parts(List<String> train, List<String> validation) {
        return new Split<>(new Corpus(name + " (train)", train), new Corpus(name + " (validation)", validation));
    }

    @Override
    public String toString() {
        var counted = String.format(
                Locale.ROOT,
                "%,d characters in %,d document%s",
                characters(),
                documents.size(),
                documents.size() == 1 ? "" : "s");
        return (!summary.isNone() ? summary + "; " : name + ": ") + counted;
    }
}
