package trivium.train;

import trivium.data.Batch;
import trivium.model.LanguageModel;
import trivium.model.Slices;

/** The only training loop's one step: forward, loss, backward, clip, update. Every phase is a recipe over it. */
public final class TrainLoop implements AutoCloseable {

    private final Slices slices;
    private final Optimizer.State optimizer;
    private final double clip;

    /**
     * What one step did.
     *
     * @param loss the objective, in nats for cross entropy
     * @param gradientNorm Euclidean norm of the gradient before clipping
     * @param learningRate that was used
     */
    public record StepResult(double loss, double gradientNorm, double learningRate) {

        /** False if the loss or gradient is not a number: the training has diverged. */
        public boolean finite() {
            return Double.isFinite(loss) && Double.isFinite(gradientNorm);
        }
    }

    /**
     * A loop that trains {@code model} in place.
     *
     * @param clip the gradient is scaled down to this Euclidean norm (Pascanu et al. 2013); infinity for never
     * @param workers threads
     */
    public TrainLoop(LanguageModel model, Optimizer optimizer, double clip, int workers) {
        this.slices = new Slices(model, workers);
        this.optimizer = optimizer.start(model.parameters());
        this.clip = clip;
    }

    /** One step on one batch. A step whose gradient is not finite leaves the parameters as they were. */
    public StepResult step(Batch batch, Objective objective, double learningRate) {
        var input = new Slices.Input(batch.rows(), batch.time(), batch.tokens(), batch.targets(), batch.group());
        double loss = slices.gradients(
                input, (from, to, values, gradients) -> objective.loss(batch, from, to, values, gradients));
        double norm = slices.reduce();
        var result = new StepResult(loss, norm, learningRate);
        if (result.finite()) {
            optimizer.step(slices.gradient(), Math.min(1, clip / norm), learningRate, slices.workers());
        }
        return result;
    }

    /** The parallel passes, for scoring with the same threads and buffers. */
    public Slices slices() {
        return slices;
    }

    @Override
    public void close() {
        slices.close();
    }
}
