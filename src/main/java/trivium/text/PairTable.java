package trivium.text;

import java.util.Arrays;

/**
 * From a pair of numbers, such as token ids, to a number ≥ 0: open addressing over two arrays, so that a look-up
 * allocates nothing.
 */
final class PairTable {

    private static final long FREE = -1;

    private long[] keys;
    private int[] values;
    private int mask;
    private int size;

    /** @param pairs how many are expected; it grows with more */
    PairTable(int pairs) {
        allocate(Integer.highestOneBit(Math.max(8, pairs)) * 4);
    }

    static long key(int left, int right) {
        return (long) left << 32 | right;
    }

    /** Keeps the last value given to a pair. */
    void put(int left, int right, int value) {
        if (4 * size > 3 * keys.length) {
            grow();
        }
        put(key(left, right), value);
    }

    private void put(long key, int value) {
        int slot = slot(key);
        size += keys[slot] == FREE ? 1 : 0;
        keys[slot] = key;
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

    private void grow() {
        long[] before = keys;
        int[] numbers = values;
        allocate(2 * before.length);
        size = 0;
        for (int i = 0; i < before.length; i++) {
            if (before[i] != FREE) {
                put(before[i], numbers[i]);
            }
        }
    }

    private void allocate(int capacity) {
        keys = new long[capacity];
        values = new int[capacity];
        mask = capacity - 1;
        Arrays.fill(keys, FREE);
    }
}
