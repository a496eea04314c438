package trivium.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import trivium.model.Parameters;
import trivium.tensor.Floats;
import trivium.tensor.Vectors;
import trivium.tensor.Workers;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2).
 *
 * @param beta1 decay of the first moment
 * @param beta2 decay of the second moment
 * @param epsilon added to the root of the second moment
 * @param weightDecay λ, per step times the learning rate
 * @param decayAll true to decay every parameter (PyTorch's default), false for
 *     {@linkplain trivium.model.Parameters.Role#decays matrices} only, leaving scales, shifts and biases alone (GPT-2's
 *     and nanoGPT's habit)
 */
public record AdamW(double beta1, double beta2, double epsilon, double weightDecay, boolean decayAll)
        implements Optimizer {

    /** β = (0.9, 0.99), λ = 0.1 on matrices: nanoGPT's settings for small models. */
    public static final AdamW DEFAULT = new AdamW();

    public AdamW {
        if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1)) {
            throw new IllegalArgumentException("the betas must be from 0 to under 1, not " + beta1 + " and " + beta2);
        }
        if (!((float) epsilon > 0 && weightDecay >= 0)) {
            throw new IllegalArgumentException("epsilon must be above 0 in float32, and weight decay not negative, not "
                    + epsilon + " and " + weightDecay);
        }
    }

    /** The default settings. */
    public AdamW() {
        this(0.9, 0.99, 1e-8, 0.1, false);
    }

    @Override
    public State start(Parameters parameters) {
        return start(parameters, parameters.trained());
    }

    /** Fresh state for these of the parameters only. */
    State start(Parameters parameters, List<Parameters.Tensor> tensors) {
        return new Moments(this, parameters.values(), tensors);
    }

    /**
     * A stretch of parameters that decay alike, short enough to share out among workers; its moments begin at
     * {@code moments}.
     */
    private record Segment(long from, long to, long moments, float decay) {}

    private static final class Moments implements State {
        private static final long LONGEST = 1 << 16;

        private final AdamW settings;
        private final Floats theta;
        private final List<Parameters.Tensor> tensors;
        private final Floats first;
        private final Floats second;
        private final List<Segment> stretches = new ArrayList<>();
        private long steps;

        // What the workers update with: fields, so that a step makes no objects.
        private final IntConsumer update = this::update;
        private Floats gradient;
        private float scale;
        private float learningRate;
        private float correction1;
        private float correction2;

        Moments(AdamW settings, Floats theta, List<Parameters.Tensor> tensors) {
            this.settings = settings;
            this.theta = theta;
            this.tensors = tensors;
            long count = tensors.stream().mapToLong(Parameters.Tensor::size).sum();
            first = Floats.zeros(count);
            second = Floats.zeros(count);
            long moments = 0;
            for (var tensor : tensors) {
                boolean decays = settings.decayAll || tensor.role().decays();
                float decay = decays ? (float) settings.weightDecay : 0;
                for (long from = tensor.offset(); from < tensor.end(); from += LONGEST) {
                    long to = Math.min(tensor.end(), from + LONGEST);
                    stretches.add(new Segment(from, to, moments, decay));
                    moments += to - from;
                }
            }
        }

        @Override
        public void step(Floats gradient, double scale, double learningRate, Workers workers) {
            steps++;
            this.gradient = gradient;
            this.scale = (float) scale;
            this.learningRate = (float) learningRate;
            correction1 = (float) (1 / (1 - Math.pow(settings.beta1, steps)));
            correction2 = (float) (1 / (1 - Math.pow(settings.beta2, steps)));
            workers.run(stretches.size(), update);
        }

        private void update(int i) {
            var stretch = stretches.get(i);
            Vectors.adamW(
                    theta,
                    gradient,
                    first,
                    second,
                    stretch.from(),
                    stretch.to(),
                    stretch.moments(),
                    scale,
                    stretch.decay(),
                    learningRate,
                    (float) settings.beta1,
                    (float) settings.beta2,
                    (float) settings.epsilon,
                    correction1,
                    correction2);
        }

        @Override
        public Map<String, Buffer> buffers() {
            var buffers = new LinkedHashMap<String, Buffer>();
            buffers.put("adamw.first", new Buffer(tensors, first));
            buffers.put("adamw.second", new Buffer(tensors, second));
            return buffers;
        }

        @Override
        public long steps() {
            return steps;
        }

        @Override
        public void steps(long steps) {
            this.steps = steps;
        }
    }
}
