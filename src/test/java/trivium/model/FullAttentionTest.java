package trivium.model;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import trivium.model.Architecture.Attention;
import trivium.tensor.Floats;
import trivium.tensor.RowLayout;

/** Attention in blocks of queries against the formulas, number by number in float64. */
class FullAttentionTest {

    private static final int SIZE = 3;
    private static final int HEADS = 4;
    private static final int SHARED = 2;
    private static final int STRIDE = (HEADS + 2 * SHARED) * SIZE;

    private final SplittableRandom random = new SplittableRandom(6);

    /** Lengths around the size of a block and its multiples. */
    @Test
    void anyLength() {
        for (int time : new int[] {1, 7, 31, 32, 33, 64, 65, 131}) {
            check(1, time, true, RowLayout.NONE);
        }
        check(1, 70, false, RowLayout.NONE);
    }

    @Test
    void documentsOfARow() {
        int[][] ends = {{70, 71, 139}, {140}, {5, 135, 138}};
        check(3, 140, true, new RowLayout(1, ends));
        check(3, 140, false, new RowLayout(1, ends));
    }

    private void check(int rows, int time, boolean causal, RowLayout layout) {
        var architecture = Gpt.of(time, HEADS * SIZE, 1, HEADS).attention(new Attention(HEADS, SHARED, causal));
        var attention = new FullAttention(architecture, null, new FullAttention.Room(architecture, time));
        var qkv = normals(rows * time * STRIDE);
        var dy = normals(rows * time * HEADS * SIZE);
        for (int row = 0; row < rows; row++) {
            int used = layout.used(row, time);
            // nothing is learned from padding
            dy.slice((long) (row * time + used) * HEADS * SIZE, (long) (time - used) * HEADS * SIZE)
                    .clear();
        }
        var y = Floats.zeros(dy.size());
        var dQkv = normals(rows * time * STRIDE); // what was there before must not matter
        attention.shape(new Positions().all(0, rows, time - time / 3), 0, RowLayout.NONE); // leaves weights elsewhere
        attention.mix(normals(rows * time * STRIDE), y);
        var positions = new Positions().of(layout, 0, rows, time);
        attention.shape(positions, 0, layout);
        var text = textOf(qkv, positions, STRIDE);
        attention.mix(text, y);
        attention.backward(text, textOf(dy, positions, HEADS * SIZE), dQkv);
        var weights = attention.weights(text);
        long row0 = 0;
        var gradients = new double[(int) qkv.size()];
        for (int row = 0; row < rows; row++) {
            int used = layout.used(row, time);
            for (int head = 0; head < HEADS; head++) {
                for (int t = 0; t < used; t++) {
                    var w = weights(qkv, row, head, t, time, causal, layout);
                    for (int s = 0; s < used; s++) {
                        float found = weights.get(row0 + ((long) head * used + t) * used + s);
                        assertEquals(w[s], found, w[s] == 0 ? 0 : 1e-6, t + " looks at " + s + " of " + time);
                    }
                    look(qkv, dy, row, head, t, time, w, y, positions.start(row), gradients);
                }
            }
            for (int i = 0; i < used * STRIDE; i++) {
                float found = dQkv.get((long) positions.start(row) * STRIDE + i);
                assertEquals(
                        gradients[row * time * STRIDE + i],
                        found,
                        2e-5,
                        "gradient " + i % STRIDE + " at " + i / STRIDE);
            }
            row0 += (long) HEADS * used * used;
        }
    }

    /** What position t of a row looks at, 0 where it must not. */
    private static double[] weights(Floats qkv, int row, int head, int t, int time, boolean causal, RowLayout layout) {
        int start = 0;
        int end = layout.used(row, time);
        for (int i = 0; i < layout.documents(row); i++) {
            if (layout.start(row, i) <= t) {
                start = layout.start(row, i);
                end = layout.ends().length == 0 ? time : layout.ends()[row][i];
            }
        }
        var weights = new double[time];
        double sum = 0;
        for (int s = start; s < (causal ? t + 1 : end); s++) {
            double score = 0;
            for (int i = 0; i < SIZE; i++) {
                score += (double) qkv.get(query(row, time, t, head) + i) * qkv.get(key(row, time, s, head) + i);
            }
            weights[s] = Math.exp(score / Math.sqrt(SIZE));
            sum += weights[s];
        }
        for (int s = 0; s < time; s++) {
            weights[s] /= sum;
        }
        return weights;
    }

    /** Checks what position t gathers and adds what its dy gives to queries, keys and values. */
    private static void look(
            Floats qkv,
            Floats dy,
            int row,
            int head,
            int t,
            int time,
            double[] w,
            Floats y,
            int start,
            double[] gradients) {
        long out = ((long) (row * time + t) * HEADS + head) * SIZE;
        long mixed = ((long) (start + t) * HEADS + head) * SIZE;
        var gathered = new double[SIZE];
        var dw = new double[time];
        double mean = 0;
        for (int s = 0; s < time; s++) {
            int value = key(row, time, s, head) + SHARED * SIZE;
            for (int i = 0; i < SIZE; i++) {
                gathered[i] += w[s] * qkv.get(value + i);
                dw[s] += (double) dy.get(out + i) * qkv.get(value + i);
                gradients[value + i] += w[s] * dy.get(out + i);
            }
            mean += w[s] * dw[s];
        }
        int query = query(row, time, t, head);
        for (int i = 0; i < SIZE; i++) {
            assertEquals(gathered[i], y.get(mixed + i), 1e-5, "gathered at " + t + " of " + time);
            for (int s = 0; s < time; s++) {
                double score = w[s] * (dw[s] - mean) / Math.sqrt(SIZE);
                gradients[query + i] += score * qkv.get(key(row, time, s, head) + i);
                gradients[key(row, time, s, head) + i] += score * qkv.get(query + i);
            }
        }
    }

    private static int query(int row, int time, int t, int head) {
        return (row * time + t) * STRIDE + head * SIZE;
    }

    private static int key(int row, int time, int t, int head) {
        return query(row, time, t, HEADS + head / (HEADS / SHARED));
    }

    /** What stands at these positions, so many numbers at each, of what stands at all of the batch. */
    private static Floats textOf(Floats all, Positions positions, int each) {
        var text = Floats.zeros((long) positions.count() * each);
        for (int i = 0; i < positions.count(); i++) {
            text.copyFrom(all, (long) positions.place(i) * each, (long) i * each, each);
        }
        return text;
    }

    private Floats normals(int n) {
        var values = new float[n];
        for (int i = 0; i < n; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Floats.of(values);
    }
}
