package trivium.align;

import trivium.tensor.Batch;
import trivium.train.Objective;

/**
 * An objective that keeps the values it was shown, for metrics. Slices write rows of their own, so it may be asked from
 * several threads.
 */
record Recorded(Objective objective, float[] values) implements Objective {

    Recorded(Objective objective, Batch batch) {
        this(objective, new float[batch.rows() * batch.time()]);
    }

    @Override
    public double loss(Batch batch, int from, int to, float[] shown, float[] gradients) {
        System.arraycopy(shown, from * batch.time(), values, from * batch.time(), (to - from) * batch.time());
        return objective.loss(batch, from, to, shown, gradients);
    }
}
