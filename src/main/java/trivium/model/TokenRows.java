package trivium.model;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import trivium.tensor.Blas;
import trivium.tensor.Floats;
import trivium.tensor.Rows;

/**
 * Rows of some tokens that an adapter trains alone, each in place of that row of the embedding, or of the head, beneath
 * (PEFT's {@code trainable_token_indices}).
 *
 * @param ids of the tokens, each once, in the order of their rows
 * @param at where the rows (k, C) stand among the adapter's numbers
 * @param places the row of each token
 */
record TokenRows(List<Integer> ids, long at, Map<Integer, Integer> places) {

    /** No rows. */
    static final TokenRows NONE = of(List.of(), -1);

    static TokenRows of(List<Integer> ids, long at) {
        var places = new HashMap<Integer, Integer>();
        for (int i = 0; i < ids.size(); i++) {
            places.put(ids.get(i), i);
        }
        return new TokenRows(List.copyOf(ids), at, Map.copyOf(places));
    }

    boolean isEmpty() {
        return ids.isEmpty();
    }

    int count() {
        return ids.size();
    }

    /** Where a token's row stands among the adapter's numbers, or -1 if it has none. */
    long place(int token, int width) {
        var row = places.get(token);
        return row == null ? -1 : at + (long) row * width;
    }

    /** Copies the rows of a table (V, C) that these take the place of. */
    void copyFrom(Weights table, long from, Floats numbers, int width) {
        for (int i = 0; i < ids.size(); i++) {
            table.read(from + (long) ids.get(i) * width, numbers, at + (long) i * width, width);
        }
    }

    /** Puts the rows into a table (V, C). */
    void copyTo(Floats table, long to, Floats numbers, int width) {
        for (int i = 0; i < ids.size(); i++) {
            table.copyFrom(numbers, at + (long) i * width, to + (long) ids.get(i) * width, width);
        }
    }

    /**
     * Overwrites the outputs of these tokens, as a head with these rows computes them.
     *
     * @param head the head beneath, whose bias stays
     * @param vectors where that stands
     * @param x from its row {@code from} on (n, C)
     * @param y likewise (n, V)
     * @param few room for (n, k)
     */
    void outputs(Linear head, Floats vectors, Floats numbers, Floats x, Floats y, int from, int n, Floats few) {
        int k = count();
        int width = head.in();
        Blas.multiply(false, true, n, k, width, x, (long) from * width, width, numbers, at, width, 0, few, 0, k);
        for (int j = 0; j < k; j++) {
            int id = ids.get(j);
            float bias = head.bias() < 0 ? 0 : vectors.get(head.bias() + id);
            for (int i = 0; i < n; i++) {
                y.set((long) (from + i) * head.out() + id, few.get((long) i * k + j) + bias);
            }
        }
    }

    /** The columns of these tokens of dy (n, V), side by side (n, k). */
    void take(Floats dy, int out, int n, Floats few) {
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < count(); j++) {
                few.set((long) i * count() + j, dy.get((long) i * out + ids.get(j)));
            }
        }
    }

    /** Puts such columns back, or zeros in their place. */
    void put(Floats few, float factor, Floats dy, int out, int n) {
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < count(); j++) {
                dy.set((long) i * out + ids.get(j), factor * few.get((long) i * count() + j));
            }
        }
    }

    /** The gradient at the rows, as those of a head: overwrites it, or adds to it. */
    void headGradient(Floats few, Floats x, int width, int n, boolean add, Floats gradient) {
        Blas.multiply(true, false, count(), width, n, few, 0, count(), x, 0, width, add ? 1 : 0, gradient, at, width);
    }

    /** Adds what comes back to a token's place in the text to its row, if it has one. */
    void lookUpGradient(int token, Floats dx, long from, float scale, int width, Floats gradient) {
        long row = place(token, width);
        if (row >= 0) {
            Rows.addScaled(dx, from, scale, gradient, row, width);
        }
    }
}
