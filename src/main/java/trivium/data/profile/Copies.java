package trivium.data.profile;

import java.util.BitSet;
import java.util.HashSet;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import trivium.data.Texts;
import trivium.data.Tokens;

/**
 * How much of a data set is there twice, and how much of what validates is in what is learned from. Documents and
 * pieces are compared by a hash of 64 bits, of at most {@value #MOST} tokens.
 */
public final class Copies {

    /** Tokens of a piece: what Lee et al. (2022, section 4.1) take for a copy rather than a phrase. */
    public static final int PIECE = 50;

    /** Documents shorter than this say too little to be called copies. */
    private static final int SHORTEST = 10;

    private static final long MOST = 20_000_000;

    private static final int BITS = 20;

    private static final long FACTOR = 0x9E3779B97F4A7C15L;

    private Copies() {}

    /** Records that equal an earlier one, but for capitals and white space. */
    public static Seen duplicates(Texts data) {
        var seen = new HashSet<String>();
        long copies = 0;
        for (int record = 0; record < data.size(); record++) {
            copies += seen.add(normal(data, record)) ? 0 : 1;
        }
        return new Seen(copies, data.size());
    }

    /** Records that validate which equal one that is learned from, but for capitals and white space. */
    public static Seen shared(Texts train, Texts validation) {
        var known = new HashSet<String>();
        for (int record = 0; record < train.size(); record++) {
            known.add(normal(train, record));
        }
        long copies = 0;
        for (int record = 0; record < validation.size(); record++) {
            copies += known.contains(normal(validation, record)) ? 1 : 0;
        }
        return new Seen(copies, validation.size());
    }

    private static String normal(Texts data, int record) {
        var text = new StringBuilder(data.kind(record));
        for (int part = 0; part < data.parts().size(); part++) {
            text.append('\n')
                    .append(data.text(record, part)
                            .strip()
                            .replaceAll("\\s+", " ")
                            .toLowerCase(Locale.ROOT));
        }
        return text.toString();
    }

    /** Documents that equal an earlier one, token by token; of short ones nothing is said. */
    public static Seen duplicates(Tokens text, OptionalInt end) {
        var reader = new Reader(end);
        var seen = new HashSet<Long>();
        long[] counts = new long[2];
        reader.documents(text, (ids, from, length) -> {
            if (length >= SHORTEST) {
                counts[0] += seen.add(hash(ids, from, length)) ? 0 : 1;
                counts[1]++;
            }
        });
        return new Seen(counts[0], counts[1]);
    }

    /**
     * Pieces of {@value #PIECE} tokens of the text that validates, and its shorter documents, that stand in the text
     * that is learned from, token by token.
     *
     * @param end between documents; empty where there is one only
     */
    public static Seen shared(Tokens train, Tokens validation, OptionalInt end) {
        var pieces = new HashSet<Long>();
        var filter = new BitSet(1 << BITS);
        var documents = new HashSet<Long>();
        long[] all = new long[1];
        var reader = new Reader(end);
        reader.documents(validation, (ids, from, length) -> {
            for (int at = 0; at + PIECE <= length; at += PIECE) {
                long hash = hash(ids, from + at, PIECE);
                pieces.add(hash);
                filter.set(slot(hash));
            }
            if (length < PIECE && length >= SHORTEST) {
                documents.add(hash(ids, from, length));
            }
        });
        all[0] = (long) pieces.size() + documents.size();
        reader.documents(train, (ids, from, length) -> {
            if (length >= SHORTEST && length < PIECE) {
                documents.remove(hash(ids, from, length));
            }
            roll(ids, from, length, pieces, filter);
        });
        return new Seen(all[0] - pieces.size() - documents.size(), all[0]);
    }

    /** Takes away the hashes of all sequences of a piece's length in a document. */
    private static void roll(int[] ids, int from, int length, Set<Long> pieces, BitSet filter) {
        if (length < PIECE || pieces.isEmpty()) {
            return;
        }
        long power = 1;
        for (int i = 1; i < PIECE; i++) {
            power *= FACTOR;
        }
        long hash = hash(ids, from, PIECE);
        remove(hash, pieces, filter);
        for (int i = from + PIECE; i < from + length; i++) {
            hash = (hash - power * (ids[i - PIECE] + 1L)) * FACTOR + ids[i] + 1;
            remove(hash, pieces, filter);
        }
    }

    /** Nearly all hashes are none of a piece, which the filter says without an object for each. */
    private static void remove(long hash, Set<Long> pieces, BitSet filter) {
        if (filter.get(slot(hash))) {
            pieces.remove(hash);
        }
    }

    private static int slot(long hash) {
        return (int) (hash >>> (Long.SIZE - BITS));
    }

    private static long hash(int[] ids, int from, int count) {
        long hash = 0;
        for (int i = from; i < from + count; i++) {
            hash = hash * FACTOR + ids[i] + 1;
        }
        return hash;
    }

    @FunctionalInterface
    private interface Visitor {
        void see(int[] ids, int from, int length);
    }

    /** Goes through documents, where they stand among the tokens. */
    private record Reader(OptionalInt end) {

        void documents(Tokens text, Visitor visitor) {
            int size = (int) Math.min(text.size(), MOST);
            int[] ids = new int[size];
            text.ids().copy(0, ids, 0, size);
            int from = 0;
            for (int i = 0; i <= size; i++) {
                if (i == size || end.isPresent() && ids[i] == end.getAsInt()) {
                    visitor.see(ids, from, i - from);
                    from = i + 1;
                }
            }
        }
    }
}
