package trivium.train;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import trivium.model.Parameters;
import trivium.tensor.Floats;
import trivium.tensor.Vectors;
import trivium.tensor.Workers;
import trivium.train.Optimizer.Buffer;

/**
 * An exponential moving average of what is trained, beside it: after update t, counted from 1, a ← a + (1 − d)(θ − a),
 * beginning with the weights that training begins with. So that these do not stay in it for long, d is the lower one of
 * the decay asked for and (1 + t) / (10 + t), as in TensorFlow's {@code ExponentialMovingAverage(decay, num_updates)}.
 */
final class WeightAverage {

    private static final long CHUNK = 1 << 16;

    /** A stretch of the parameters; its average begins at {@code average}. */
    private record Stretch(long from, long count, long average) {}

    private final double decay;
    private final Floats theta;
    private final Buffer buffer;
    private final List<Stretch> stretches = new ArrayList<>();

    // What the workers average with: fields, so that a step makes no objects.
    private final IntConsumer follow = this::follow;
    private float share;

    /** @param decay in (0, 1) */
    WeightAverage(double decay, Parameters parameters) {
        this.decay = decay;
        theta = parameters.values();
        var trained = parameters.trained();
        var values = Floats.zeros(bytes(trained) / Float.BYTES);
        buffer = new Buffer(trained, values);
        long average = 0;
        for (var range : parameters.trainedRanges(CHUNK)) {
            long count = range.to() - range.from();
            values.copyFrom(theta, range.from(), average, count);
            stretches.add(new Stretch(range.from(), count, average));
            average += count;
        }
    }

    /** What an average of these takes. */
    static long bytes(List<Parameters.Tensor> trained) {
        return Float.BYTES * trained.stream().mapToLong(Parameters.Tensor::size).sum();
    }

    /** d of update t. */
    static double decay(double asked, long t) {
        return Math.min(asked, (1.0 + t) / (10.0 + t));
    }

    /** Takes the weights after update t in. */
    void follow(long t, Workers workers) {
        share = (float) (1 - decay(decay, t));
        workers.run(stretches.size(), follow);
    }

    private void follow(int i) {
        var stretch = stretches.get(i);
        Vectors.approach(buffer.values(), stretch.average, share, theta, stretch.from, stretch.count);
    }

    /** Exchanges the weights and their average. */
    void swap() {
        for (var stretch : stretches) {
            Vectors.exchange(theta, stretch.from, buffer.values(), stretch.average, stretch.count);
        }
    }

    Buffer buffer() {
        return buffer;
    }
}
