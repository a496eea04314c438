package trivium.data;

import java.nio.file.Path;
import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import trivium.text.Numbers;
import trivium.text.Tokenizer;

/**
 * One text file of any language, as documents to learn from and as beginnings to be gone on with. Sentences and words
 * end where {@link BreakIterator} says that they do without regard to a country.
 */
public final class Passages {

    /** Characters (UTF-16) of a passage at most. */
    static final int LONGEST = 1_000;

    /** A paragraph with fewer goes together with the next: a heading, a line of a dialogue. */
    static final int SHORTEST = 100;

    private static final Pattern BLANK_LINE = Pattern.compile("\n(?:[^\\S\n]*+\n)++");
    private static final Pattern LINE = Pattern.compile("\n");

    /** Words of a beginning, and its characters at most; an ideograph is half a word. */
    private static final int WORDS = 4;

    private static final int CHARACTERS = 30;

    /** Characters of a continuation at most. */
    private static final int LESSON = 160;

    private Passages() {}

    /**
     * Reads a file of UTF-8 text as one document a passage. A file that holds {@code <|endoftext|>} is cut there, as
     * {@link Corpus#text(Path)} cuts it. Others, and what is longer than 1,000 characters between two markers, are cut
     * at blank lines; paragraphs of fewer than 100 characters go together with those that follow; longer ones than
     * 1,000 are cut at the end of a line, of a sentence or of a word, whichever there is. Of copies one is kept, and
     * how many are left out is printed. Line ends of Windows become {@code \n}.
     *
     * @throws java.io.UncheckedIOException if there is no such file
     * @throws IllegalArgumentException in a sentence if it holds no text, or is not UTF-8
     */
    public static Corpus read(Path file) {
        var text = TextFiles.read(file).replace("\r\n", "\n").replace('\r', '\n');
        var documents = text.contains(Tokenizer.END_OF_TEXT)
                ? Corpus.cut(text)
                        .flatMap(document -> document.length() > LONGEST ? cut(document).stream() : Stream.of(document))
                : cut(text).stream();
        var all = documents.toList();
        var different = all.stream().distinct().toList();
        if (different.size() < all.size()) {
            System.out.println(file + ": of " + Numbers.count(all.size(), "passage") + ", "
                    + Numbers.count(all.size() - different.size()) + " stood there before, word for word, and are left"
                    + " out");
        }
        return new Corpus(file.toString(), different);
    }

    /**
     * The same of a text that is long enough to ask questions of: from which so many different {@link #beginnings} can
     * be taken.
     *
     * @throws IllegalArgumentException also if it has fewer, in a sentence that says how long a text is needed
     */
    public static Corpus read(Path file, int beginnings) {
        var corpus = read(file);
        int found = beginnings(corpus, beginnings, 1).size();
        if (found < beginnings) {
            long there = corpus.documents().stream().mapToLong(String::length).sum();
            long needed = Math.max(there + 1, there * beginnings / Math.max(1, found));
            throw new IllegalArgumentException(file + " is too short: it has " + Numbers.count(there, "character")
                    + ", in which " + Numbers.count(found, "different beginning") + " can be found, and "
                    + Numbers.count(beginnings) + " are needed; take a text of some "
                    + Numbers.count(Math.ceilDiv(needed, 1_000) * 1_000) + " characters or more");
        }
        return corpus;
    }

    static List<String> cut(String text) {
        var passages = new ArrayList<String>();
        var passage = new StringBuilder();
        BLANK_LINE
                .splitAsStream(text)
                .flatMap(paragraph -> pieces(paragraph.stripTrailing()))
                .filter(piece -> !piece.isBlank())
                .forEach(piece -> {
                    if (!passage.isEmpty() && passage.length() + 2 + piece.length() > LONGEST) {
                        take(passage, passages);
                    }
                    passage.append(passage.isEmpty() ? "" : "\n\n").append(piece);
                    if (passage.length() >= SHORTEST) {
                        take(passage, passages);
                    }
                });
        take(passage, passages);
        return passages;
    }

    private static void take(StringBuilder passage, List<String> passages) {
        if (!passage.isEmpty()) {
            passages.add(passage.toString());
            passage.setLength(0);
        }
    }

    /** A paragraph in pieces of at most {@link #LONGEST} characters. */
    private static Stream<String> pieces(String paragraph) {
        var pieces = new ArrayList<String>();
        int from = 0;
        while (paragraph.length() - from > LONGEST) {
            var window = paragraph.substring(from, from + LONGEST);
            int end = end(window);
            pieces.add(window.substring(0, end).stripTrailing());
            from += end;
            while (from < paragraph.length() && paragraph.charAt(from) == '\n') {
                from++;
            }
        }
        pieces.add(paragraph.substring(from).stripTrailing());
        return pieces.stream();
    }

    /** The best place in the second half of a text to cut it. */
    private static int end(String window) {
        int half = LONGEST / 2;
        int line = window.lastIndexOf('\n');
        if (line > half) {
            return line;
        }
        for (var breaks : List.of(
                BreakIterator.getSentenceInstance(Locale.ROOT),
                BreakIterator.getWordInstance(Locale.ROOT),
                BreakIterator.getCharacterInstance(Locale.ROOT))) {
            breaks.setText(window);
            int last = breaks.preceding(window.length());
            if (last > half) {
                return last;
            }
        }
        return LONGEST;
    }

    /**
     * Different beginnings of a text to be gone on with: the first four words (eight ideographs), at most 30
     * characters, of documents; where these are too few, of sentences; and where those are too few, of lines. What is
     * over before there is anything to go on with is no beginning.
     *
     * @param most how many are wanted; fewer where the text has no more
     * @param seed of the order in which they come
     */
    public static List<String> beginnings(Corpus corpus, int most, long seed) {
        var found = new LinkedHashSet<String>();
        var parts = List.<Function<String, Stream<String>>>of(Stream::of, Passages::sentences, LINE::splitAsStream);
        for (var part : parts) {
            if (found.size() < most) {
                add(corpus, part, most, seed, found);
            }
        }
        return List.copyOf(found);
    }

    private static void add(
            Corpus corpus, Function<String, Stream<String>> parts, int most, long seed, Set<String> found) {
        var documents = new ArrayList<>(corpus.documents());
        Collections.shuffle(documents, new Random(seed));
        documents.stream()
                .flatMap(parts)
                .map(Passages::beginning)
                .filter(beginning -> !beginning.isEmpty())
                .takeWhile(_ -> found.size() < most)
                .forEach(found::add);
    }

    private static Stream<String> sentences(String text) {
        var breaks = BreakIterator.getSentenceInstance(Locale.ROOT);
        breaks.setText(text);
        var sentences = new ArrayList<String>();
        for (int from = breaks.first(), to = breaks.next(); to != BreakIterator.DONE; from = to, to = breaks.next()) {
            sentences.add(text.substring(from, to));
        }
        return sentences.stream();
    }

    /**
     * How the text itself goes on from one of its {@link #beginnings}: to the end of the sentence, and the next
     * sentence where both together have at most 160 characters. A longer sentence ends at a word before that.
     *
     * @throws IllegalArgumentException if nowhere in the text does anything begin like this
     */
    public static String continuation(Corpus corpus, String beginning) {
        var after = corpus.documents().stream()
                .filter(document -> document.contains(beginning))
                .map(document -> document.substring(document.indexOf(beginning) + beginning.length()))
                .max(Comparator.comparingInt(rest -> Math.min(rest.strip().length(), LESSON)))
                .orElseThrow(() -> new IllegalArgumentException(
                        "\"" + beginning + "\" stands nowhere in " + corpus.name() + ": take one of its beginnings"));
        var said = new StringBuilder();
        sentences(after)
                .limit(2)
                .takeWhile(sentence -> said.length() + sentence.length() <= LESSON)
                .forEach(said::append);
        return (said.isEmpty() ? word(after) : said.toString()).stripTrailing();
    }

    /** The first words of a text, at most {@link #LESSON} characters. */
    private static String word(String text) {
        var window = text.substring(0, Math.min(LESSON, text.length()));
        var breaks = BreakIterator.getWordInstance(Locale.ROOT);
        breaks.setText(window);
        int last = breaks.preceding(window.length());
        return last > 0 ? window.substring(0, last) : window;
    }

    /** The first words of a text, on its first line; nothing if it is not twice as long. */
    static String beginning(String text) {
        var all = text.strip();
        var line = all.lines().findFirst().orElse("");
        double words = 0;
        int end = 0;
        boolean inside = false;
        while (end < line.length() && line.codePointCount(0, end) < CHARACTERS) {
            int c = line.codePointAt(end);
            boolean alone = isWordByItself(c);
            boolean part = isPart(c);
            if (words >= WORDS && !(inside && part && !alone)) {
                break;
            }
            words += alone ? 0.5 : part && !inside ? 1 : 0;
            inside = part && !alone;
            end += Character.charCount(c);
        }
        var beginning = line.substring(0, end).strip();
        return (words >= 2 || end == CHARACTERS) && all.length() >= 2 * beginning.length() ? beginning : "";
    }

    private static boolean isPart(int c) {
        return switch (Character.getType(c)) {
            case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK -> true;
            default -> Character.isLetterOrDigit(c);
        };
    }

    private static boolean isWordByItself(int c) {
        var block = Character.UnicodeScript.of(c);
        return Character.isIdeographic(c)
                || block == Character.UnicodeScript.HIRAGANA
                || block == Character.UnicodeScript.KATAKANA;
    }
}
