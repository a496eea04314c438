package trivium.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import trivium.model.Parameters;
import trivium.model.Parameters.Tensor;
import trivium.tensor.Floats;
import trivium.tensor.NewtonSchulz;
import trivium.tensor.Vectors;
import trivium.tensor.Workers;

/**
 * Momentum orthogonalised by Newton-Schulz for the matrices of the body (Jordan et al. 2024), AdamW for all else:
 * embeddings, positions, head, norms, biases. A matrix (A, B) takes a step of η · 0.2 √max(A, B) along the
 * orthogonalised momentum, whose root mean square is then that of AdamW's, so that one learning rate η and one weight
 * decay serve both (Liu et al. 2025, arXiv:2502.16982, equation 4). PyTorch's {@code torch.optim.Muon} with
 * {@code adjust_lr_fn="match_rms_adamw"} and Nesterov's momentum, but for the precision: products are of float32 here.
 *
 * @param momentum μ, from 0 to under 1: m ← μ m + (1 − μ) g, and the step is along (1 − μ) g + μ m
 * @param newtonSchulzSteps at least 1
 * @param adamw of everything else; its weight decay is that of the matrices too
 */
public record Muon(double momentum, int newtonSchulzSteps, AdamW adamw) implements Optimizer {

    /** μ = 0.95, five steps, as PyTorch and the authors have it, and {@link AdamW#DEFAULT}. */
    public static final Muon DEFAULT = new Muon();

    private static final double ADAMW_RMS = 0.2;

    public Muon {
        if (!(momentum >= 0 && momentum < 1)) {
            throw new IllegalArgumentException("momentum " + momentum + ": expected a number from 0 to under 1");
        }
        Checks.atLeast(1, newtonSchulzSteps, "steps of Newton-Schulz");
    }

    /** The default settings. */
    public Muon() {
        this(0.95, 5, AdamW.DEFAULT);
    }

    @Override
    public State start(Parameters parameters) {
        return new Momenta(this, parameters);
    }

    private static boolean isOfBody(Tensor tensor) {
        return switch (tensor.role()) {
            case MATRIX, RESIDUAL, ADAPTER -> true;
            case EMBEDDING, POSITION, HEAD, NORM, BIAS, MAGNITUDE -> false;
        };
    }

    /** A matrix whose momentum begins at {@code momentum}. */
    private record Matrix(long offset, long momentum, int rows, int columns) {

        long size() {
            return (long) rows * columns;
        }

        int smallerSide() {
            return Math.min(rows, columns);
        }
    }

    private static final class Momenta implements State {

        private final Muon settings;
        private final Floats theta;
        private final List<Tensor> tensors;
        private final List<Matrix> matrices = new ArrayList<>();
        private final Floats momentum;
        private final State rest;
        private NewtonSchulz[] buffers = {};

        // What the workers update with: fields, so that a step makes no objects.
        private final IntConsumer update = this::update;
        private Floats gradient;
        private double scale;
        private double learningRate;

        Momenta(Muon settings, Parameters parameters) {
            this.settings = settings;
            theta = parameters.values();
            tensors = parameters.trained().stream().filter(Muon::isOfBody).toList();
            long size = 0;
            for (var tensor : tensors) {
                int rows = tensor.shape().getFirst();
                matrices.add(new Matrix(tensor.offset(), size, rows, Math.toIntExact(tensor.size() / rows)));
                size += tensor.size();
            }
            momentum = Floats.zeros(size);
            rest = settings.adamw.start(
                    parameters,
                    parameters.trained().stream().filter(t -> !isOfBody(t)).toList());
        }

        @Override
        public void step(Floats gradient, double scale, double learningRate, Workers workers) {
            rest.step(gradient, scale, learningRate, workers);
            this.gradient = gradient;
            this.scale = scale;
            this.learningRate = learningRate;
            int working = Math.min(workers.count(), matrices.size());
            if (buffers.length != working) {
                buffers = new NewtonSchulz[working];
                long largest = matrices.stream().mapToLong(Matrix::size).max().orElse(0);
                int narrowest =
                        matrices.stream().mapToInt(Matrix::smallerSide).max().orElse(0);
                for (int i = 0; i < working; i++) {
                    buffers[i] = new NewtonSchulz(largest, narrowest);
                }
            }
            workers.run(working, update);
        }

        /** A worker's matrices; which worker has which changes no number. */
        private void update(int worker) {
            for (int i = worker; i < matrices.size(); i += buffers.length) {
                update(matrices.get(i), buffers[worker]);
            }
        }

        private void update(Matrix matrix, NewtonSchulz buffer) {
            long n = matrix.size();
            float keep = (float) settings.momentum;
            float take = (float) ((1 - settings.momentum) * scale);
            Vectors.combine(keep, momentum, matrix.momentum(), take, gradient, matrix.offset(), n);
            buffer.matrix().copyFrom(momentum, matrix.momentum(), 0, n);
            Vectors.combine(keep, buffer.matrix(), 0, take, gradient, matrix.offset(), n);
            buffer.orthogonalise(matrix.rows(), matrix.columns(), settings.newtonSchulzSteps);
            double rate = learningRate * ADAMW_RMS * Math.sqrt(Math.max(matrix.rows(), matrix.columns()));
            float decayed = (float) (1 - learningRate * settings.adamw.weightDecay());
            Vectors.combine(decayed, theta, matrix.offset(), (float) -rate, buffer.matrix(), 0, n);
        }

        @Override
        public Map<String, Buffer> buffers() {
            var buffers = new LinkedHashMap<String, Buffer>();
            buffers.put("muon.momentum", new Buffer(tensors, momentum));
            buffers.putAll(rest.buffers());
            return buffers;
        }

        @Override
        public long steps() {
            return rest.steps();
        }

        @Override
        public void steps(long steps) {
            rest.steps(steps);
        }
    }
}
