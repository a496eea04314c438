package trivium.data;

import java.util.Arrays;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;
import trivium.text.Tokenizer;

/**
 * A corpus as one row of token ids, in memory or in a {@link TokenFile}.
 *
 * @param ids the documents one after the other, each followed by {@code <|endoftext|>} where there are several and the
 *     tokenizer has it
 * @param bytes the UTF-8 bytes of the text, for bits per byte; end-of-text markers are no text
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

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%,d tokens for %,d bytes", size(), bytes)
                + (unknown == 0 ? "" : String.format(Locale.ROOT, ", %,d characters unknown", unknown));
    }
}
