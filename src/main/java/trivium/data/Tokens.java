package trivium.data;

import java.util.Arrays;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import trivium.text.Numbers;
import trivium.text.Tokenizer;

/**
 * A corpus as one row of token ids, in memory or in a {@link TokenFile}.
 *
 * @param ids the documents one after the other, each followed by {@code <|endoftext|>} where there are several and the
 *     tokenizer has it
 * @param bytes the UTF-8 bytes of the text as it was written; end-of-text markers are no text
 * @param unknown the characters of the text that the tokenizer could not represent; 0 unless its vocabulary was made
 *     from other text
 */
public record Tokens(Ids ids, long bytes, long unknown) {

    /** Where the ids are. Any number of threads may read. */
    public interface Ids {

        /** How many there are. */
        long size();

        /** Copies ids {@code from … from + count - 1} to {@code to[at …]}. */
        void copy(long from, int[] to, int at, int count);

        /** These ids; the array is not copied. */
        static Ids of(int... ids) {
            return new Ids() {
                @Override
                public long size() {
                    return ids.length;
                }

                @Override
                public void copy(long from, int[] to, int at, int count) {
                    System.arraycopy(ids, Math.toIntExact(from), to, at, count);
                }
            };
        }

        /** Those from {@code from} to before {@code to}, where they are. */
        default Ids slice(long from, long to) {
            var whole = this;
            return new Ids() {
                @Override
                public long size() {
                    return to - from;
                }

                @Override
                public void copy(long start, int[] into, int at, int count) {
                    whole.copy(from + start, into, at, count);
                }
            };
        }

        /** All of them, where they fit an array. */
        default int[] toArray() {
            int[] all = new int[Math.toIntExact(size())];
            copy(0, all, 0, all.length);
            return all;
        }
    }

    /** Tokens in memory; the array is not copied. */
    public Tokens(int[] ids, long bytes, long unknown) {
        this(Ids.of(ids), bytes, unknown);
    }

    /** Encodes all documents as they stand. */
    public static Tokens encode(Corpus corpus, Tokenizer tokenizer) {
        return encode(corpus, tokenizer, DocumentEncoder.plain(tokenizer));
    }

    /** Encodes all documents. */
    public static Tokens encode(Corpus corpus, Tokenizer tokenizer, DocumentEncoder encoder) {
        var end = corpus.documents().size() > 1 ? tokenizer.special(Tokenizer.END_OF_TEXT) : OptionalInt.empty();
        int[] ids = new int[1024];
        int n = 0;
        long number = 0;
        long unknown = 0;
        for (String document : corpus) {
            if (Thread.interrupted()) {
                throw new CancellationException("encoding " + corpus.name() + " was interrupted");
            }
            int[] encoded = encoder.encode(document, number++);
            if (n + encoded.length + 1 > ids.length) {
                ids = Arrays.copyOf(ids, Math.max(n + encoded.length + 1, ids.length * 2));
            }
            System.arraycopy(encoded, 0, ids, n, encoded.length);
            n += encoded.length;
            if (end.isPresent()) {
                ids[n++] = end.getAsInt();
            }
            unknown += tokenizer.unknown(document);
        }
        return new Tokens(Arrays.copyOf(ids, n), corpus.bytes(), unknown);
    }

    /** How many there are. */
    public long size() {
        return ids.size();
    }

    /**
     * The UTF-8 bytes of the text that these tokens give back, which is what bits per byte divide by: all
     * {@link #bytes} but those of characters that the tokenizer could not represent. Such a character costs a model
     * nothing (or an unknown token, which tells nobody which it was), so it must not make its text look cheap.
     *
     * @param tokenizer that made these tokens
     */
    public long represented(Tokenizer tokenizer) {
        return unknown == 0 ? bytes : Boundaries.bytes(ids, tokenizer);
    }

    /**
     * Sets a share at the end aside for validation: the first {@code ⌊(1 - share) · tokens⌋} train, and the rest of the
     * document that stands there. Where no document ends after that place but the last, it is cut. Characters that the
     * tokenizer could not represent are counted on the side that trains.
     *
     * @param validationShare between 0 and 1, both excluded
     * @param tokenizer that made these tokens; it says where documents end and how many bytes the tokens stand for
     */
    public Split<Tokens> split(double validationShare, Tokenizer tokenizer) {
        Split.checkShare(validationShare);
        long cut = Boundaries.endAfter((long) (size() * (1 - validationShare)), ids, tokenizer);
        if (cut < 1 || size() - cut < 2) {
            throw new IllegalArgumentException(
                    size() + " tokens are too few to set " + validationShare + " of them aside for validation");
        }
        var after = ids.slice(cut, size());
        long held = Boundaries.bytes(after, tokenizer);
        return new Split<>(new Tokens(ids.slice(0, cut), bytes - held, unknown), new Tokens(after, held, 0));
    }

    /** The text of each document, read back from its tokens. */
    public Stream<String> documents(Tokenizer tokenizer) {
        return Boundaries.of(ids, tokenizer);
    }

    @Override
    public String toString() {
        return Numbers.count(size(), "token") + " for " + Numbers.count(bytes, "byte")
                + (unknown == 0 ? "" : ", " + Numbers.count(unknown, "character") + " unknown");
    }
}
