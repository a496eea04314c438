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
     * @param loss the objective, in nats for cross entropy; not a number if the loss or the gradient was not finite:
     *     the training has diverged
     * @param gradientNorm Euclidean norm of the gradient before clipping
     * @param learningRate that was used
     */
    public record StepResult(double loss, double gradientNorm, double learningRate) {}

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
        if (!Double.isFinite(loss) || !Double.isFinite(norm)) {
            return new StepResult(Double.NaN, norm, learningRate);
        }
        optimizer.step(slices.gradient(), Math.min(1, clip / norm), learningRate, slices.workers());
        return new StepResult(loss, norm, learningRate);
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
