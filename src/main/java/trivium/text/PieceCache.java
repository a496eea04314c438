package trivium.text;

import java.util.Arrays;

/**
 * Remembers the tokens of pieces of text, since text repeats its words: one slot per hash, in which the newest piece
 * replaces the one before.
 *
 * <p>Entries are immutable, so threads may share a cache without locks; at worst two threads merge the same piece.
 */
final class PieceCache {

    private static final int BITS = 17;
    private static final int SLOTS = 1 << BITS;

    private record Entry(char[] piece, int[] ids) {}

    private final Entry[] slots = new Entry[SLOTS];

    /** The tokens of {@code text[from] … text[to - 1]}, or null if they are not known. */
    int[] get(char[] text, int from, int to, int slot) {
        var entry = slots[slot];
        return entry != null && Arrays.equals(entry.piece, 0, entry.piece.length, text, from, to) ? entry.ids : null;
    }

    void put(char[] text, int from, int to, int slot, int[] ids) {
        slots[slot] = new Entry(Arrays.copyOfRange(text, from, to), ids);
    }

    static int slot(char[] text, int from, int to) {
        int hash = 0;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + text[i];
        }
        return (hash * 0x9E3779B9) >>> 32 - BITS;
    }
}
