package trivium.train;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import trivium.model.Compute;
import trivium.model.LanguageModel;
import trivium.model.Parameters;
import trivium.model.PositionLoss;
import trivium.model.RandomKey;
import trivium.model.Safetensors.Entry;
import trivium.model.Size.Use;
import trivium.model.Slices;
import trivium.model.TensorNames;
import trivium.tensor.Batch;
import trivium.tensor.Floats;
import trivium.tensor.Vectors;
import trivium.train.Optimisation.Batching;
import trivium.train.Optimisation.Update;

/** The only training loop's one step: forward, loss, backward, clip, update. Every phase is a recipe over it. */
public final class TrainLoop implements Stateful, AutoCloseable {

    /**
     * No parameter of a healthy training is as large. Where one is, or the learning rate, the next update may leave
     * float32's range, and the parameters are copied before it.
     */
    private static final float SUSPECT = 1e6f;

    private static final long CHUNK = 1 << 16;

    private final Parameters parameters;
    private final Set<Parameters.Tensor> frozenBefore; // and after
    private final List<Parameters.Tensor> trained; // as it was when the training began
    private final Slices slices;
    private final ParameterGroups optimizer;
    private final WeightAverage average; // null where none is kept
    private boolean keepsAverage;
    private final double clip;
    private final OptionalLong seed;
    private final int parts;
    private double noiseAlpha;

    // What the step at hand works on: fields, so that it makes no objects but its result.
    private Objective objective;
    /** What is added to every objective; null for nothing. */
    private DistributionLoss added;

    private Batch batch;
    /** The largest absolute value among the parameters; not a number until it is asked for. */
    private float largest = Float.NaN;

    private final float[] largestOf; // each chunk
    private final IntConsumer chunk = this::chunk;

    private final Report[] reports =
            Stream.generate(Report::new).limit(Slices.SLICES).toArray(Report[]::new);
    private final Slices.Loss loss = new ObjectiveLoss();

    /** The objective of the step at hand, asked for a slice. */
    private final class ObjectiveLoss implements Slices.Loss {

        @Override
        public double of(int slice, int from, int to, float[] values, float[] gradients) {
            return objective.loss(batch, from, to, values, gradients, reports[slice]);
        }

        @Override
        public boolean seesDistributions() {
            return objective.distributions().isPresent();
        }

        @Override
        public PositionLoss distributions(int slice, int from, int to) {
            return objective.distributions().orElseThrow().open(batch, from, to, reports[slice]);
        }
    }

    /**
     * What one step did.
     *
     * @param loss the objective, in nats for cross entropy; not a number if the loss, the gradient or an updated
     *     parameter was not finite: the training has diverged
     * @param gradientNorm Euclidean norm of the gradient before clipping
     * @param learningRate that was used
     * @param tokenAccuracy share of the positions that count at which no token was likelier than the target, before the
     *     update; not a number where the model gives scores, or does not say
     * @param metrics what else the objective measured, before the update
     */
    public record StepResult(
            double loss, double gradientNorm, double learningRate, double tokenAccuracy, Map<String, Double> metrics) {

        /** All of it by the metrics' names, as a row of a run's table has it. */
        public Map<String, Double> row() {
            return row(Map.of());
        }

        /** The same with what else is known of the step after what the objective measured. */
        public Map<String, Double> row(Map<String, Double> known) {
            var row = new LinkedHashMap<String, Double>();
            row.put("loss", loss);
            if (!Double.isNaN(tokenAccuracy)) {
                row.put("mean_token_accuracy", tokenAccuracy);
            }
            row.putAll(metrics);
            row.putAll(known);
            row.put("learning_rate", learningRate);
            row.put("grad_norm", gradientNorm);
            return row;
        }
    }

    /**
     * A loop that trains {@code model} in place, without dropout.
     *
     * @param clip the gradient is scaled down to this Euclidean norm (Pascanu et al. 2013); infinity for never
     * @param workers threads
     */
    public TrainLoop(LanguageModel model, Optimizer optimizer, double clip, int workers) {
        this(model, optimizer, clip, Compute.DEFAULT.withWorkers(workers));
    }

    /** The same, with products in the precision asked for. */
    public TrainLoop(LanguageModel model, Optimizer optimizer, double clip, Compute compute) {
        this(model, new Update(optimizer, clip), List.of(), new Batching(1, 1), compute, OptionalLong.empty());
    }

    /** The same with the dropout that the model asks for, drawn with this seed and the number of the step. */
    public TrainLoop(LanguageModel model, Optimizer optimizer, double clip, Compute compute, long seed) {
        this(model, new Update(optimizer, clip), List.of(), new Batching(1, 1), compute, OptionalLong.of(seed));
    }

    /** The same as a recipe has it, with the dropout that the model asks for, drawn with the number of the step. */
    public static TrainLoop of(LanguageModel model, Optimisation how) {
        return new TrainLoop(
                model,
                how.update(),
                how.rate().learningRateFactors(),
                how.batching(),
                how.compute(),
                OptionalLong.of(how.seed()));
    }

    /** The same without dropout. */
    public static TrainLoop withoutDropout(LanguageModel model, Optimisation how) {
        return new TrainLoop(
                model,
                how.update(),
                how.rate().learningRateFactors(),
                how.batching(),
                how.compute(),
                OptionalLong.empty());
    }

    private TrainLoop(
            LanguageModel model,
            Update update,
            List<String> factors,
            Batching batching,
            Compute compute,
            OptionalLong seed) {
        this.seed = seed;
        this.parameters = model.parameters();
        this.frozenBefore = parameters.frozen();
        freeze(model, update.freeze());
        this.trained = parameters.trained();
        // The least memory that training takes, refused before the moments are allocated.
        long averaged = update.ema() > 0 ? WeightAverage.bytes(trained) : 0;
        model.size(1, 1, Use.training(batching.gradientCheckpointing())).ifPresent(size -> size.requireFits(averaged));
        this.slices = new Slices(model, compute, batching.gradientCheckpointing());
        this.largestOf = new float[(int) Math.ceilDiv(parameters.count(), CHUNK)];
        this.optimizer = new ParameterGroups(update.optimizer(), parameters, factors);
        this.average = update.ema() > 0 ? new WeightAverage(update.ema(), parameters) : null;
        this.clip = update.maxGradNorm();
        this.parts = batching.gradientAccumulation();
    }

    /** Freezes what these patterns name beside what is frozen already, until the loop is closed. */
    private void freeze(LanguageModel model, List<String> patterns) {
        var names = new TensorNames(parameters.tensors());
        var frozen = new HashSet<>(frozenBefore);
        frozen.addAll(names.matching(patterns));
        if (frozen.containsAll(parameters.tensors())) {
            throw new IllegalArgumentException("all tensors of " + model
                    + " are frozen, so there is nothing to train: freeze fewer of them; there are " + names);
        }
        parameters.freeze(frozen::contains);
    }

    /**
     * Adds noise to the embeddings of tokens in every step from now on (NEFTune).
     *
     * @param alpha α: uniform within ± α / √(L C), L the length of a row and C the width; 0 for none
     */
    public void neftuneNoise(double alpha) {
        noiseAlpha = alpha;
    }

    /** Adds this to the objective of every step from now on, whatever the objective is. */
    public void adding(DistributionLoss loss) {
        added = added == null ? loss : added.and(loss);
    }

    /**
     * One step on one batch, which is computed in as many parts as gradients are accumulated over. A step whose
     * gradient is not finite, or that would make a parameter so, leaves the parameters as they were and counts as no
     * update.
     */
    public StepResult step(Batch batch, Objective objective, double learningRate) {
        if (keepsAverage) {
            throw new IllegalStateException(
                    "the average of the weights stands in their place; no more steps are taken");
        }
        this.batch = batch;
        this.objective = added == null ? objective : objective.and(added);
        for (var report : reports) {
            report.clear();
        }
        var key = seed.isPresent() ? new RandomKey(seed.getAsLong(), optimizer.steps(), noiseAlpha) : null;
        double mean = slices.gradients(batch, parts, key, loss);
        double accuracy = slices.right() < 0 ? Double.NaN : (double) slices.right() / batch.counted();
        double norm = slices.norm();
        boolean moved =
                Double.isFinite(mean) && Double.isFinite(norm) && update(Math.min(1, clip / norm), learningRate);
        return new StepResult(moved ? mean : Double.NaN, norm, learningRate, accuracy, measured());
    }

    private Map<String, Double> measured() {
        for (int i = 1; i < reports.length; i++) {
            reports[0].add(reports[i]);
        }
        return reports[0].means();
    }

    /** The optimizer's step, taken back if it makes a parameter that is not finite. */
    private boolean update(double scale, double learningRate) {
        var theta = parameters.values();
        if (Float.isNaN(largest)) {
            largest = largest();
        }
        var before = largest > SUSPECT || learningRate > SUSPECT ? copy(theta) : null;
        optimizer.step(slices.gradient(), scale, learningRate, slices.workers());
        largest = largest();
        if (Float.isFinite(largest)) {
            if (average != null) {
                average.follow(optimizer.steps(), slices.workers());
            }
            return true;
        }
        if (before != null) {
            theta.copyFrom(before, 0, 0, theta.size());
            optimizer.steps(optimizer.steps() - 1);
        }
        return false;
    }

    /** Of all parameters. */
    private float largest() {
        slices.workers().run(largestOf.length, chunk);
        float largest = 0;
        for (float of : largestOf) {
            largest = Math.max(largest, of); // not a number if one of them is not
        }
        return largest;
    }

    private void chunk(int i) {
        var theta = parameters.values();
        largestOf[i] = Vectors.largest(theta, i * CHUNK, Math.min(theta.size(), (i + 1) * CHUNK));
    }

    private static Floats copy(Floats values) {
        var copy = Floats.zeros(values.size());
        copy.copyFrom(values, 0, 0, values.size());
        return copy;
    }

    /** Whether an average of the weights is kept beside them. */
    public boolean averages() {
        return average != null;
    }

    /** Does {@code work} while the average of the weights, where one is kept, stands in their place. */
    public void onAverage(Runnable work) {
        if (average == null || keepsAverage) {
            work.run();
            return;
        }
        average.swap();
        try {
            work.run();
        } finally {
            average.swap();
        }
    }

    /** Leaves the average of the weights, where one is kept, in their place; no step follows. */
    public void keepAverage() {
        if (average != null && !keepsAverage) {
            average.swap();
            keepsAverage = true;
        }
    }

    /**
     * The trained parameters in their order, then each of the optimizer's buffers as {@code adamw.first.NAME} for every
     * parameter NAME that it belongs to, then the average of the weights as {@code ema.NAME}, where one is kept.
     */
    @Override
    public Map<String, Entry> tensors() {
        var tensors = new LinkedHashMap<String, Entry>();
        for (var tensor : trained) {
            var values = parameters.values().slice(tensor.offset(), tensor.size());
            tensors.put(tensor.name(), new Entry(tensor.shape(), values));
        }
        optimizer.buffers().forEach(buffer -> add(buffer.getKey(), buffer.getValue(), tensors));
        if (average != null) {
            add("ema", average.buffer(), tensors);
        }
        return tensors;
    }

    private static void add(String name, Optimizer.Buffer buffer, Map<String, Entry> tensors) {
        long at = 0;
        for (var tensor : buffer.tensors()) {
            var values = buffer.values().slice(at, tensor.size());
            tensors.put(name + "." + tensor.name(), new Entry(tensor.shape(), values));
            at += tensor.size();
        }
    }

    /** How many updates the optimizer has made. */
    @Override
    public long updates() {
        return optimizer.steps();
    }

    @Override
    public void updates(long made) {
        optimizer.steps(made);
    }

    /** The parallel passes, for scoring with the same threads and buffers. */
    public Slices slices() {
        return slices;
    }

    @Override
    public void close() {
        parameters.freeze(frozenBefore::contains);
        slices.close();
    }
}
