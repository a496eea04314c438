package trivium.run;

import java.util.function.Consumer;

/** A training between two steps. */
final class BetweenSteps implements RunningTraining {

    private final long step;
    private final RunCard card;
    private final Trainer work;
    private final boolean follows;
    private double factor;

    /**
     * @param step the one that was taken last
     * @param follows whether the work takes a learning rate that is changed
     * @param factor by which its learning rates are multiplied from the next step on
     */
    BetweenSteps(long step, RunCard card, Trainer work, boolean follows, double factor) {
        this.step = step;
        this.card = card;
        this.work = work;
        this.follows = follows;
        this.factor = factor;
    }

    @Override
    public long step() {
        return step;
    }

    @Override
    public double learningRateFactor() {
        return factor;
    }

    @Override
    public void learningRateFactor(double changed) {
        Intervention.requireFactor(changed);
        if (!follows) {
            throw new IllegalStateException("the learning rate of this kind of training cannot be changed");
        }
        factor = changed;
    }

    @Override
    public boolean look(Consumer<Run> listener) {
        var run = work.now(card);
        work.onAverage(() -> run.ifPresent(listener));
        return run.isPresent();
    }
}
