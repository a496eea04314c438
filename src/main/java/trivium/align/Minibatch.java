package trivium.align;

import java.util.Arrays;
import trivium.tensor.Batch;
import trivium.tensor.RowLayout;

/**
 * What {@link Ppo} learns from: rollouts with what was expected of each token and what came of it; all of them, or some
 * of their rows.
 *
 * @param batch (B, T)
 * @param old (B, T) log-probabilities under π_old
 * @param values (B, T), V_old
 * @param advantages (B, T) as the policy learns from them
 * @param returns (B, T)
 */
record Minibatch(Batch batch, float[] old, double[] values, double[] advantages, double[] returns) {

    /** These rows in this order, as long as the longest of them. */
    Minibatch rows(int[] rows) {
        int[] lengths = Arrays.stream(rows)
                .map(row -> batch.layout().used(row, batch.time()))
                .toArray();
        int time = Arrays.stream(lengths).max().orElseThrow();
        int n = rows.length * time;
        var some = new Minibatch(
                new Batch(
                        rows.length,
                        time,
                        new int[n],
                        new int[n],
                        new float[n],
                        RowLayout.lengths(1, Arrays.stream(lengths))),
                new float[n],
                new double[n],
                new double[n],
                new double[n]);
        for (int i = 0; i < rows.length; i++) {
            int from = rows[i] * batch.time();
            int to = i * time;
            System.arraycopy(batch.tokens(), from, some.batch.tokens(), to, time);
            System.arraycopy(batch.targets(), from, some.batch.targets(), to, time);
            System.arraycopy(batch.weights(), from, some.batch.weights(), to, time);
            System.arraycopy(old, from, some.old, to, time);
            System.arraycopy(values, from, some.values, to, time);
            System.arraycopy(advantages, from, some.advantages, to, time);
            System.arraycopy(returns, from, some.returns, to, time);
        }
        return some;
    }
}
