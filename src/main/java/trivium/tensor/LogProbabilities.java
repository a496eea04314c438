package trivium.tensor;

import jdk.incubator.vector.FloatVector;

/** From a row of logits (V) to the log-probability of one target, and back to the logits' gradient. */
public final class LogProbabilities {

    private LogProbabilities() {}

    /**
     * log softmax(logits)[target] in nats. The row is overwritten by e^(logit − highest), and {@code inverseSums[index]} gets 1/their sum: what {@link #backward} needs.
     */
    public static float forward(Floats logits, long at, int size, int target, Floats inverseSums, long index) {
        var memory = logits.memory();
        float chosen = logits.get(at + target);
        int bound = Lanes.bound(size);
        var tail = Lanes.tail(size);
        FloatVector highest = Lanes.all(Float.NEGATIVE_INFINITY);
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            highest = highest.max(Lanes.load(memory, at + i));
        }
        if (bound < size) {
            highest = highest.blend(highest.max(Lanes.load(memory, at + bound, tail)), tail);
        }
        float max = Lanes.max(highest);
        FloatVector sum = Lanes.zero();
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            var e = Lanes.exp(Lanes.load(memory, at + i).sub(max));
            sum = sum.add(e);
            Lanes.store(e, memory, at + i);
        }
        if (bound < size) {
            var e = Lanes.zero().blend(Lanes.exp(Lanes.load(memory, at + bound, tail).sub(max)), tail);
            sum = sum.add(e);
            Lanes.store(e, memory, at + bound, tail);
        }
        float total = Lanes.sum(sum);
        inverseSums.set(index, 1 / total);
        return (float) (chosen - max - Math.log(total));
    }

    /** The row becomes gradient · (onehot(target) − softmax): the derivative of the log-probability with respect to the logits, times {@code gradient}. */
    public static void backward(Floats row, long at, int size, int target, float inverseSum, float gradient) {
        var memory = row.memory();
        float factor = -gradient * inverseSum;
        int bound = Lanes.bound(size);
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            Lanes.store(Lanes.load(memory, at + i).mul(factor), memory, at + i);
        }
        if (bound < size) {
            var tail = Lanes.tail(size);
            Lanes.store(Lanes.load(memory, at + bound, tail).mul(factor), memory, at + bound, tail);
        }
        row.set(at + target, row.get(at + target) + gradient);
    }
}
