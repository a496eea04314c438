package trivium.tensor;

import jdk.incubator.vector.FloatVector;

/**
 * One layer's key-value cache of a decoder's rows, and attention of new tokens over it. Both are kept in the order in
 * which attention walks over them: a head's values position by position, (capacity, D); its keys in blocks of
 * neighbouring positions, (capacity / block, D, block), so that scores of many positions are computed lane by lane
 * without adding across lanes.
 */
public final class CachedAttention {

    /** Positions of a block of keys. */
    private static final int BLOCK = Math.max(64, 4 * Lanes.COUNT);

    private final int groups; // K
    private final int size; // D
    private final int capacity;
    private final Floats keys; // (rows, K, capacity / BLOCK, D, BLOCK)
    private final Floats values; // (rows, K, capacity, D)
    private final Floats scores; // (rows, capacity)

    /**
     * Room for the keys and values of these rows.
     *
     * @param groups K, heads of keys and values
     * @param size D, numbers of a head
     * @param context positions of a row, at most
     */
    public CachedAttention(int rows, int groups, int size, int context) {
        this.groups = groups;
        this.size = size;
        capacity = capacity(context);
        keys = Floats.zeros((long) rows * groups * size * capacity);
        values = Floats.zeros((long) rows * groups * size * capacity);
        scores = Floats.zeros((long) rows * capacity);
    }

    /** Positions that each row has room for: whole blocks. */
    private static int capacity(int context) {
        return Math.ceilDiv(context, BLOCK) * BLOCK;
    }

    /** Numbers that a cache takes. */
    public static long size(int rows, int groups, int size, int context) {
        return rows * (2L * groups * size + 1) * capacity(context);
    }

    /** Writes a token's keys (K, D) and, after them, its values (K, D), which start at {@code from[at]}. */
    public void put(int row, int position, Floats from, long at) {
        for (int group = 0; group < groups; group++) {
            long head = head(row, group);
            putKey(from, at + (long) group * size, size, keys, head + key(position));
            values.copyFrom(from, at + (long) (groups + group) * size, head + (long) position * size, size);
        }
    }

    private static void putKey(Floats from, long at, int size, Floats keys, long to) {
        for (int i = 0; i < size; i++) {
            keys.set(to + (long) i * BLOCK, from.get(at + i));
        }
    }

    /** The first {@code length} positions of one row become those of another. */
    public void copyRow(int from, int to, int length) {
        for (int group = 0; group < groups; group++) {
            long source = head(from, group);
            long target = head(to, group);
            keys.copyFrom(keys, source, target, (long) Math.ceilDiv(length, BLOCK) * BLOCK * size);
            values.copyFrom(values, source, target, (long) length * size);
        }
    }

    private long head(int row, int group) {
        return ((long) row * groups + group) * size * capacity;
    }

    private long key(int position) {
        return (long) (position / BLOCK) * BLOCK * size + position % BLOCK;
    }

    /**
     * y = softmax(scale · q · Kᵀ) · V for each of a token's heads, over the first {@code length} positions of its row.
     * Several threads may do this at once, each for another row.
     *
     * @param heads H, a multiple of K; heads that follow one another share keys and values
     * @param queries (H, D) from {@code at} on
     * @param y (H, D) from {@code to} on
     */
    public void attend(int row, int length, int heads, float scale, Floats queries, long at, Floats y, long to) {
        long own = (long) row * capacity;
        var memory = scores.memory();
        for (int i = 0; i < heads; i++) {
            long head = head(row, i / (heads / groups));
            score(queries, at + (long) i * size, keys, head, length, size, scores, own);
            float shift = -Exponentials.max(memory, own, length) * scale;
            float sum = Exponentials.exponentials(memory, own, length, scale, shift);
            mix(scores, own, 1 / sum, values, head, length, size, y, to + (long) i * size);
        }
    }

    /** q · Kᵀ; lanes past the length may hold anything. */
    private static void score(
            Floats query, long queryAt, Floats keys, long head, int length, int size, Floats scores, long to) {
        for (int j = 0; j < length; j += 4 * Lanes.COUNT) {
            long at = head + (long) (j / BLOCK) * BLOCK * size + j % BLOCK;
            if (length - j > 2 * Lanes.COUNT) {
                scoreFour(query, queryAt, keys, at, size, scores, to + j);
            } else {
                scoreTwo(query, queryAt, keys, at, size, scores, to + j);
            }
        }
    }

    private static void scoreTwo(
            Floats query, long queryAt, Floats keys, long keysAt, int size, Floats scores, long to) {
        var k = keys.memory();
        FloatVector a = Lanes.zero(), b = a;
        for (int i = 0; i < size; i++) {
            var q = Lanes.all(query.get(queryAt + i));
            long at = keysAt + (long) i * BLOCK;
            a = Lanes.load(k, at).fma(q, a);
            b = Lanes.load(k, at + Lanes.COUNT).fma(q, b);
        }
        var s = scores.memory();
        Lanes.store(a, s, to);
        Lanes.store(b, s, to + Lanes.COUNT);
    }

    /** Four sums at once, since each addition waits for the one before. */
    private static void scoreFour(
            Floats query, long queryAt, Floats keys, long keysAt, int size, Floats scores, long to) {
        var k = keys.memory();
        FloatVector a = Lanes.zero(), b = a, c = a, d = a;
        for (int i = 0; i < size; i++) {
            var q = Lanes.all(query.get(queryAt + i));
            long at = keysAt + (long) i * BLOCK;
            a = Lanes.load(k, at).fma(q, a);
            b = Lanes.load(k, at + Lanes.COUNT).fma(q, b);
            c = Lanes.load(k, at + 2L * Lanes.COUNT).fma(q, c);
            d = Lanes.load(k, at + 3L * Lanes.COUNT).fma(q, d);
        }
        var s = scores.memory();
        Lanes.store(a, s, to);
        Lanes.store(b, s, to + Lanes.COUNT);
        Lanes.store(c, s, to + 2L * Lanes.COUNT);
        Lanes.store(d, s, to + 3L * Lanes.COUNT);
    }

    private static void mix(
            Floats weights,
            long own,
            float inverse,
            Floats values,
            long head,
            int length,
            int size,
            Floats y,
            long to) {
        int i = 0;
        for (; i + 4 * Lanes.COUNT <= size; i += 4 * Lanes.COUNT) {
            mixFour(weights, own, inverse, values, head + i, size, length, y, to + i);
        }
        for (; i + 2 * Lanes.COUNT <= size; i += 2 * Lanes.COUNT) {
            mixTwo(weights, own, inverse, values, head + i, size, length, y, to + i);
        }
        for (; i < size; i += Lanes.COUNT) {
            mixOne(weights, own, inverse, values, head + i, size, length, y, to + i, size - i);
        }
    }

    /** The first {@code count} lanes are stored. */
    private static void mixOne(
            Floats weights,
            long own,
            float inverse,
            Floats values,
            long valuesAt,
            int size,
            int length,
            Floats y,
            long yAt,
            int count) {
        var v = values.memory();
        var sum = Lanes.zero();
        for (int j = 0; j < length; j++) {
            sum = Lanes.load(v, valuesAt + (long) j * size).fma(Lanes.all(weights.get(own + j)), sum);
        }
        Lanes.store(sum.mul(inverse), y.memory(), yAt, Lanes.SPECIES.indexInRange(0, count));
    }

    /** Two vectors, and even and odd positions apart: four sums at once. */
    private static void mixTwo(
            Floats weights,
            long own,
            float inverse,
            Floats values,
            long valuesAt,
            int size,
            int length,
            Floats y,
            long yAt) {
        var v = values.memory();
        FloatVector a = Lanes.zero(), b = a, c = a, d = a;
        int j = 0;
        for (; j + 2 <= length; j += 2) {
            long at = valuesAt + (long) j * size;
            var even = Lanes.all(weights.get(own + j));
            var odd = Lanes.all(weights.get(own + j + 1));
            a = Lanes.load(v, at).fma(even, a);
            b = Lanes.load(v, at + Lanes.COUNT).fma(even, b);
            c = Lanes.load(v, at + size).fma(odd, c);
            d = Lanes.load(v, at + size + Lanes.COUNT).fma(odd, d);
        }
        if (j < length) {
            long at = valuesAt + (long) j * size;
            var last = Lanes.all(weights.get(own + j));
            a = Lanes.load(v, at).fma(last, a);
            b = Lanes.load(v, at + Lanes.COUNT).fma(last, b);
        }
        Lanes.store(a.add(c).mul(inverse), y.memory(), yAt);
        Lanes.store(b.add(d).mul(inverse), y.memory(), yAt + Lanes.COUNT);
    }

    /** Four vectors, and even and odd positions apart: eight sums at once. */
    private static void mixFour(
            Floats weights,
            long own,
            float inverse,
            Floats values,
            long valuesAt,
            int size,
            int length,
            Floats y,
            long yAt) {
        var v = values.memory();
        FloatVector a = Lanes.zero(), b = a, c = a, d = a;
        FloatVector e = a, f = a, g = a, h = a;
        int j = 0;
        for (; j + 2 <= length; j += 2) {
            long at = valuesAt + (long) j * size;
            var even = Lanes.all(weights.get(own + j));
            a = Lanes.load(v, at).fma(even, a);
            b = Lanes.load(v, at + Lanes.COUNT).fma(even, b);
            c = Lanes.load(v, at + 2L * Lanes.COUNT).fma(even, c);
            d = Lanes.load(v, at + 3L * Lanes.COUNT).fma(even, d);
            at += size;
            var odd = Lanes.all(weights.get(own + j + 1));
            e = Lanes.load(v, at).fma(odd, e);
            f = Lanes.load(v, at + Lanes.COUNT).fma(odd, f);
            g = Lanes.load(v, at + 2L * Lanes.COUNT).fma(odd, g);
            h = Lanes.load(v, at + 3L * Lanes.COUNT).fma(odd, h);
        }
        if (j < length) {
            long at = valuesAt + (long) j * size;
            var last = Lanes.all(weights.get(own + j));
            a = Lanes.load(v, at).fma(last, a);
            b = Lanes.load(v, at + Lanes.COUNT).fma(last, b);
            c = Lanes.load(v, at + 2L * Lanes.COUNT).fma(last, c);
            d = Lanes.load(v, at + 3L * Lanes.COUNT).fma(last, d);
        }
        Lanes.store(a.add(e).mul(inverse), y.memory(), yAt);
        Lanes.store(b.add(f).mul(inverse), y.memory(), yAt + Lanes.COUNT);
        Lanes.store(c.add(g).mul(inverse), y.memory(), yAt + 2L * Lanes.COUNT);
        Lanes.store(d.add(h).mul(inverse), y.memory(), yAt + 3L * Lanes.COUNT);
    }
}
