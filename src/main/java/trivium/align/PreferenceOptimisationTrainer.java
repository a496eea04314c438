package trivium.align;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.function.LongToDoubleFunction;
import java.util.stream.IntStream;
import trivium.data.Comparisons;
import trivium.data.ContextLimit;
import trivium.data.PreferenceBatches;
import trivium.data.Seeds;
import trivium.data.Split;
import trivium.data.UnpairedBatches;
import trivium.data.UnpairedPreference;
import trivium.data.UnpairedPreferences;
import trivium.generate.Completions;
import trivium.generate.Generator;
import trivium.generate.Sampling;
import trivium.model.Slices;
import trivium.run.DataProbes;
import trivium.run.LayerNames;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.run.SupervisedTrainer;
import trivium.run.Trainer;
import trivium.run.TrainingLog;
import trivium.text.Numbers;
import trivium.train.Report;
import trivium.train.TrainLoop;

/** The work of one {@link PreferenceOptimisation}. */
final class PreferenceOptimisationTrainer implements SupervisedTrainer {

    /** The most validation prompts that evaluations answer, and the most tokens of an answer. */
    private static final int MOST_ANSWERED = 64;

    private static final int LONGEST = 128;

    private static final String VALIDATION = "validation_";
    private static final String TRAIN = "train";
    private static final String HELD_BACK = "validation";
    private static final String CHOSEN = "rewards/chosen";
    private static final String REJECTED = "rewards/rejected";
    private static final String MARGINS = "rewards/margins";

    private final PreferenceOptimisation recipe;
    private final int batchSize;
    private final DataProbes probes = new DataProbes();
    private final PreferenceSet train;
    private final PreferenceSet validation;
    private final LongFunction<int[]> order;
    private final long steps;
    private final LongToDoubleFunction rate;
    private final TrainLoop loop;
    private final TrainingLog log;
    private final Evaluator evaluator;
    private final List<String> heldOut;

    /** @param known what the reference said of the same data in trainings before, which this one adds to */
    PreferenceOptimisationTrainer(PreferenceOptimisation recipe, TrainingLog log, Map<String, double[]> known) {
        this.recipe = recipe;
        this.log = log;
        var training = LayerNames.resolve(recipe.optimisation(), recipe.start());
        training.compute().caveat().ifPresent(log::remark);
        batchSize = training.batching().batchSize();
        int all = training.batching().all();
        try (var reference = new Slices(recipe.start().model(), training.compute())) {
            var split = split(new Reference(reference, batchSize, log, known));
            train = split.train();
            validation = split.validation();
        }
        order = train.batches().order(all, training.seed(), recipe.preparation().groupByLength());
        steps = training.length().steps(epochs -> epochs * train.batches().stepsPerEpoch(all));
        rate = log.rate(training.rate().over(steps));
        // Without dropout: the policy and the reference must begin as the same function.
        loop = TrainLoop.withoutDropout(training.trained(recipe.start().model()), training);
        var start = recipe.start();
        var completions = new Completions(
                new Generator(loop.slices().model(), training.compute().workers()), start.tokenizer());
        evaluator = new Evaluator(
                recipe.preparation().evaluations().stream()
                        .map(each -> each.expecting(Map.of()))
                        .toList(),
                completions,
                start,
                Sampling.atTemperature(1)
                        .maxTokens(LONGEST)
                        .seed(Seeds.random(training.seed(), 0).nextLong()));
        heldOut = recipe.preparation().evaluations().isEmpty() ? List.of() : heldOut();
    }

    /** How the validation data begins: prompts that nothing is learned from, where they leave room for an answer. */
    private List<String> heldOut() {
        var start = recipe.start();
        var openings = recipe.data().openings().stream().distinct().toList();
        return Split.byContent(
                        openings, opening -> opening, recipe.preparation().validation(), "prompts")
                .validation()
                .stream()
                .filter(opening -> Prompts.fits(opening, start))
                .limit(MOST_ANSWERED)
                .toList();
    }

    /** Encodes the data, sets some of it aside, and asks the reference about all of it. */
    private Split<PreferenceSet> split(Reference reference) {
        var start = recipe.start();
        int context = start.model().context();
        double share = recipe.preparation().validation();
        return switch (recipe.data()) {
            case Comparisons comparisons -> {
                var loss = (PairLoss) recipe.loss();
                var split = PreferenceBatches.split(comparisons, start.tokenizer(), start.template(), context, share);
                remark(split.train().skipped());
                probes.records(comparisons, comparisons.split(share))
                        .leftOut(split.train().skipped(), comparisons.size())
                        .pairs(split.train());
                HeldOut.few(split.validation().prompts(), "comparison", "accuracies and margins")
                        .ifPresent(log::remark);
                yield new Split<>(
                        PreferenceSet.Pairs.of(loss, split.train().completions(), reference, TRAIN),
                        PreferenceSet.Pairs.of(loss, split.validation().completions(), reference, HELD_BACK));
            }
            case UnpairedPreferences unpaired -> {
                var loss = (UnpairedLoss) recipe.loss();
                var split = UnpairedBatches.split(unpaired, start.tokenizer(), start.template(), context, share);
                remark(split.train().skipped());
                remarkOneKind(unpaired);
                HeldOut.few(split.validation().prompts(), "answer", "losses and margins")
                        .ifPresent(log::remark);
                yield new Split<>(
                        PreferenceSet.Unpaired.of(loss, split.train(), reference, TRAIN),
                        PreferenceSet.Unpaired.of(loss, split.validation(), reference, HELD_BACK));
            }
        };
    }

    private void remarkOneKind(UnpairedPreferences unpaired) {
        long good = unpaired.list().stream().filter(UnpairedPreference::label).count();
        if (good == 0 || good == unpaired.list().size()) {
            log.remark("all " + Numbers.count(unpaired.list().size(), "answer") + " were found "
                    + (good == 0 ? "bad, and none good" : "good, and none bad")
                    + ": what tells the two apart cannot be learned from them; give answers of both kinds");
        }
    }

    private void remark(int skipped) {
        ContextLimit.sentence(recipe.data(), skipped, recipe.start().model().context())
                .ifPresent(log::remark);
    }

    @Override
    public Map<String, Double> probes() {
        return probes.start(recipe.start()).values();
    }

    @Override
    public String remedy() {
        return "a lower learning rate, or a smaller beta where that of " + recipe.loss() + " is large";
    }

    @Override
    public Run run() {
        log.take("preference optimisation", steps, this);
        var tables = log.tables();
        PreferenceFindings.of(tables.get(Run.METRICS), recipe.loss()).forEach(log::remark);
        Evaluation.keep(recipe.preparation().evaluations(), tables);
        return recipe.start().child(log.finish(), loop.slices().model(), tables);
    }

    @Override
    public Optional<Run> now(RunCard card) {
        return Optional.of(recipe.start().child(card, loop.slices().model(), Map.of()));
    }

    @Override
    public Map<String, Double> step(long step) {
        int[] items = order.apply(step);
        var batch = train.batches().batch(items);
        var result = loop.step(batch, train.objective(loop.slices(), items), rate.applyAsDouble(step));
        var metrics = result.row();
        metrics.remove("mean_token_accuracy"); // over chosen and rejected answers alike: neither is better
        margins("", metrics);
        metrics.put("tokens", log.latest("tokens") + batch.read());
        return metrics;
    }

    /** Of answers that were judged by themselves there is no margin but that of the means, as in TRL. */
    private static void margins(String prefix, Map<String, Double> metrics) {
        var chosen = metrics.get(prefix + CHOSEN);
        var rejected = metrics.get(prefix + REJECTED);
        if (chosen != null && rejected != null) {
            metrics.putIfAbsent(prefix + MARGINS, chosen - rejected);
        }
    }

    @Override
    public long steps() {
        return steps;
    }

    @Override
    public void evaluate(long done, Map<String, Double> metrics) {
        if (Trainer.isPart(done, EVALUATIONS, steps)) {
            measure(metrics, this::validate);
            onAverage(() -> evaluator.measure(heldOut, metrics));
        }
    }

    @Override
    public void validate(Map<String, Double> metrics) {
        var report = new Report();
        for (int from = 0; from < validation.batches().size(); from += batchSize) {
            int[] items = IntStream.range(
                            from,
                            Math.min(from + batchSize, validation.batches().size()))
                    .toArray();
            var batch = validation.batches().batch(items);
            var objective = validation.objective(loop.slices(), items);
            var values = new float[batch.rows() * batch.time()];
            loop.slices().values(batch, values);
            double mean = objective.loss(batch, 0, batch.rows(), values, new float[values.length], report);
            report.mean("loss", items.length * mean, items.length);
        }
        report.means().forEach((name, mean) -> metrics.put(VALIDATION + name, mean));
        margins(VALIDATION, metrics);
    }

    @Override
    public TrainLoop loop() {
        return loop;
    }
}
