package trivium.text;

import java.util.Arrays;

/** From a pair of token ids to a number ≥ 0: open addressing over two arrays, so that a look-up allocates nothing. */
final class PairTable {

    private static final long FREE = -1;

    private final long[] keys;
    private final int[] values;
    private final int mask;

    PairTable(int pairs) {
        int capacity = Integer.highestOneBit(Math.max(8, pairs)) * 4;
        keys = new long[capacity];
        values = new int[capacity];
        mask = capacity - 1;
        Arrays.fill(keys, FREE);
    }

    static long key(int left, int right) {
        return (long) left << 32 | right;
    }

    /** Keeps the last value given to a pair. */
    void put(int left, int right, int value) {
        int slot = slot(key(left, right));
        keys[slot] = key(left, right);
        values[slot] = value;
    }

    /** The pair's number, or -1. */
    int get(int left, int right) {
        int slot = slot(key(left, right));
        return keys[slot] == FREE ? -1 : values[slot];
    }

    private int slot(long key) {
        long mixed = key * 0x9E3779B97F4A7C15L;
        int slot = (int) (mixed >>> 32) & mask;
        while (keys[slot] != FREE && keys[slot] != key) {
            slot = slot + 1 & mask;
        }
        return slot;
    }
}
