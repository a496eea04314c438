package elsewhere;

import java.util.Map;
import trivium.model.Parameters;
import trivium.tensor.Floats;
import trivium.tensor.Workers;
import trivium.train.Optimizer;

/**
 * Gradient descent with momentum, as PyTorch's SGD has it: v ← μ v + g, θ ← θ − learning rate · v.
 *
 * @param momentum μ, from 0 to under 1
 */
public record Momentum(double momentum) implements Optimizer {

    public Momentum {
        if (!(momentum >= 0 && momentum < 1)) {
            throw new IllegalArgumentException("momentum " + momentum + ": expected a number from 0 to under 1");
        }
    }

    /** By which a card is read: the record's own components replace it. */
    public Momentum() {
        this(0.9);
    }

    @Override
    public State start(Parameters parameters) {
        return new Velocity(momentum, parameters, Floats.zeros(parameters.trainedCount()));
    }

    private static final class Velocity implements State {

        private final float momentum;
        private final Parameters parameters;
        private final Floats velocity;
        private long steps;

        Velocity(double momentum, Parameters parameters, Floats velocity) {
            this.momentum = (float) momentum;
            this.parameters = parameters;
            this.velocity = velocity;
        }

        @Override
        public void step(Floats gradient, double scale, double learningRate, Workers workers) {
            var theta = parameters.values();
            long at = 0;
            for (var tensor : parameters.trained()) {
                for (long i = tensor.offset(); i < tensor.end(); i++, at++) {
                    float v = momentum * velocity.get(at) + (float) scale * gradient.get(i);
                    velocity.set(at, v);
                    theta.set(i, theta.get(i) - (float) learningRate * v);
                }
            }
            steps++;
        }

        @Override
        public Map<String, Buffer> buffers() {
            return Map.of("momentum.velocity", new Buffer(parameters.trained(), velocity));
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
