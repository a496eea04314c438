package trivium.train;

import java.util.List;
import trivium.model.Compute;
import trivium.model.LanguageModel;
import trivium.model.Lora;
import trivium.model.MayBeMissing;
import trivium.model.ModelConfig;
import trivium.model.TensorNames;

/**
 * How a model is optimised, in the same words in every phase; {@link trivium.train.TrainLoop} takes its steps.
 *
 * @param length how long
 * @param batching how much each update learns from
 * @param rate the learning rate of every step
 * @param update how a gradient becomes a step
 * @param seed of every random choice: order of the data, dropout, sampling, fresh weights
 * @param compute threads, and the precision of products
 * @param ending which state is kept beside the last one, and what may end the training early
 */
public record Optimisation(
        Length length, Batching batching, LearningRate rate, Update update, long seed, Compute compute, Ending ending)
        implements Setting {

    /**
     * How much each update learns from: {@code batchSize · gradientAccumulation} of what the phase learns from
     * (windows, conversations, packed rows, pairs, prompts).
     *
     * @param batchSize how many are computed side by side, which is what takes memory; at least 1
     * @param gradientAccumulation over how many such batches the gradient is summed before an update; at least 1. The
     *     loss is the mean over all of them, token by token, as if they were one
     * @param gradientCheckpointing whether a transformer keeps nothing but the stream before each block on the way
     *     forward, and computes the rest again on the way back (Chen et al. 2016): the same bits, in less memory and
     *     more time
     */
    public record Batching(
            int batchSize,
            int gradientAccumulation,
            @MayBeMissing boolean gradientCheckpointing) implements Setting {

        public Batching {
            if (batchSize < 1) {
                throw new IllegalArgumentException("a batch size of " + batchSize + ": expected at least 1");
            }
            Checks.atLeast(1, gradientAccumulation, "batches to an update");
            if ((long) batchSize * gradientAccumulation > Integer.MAX_VALUE) {
                throw new IllegalArgumentException(gradientAccumulation + " batches of " + batchSize
                        + " to an update are more than " + Integer.MAX_VALUE);
            }
        }

        /** With all activations kept. */
        public Batching(int batchSize, int gradientAccumulation) {
            this(batchSize, gradientAccumulation, false);
        }

        public Batching batchSize(int changed) {
            return new Batching(changed, gradientAccumulation, gradientCheckpointing);
        }

        public Batching gradientAccumulation(int changed) {
            return new Batching(batchSize, changed, gradientCheckpointing);
        }

        public Batching gradientCheckpointing(boolean changed) {
            return new Batching(batchSize, gradientAccumulation, changed);
        }

        /** How many an update learns from. */
        public int all() {
            return batchSize * gradientAccumulation;
        }
    }

    /**
     * How a gradient becomes a step.
     *
     * @param optimizer AdamW or another
     * @param maxGradNorm the gradient is scaled down to this Euclidean norm (Pascanu et al. 2013); infinity for never
     * @param ema the decay of a moving average of the weights, which is evaluated and kept in their place, in (0, 1); 0
     *     for none
     * @param freeze which tensors the training leaves as they are ({@link TensorNames}); none for all are trained
     * @param lora the adapter that is trained in place of the model; null for the model itself
     */
    public record Update(
            Optimizer optimizer,
            double maxGradNorm,
            @MayBeMissing double ema,
            @MayBeMissing List<String> freeze,
            @MayBeMissing Lora lora)
            implements Setting {

        public Update {
            freeze = List.copyOf(freeze);
            if (!(maxGradNorm > 0)) {
                throw new IllegalArgumentException("max gradient norm " + maxGradNorm
                        + ": expected a number above 0, or infinity for no clipping");
            }
            if (!(ema >= 0 && ema < 1)) {
                throw new IllegalArgumentException("decay " + ema + " of the weights' average: expected a number below"
                        + " 1, such as 0.999, or 0 for no average");
            }
        }

        /** The same with weights that are not averaged, of which all are trained. */
        public Update(Optimizer optimizer, double maxGradNorm) {
            this(optimizer, maxGradNorm, 0, List.of(), null);
        }

        public Update optimizer(Optimizer changed) {
            return new Update(changed, maxGradNorm, ema, freeze, lora);
        }

        public Update maxGradNorm(double changed) {
            return new Update(optimizer, changed, ema, freeze, lora);
        }

        public Update ema(double changed) {
            return new Update(optimizer, maxGradNorm, changed, freeze, lora);
        }

        public Update freeze(List<String> changed) {
            return new Update(optimizer, maxGradNorm, ema, changed, lora);
        }

        public Update lora(Lora changed) {
            return new Update(optimizer, maxGradNorm, ema, freeze, changed);
        }
    }

    /** AdamW, clipping at 1, in batches without accumulation, seed 0, all processors, float32, the last state only. */
    public static Optimisation of(Length length, int batchSize, LearningRate rate, Optimizer optimizer) {
        return new Optimisation(
                length, new Batching(batchSize, 1), rate, new Update(optimizer, 1), 0, Compute.DEFAULT, Ending.NONE);
    }

    /** What a training works on that begins with this model, which stays as it is: a copy, or an adapter beside it. */
    public LanguageModel trained(LanguageModel start) {
        return update.lora == null ? start.copy() : start.withAdapter(update.lora, seed);
    }

    /**
     * A fresh model to be trained.
     *
     * @throws IllegalArgumentException if an adapter is asked for: beside weights that have learned nothing there is
     *     nothing to adapt
     */
    public LanguageModel fresh(ModelConfig shape, int vocabulary) {
        if (update.lora != null) {
            throw new IllegalArgumentException("an adapter stands beside a model that has learned something, and this"
                    + " training begins with a fresh one: leave out lora(…), or begin with a run");
        }
        return shape.fresh(vocabulary, seed);
    }

    /** The same with a fresh scalar head; beside an adapter the head is trained in full. */
    public LanguageModel scoring(LanguageModel start) {
        return (update.lora == null ? start : trained(start)).withScalarHead(seed);
    }

    public Optimisation length(Length changed) {
        return new Optimisation(changed, batching, rate, update, seed, compute, ending);
    }

    public Optimisation batching(Batching changed) {
        return new Optimisation(length, changed, rate, update, seed, compute, ending);
    }

    public Optimisation rate(LearningRate changed) {
        return new Optimisation(length, batching, changed, update, seed, compute, ending);
    }

    public Optimisation update(Update changed) {
        return new Optimisation(length, batching, rate, changed, seed, compute, ending);
    }

    public Optimisation seed(long changed) {
        return new Optimisation(length, batching, rate, update, changed, compute, ending);
    }

    public Optimisation compute(Compute changed) {
        return new Optimisation(length, batching, rate, update, seed, changed, ending);
    }

    public Optimisation ending(Ending changed) {
        return new Optimisation(length, batching, rate, update, seed, compute, changed);
    }

    public Optimisation selection(Selection changed) {
        return ending(new Ending(changed, ending.stopWhen()));
    }

    /** Which state is kept beside the last one; null for the last only. */
    public Selection selection() {
        return ending.selection();
    }
}
