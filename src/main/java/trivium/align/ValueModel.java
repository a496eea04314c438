package trivium.align;

import java.util.Arrays;
import java.util.List;
import trivium.run.Fingerprint;
import trivium.tensor.Batch;
import trivium.text.Numbers;
import trivium.train.Objective;
import trivium.train.Settings;
import trivium.train.TrainLoop;
import trivium.train.TrainLoop.StepResult;

/**
 * {@link Ppo}'s value model: what a completion will earn from each of its tokens on, as a number before each token.
 *
 * @param loop trains it
 * @param mean what is taken from the model's output, as a judge does with its raw scores; 0 otherwise
 * @param deviation what the rest is divided by; 1 otherwise
 */
record ValueModel(TrainLoop loop, double mean, double deviation) implements AutoCloseable {

    /** A copy of what it begins as; without dropout, as the policy, for what a value was clips what it becomes. */
    static ValueModel of(Ppo.ValueStart start, Learner.Context context) {
        // never kept, so nobody would see an average of its weights
        var optimisation =
                context.optimisation().update(context.optimisation().update().ema(0));
        var model = context.start().model();
        if (start == Ppo.ValueStart.POLICY) {
            return new ValueModel(TrainLoop.withoutDropout(optimisation.scoring(model), optimisation), 0, 1);
        }
        if (!(context.reward() instanceof RewardModel judge)) {
            throw new IllegalArgumentException("the value model should begin as the reward model, and the reward is "
                    + Settings.called(context.reward())
                    + ": optimise one reward model, or begin with valueStart(POLICY)");
        }
        if (!Fingerprint.of(judge.run().tokenizer())
                .equals(Fingerprint.of(context.start().tokenizer()))) {
            throw new IllegalArgumentException("the value model should begin as the reward model "
                    + judge.run().id()
                    + ", which has another tokenizer than the policy: begin with valueStart(POLICY)");
        }
        if (judge.run().model().context() < model.context()) {
            throw new IllegalArgumentException("the value model should begin as the reward model "
                    + judge.run().id()
                    + ", whose context of " + Numbers.count(judge.run().model().context(), "token")
                    + " is shorter than the policy's " + Numbers.count(model.context())
                    + ": begin with valueStart(POLICY)");
        }
        // what is frozen, or has another learning rate, is named by the policy's tensors
        var whole = optimisation
                .update(optimisation.update().freeze(List.of()))
                .rate(optimisation.rate().learningRateFactors(List.of()));
        return new ValueModel(
                TrainLoop.withoutDropout(judge.run().model().copy(), whole), judge.mean(), judge.deviation());
    }

    /** V of each position (B, T). */
    double[] values(Batch batch) {
        var outputs = new float[batch.rows() * batch.time()];
        loop.slices().values(batch, outputs);
        var values = new double[outputs.length];
        Arrays.setAll(values, i -> (outputs[i] - mean) / deviation);
        return values;
    }

    /** One update on an objective of V. */
    StepResult step(Batch batch, Objective objective, double learningRate) {
        return loop.step(batch, mean == 0 && deviation == 1 ? objective : ofOutputs(objective), learningRate);
    }

    /** The objective of V as one of the model's outputs. */
    private Objective ofOutputs(Objective objective) {
        return (batch, from, to, outputs, gradients, report) -> {
            var values = new float[batch.rows() * batch.time()];
            for (int i = from * batch.time(); i < to * batch.time(); i++) {
                values[i] = (float) ((outputs[i] - mean) / deviation);
            }
            double loss = objective.loss(batch, from, to, values, gradients, report);
            for (int i = from * batch.time(); i < to * batch.time(); i++) {
                gradients[i] = (float) (gradients[i] / deviation);
            }
            return loss;
        };
    }

    @Override
    public void close() {
        loop.close();
    }
}
