package trivium.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import trivium.align.Distillation;
import trivium.align.Dpo;
import trivium.align.Grpo;
import trivium.align.Kto;
import trivium.align.PolicyOptimisation;
import trivium.align.Ppo;
import trivium.align.PreferenceOptimisation;
import trivium.align.ReinforcePlusPlus;
import trivium.align.RewardModel;
import trivium.align.RewardModelling;
import trivium.align.Rloo;
import trivium.align.SimPo;
import trivium.data.Comparisons;
import trivium.data.Conversations;
import trivium.data.Corpus;
import trivium.finetune.FineTuning;
import trivium.lstm.LstmShape;
import trivium.model.Bert;
import trivium.model.Gpt;
import trivium.model.Llama;
import trivium.model.Lora;
import trivium.model.ModelConfig;
import trivium.pretrain.Pretraining;
import trivium.pretrain.Task;
import trivium.run.Finding;
import trivium.run.Probe;
import trivium.run.Run;
import trivium.text.Tokenizer;
import trivium.train.Muon;

/**
 * False alarms: the recipes of the notebooks, small, on Toy Town, over several seeds, where nothing is wrong. Prints
 * for each run what was found, and the numbers that the bounds of docs/diagnosis.md rest on.
 *
 * <pre>{@code CleanRuns [seeds] [first seed]}</pre>
 */
final class CleanRuns {

    private static final Path DATA = Path.of("datasets", "toytown");

    private final Corpus stories;
    private final Tokenizer words;
    private final Conversations lessons;
    private final Comparisons choices;
    private final List<String> prompts;
    private int runs;
    private int alarms;

    private CleanRuns() throws IOException {
        var all = Corpus.text(DATA.resolve("stories.txt"));
        stories = Corpus.of(
                all.documents().subList(0, Math.min(4_000, all.documents().size())));
        words = Tokenizer.bpe(stories, 1_024);
        lessons = Conversations.read(DATA.resolve("instructions.jsonl")).limit(1_200);
        choices = Comparisons.read(DATA.resolve("preferences.jsonl")).limit(600);
        prompts = Files.readAllLines(DATA.resolve("prompts.txt")).subList(0, 200);
    }

    public static void main(String... arguments) throws IOException {
        int seeds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5;
        int first = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1;
        var clean = new CleanRuns();
        System.out.println(
                "recipe seed | first loss / ln V | smallest gradient | largest jump | validation rise | base rise"
                        + " | probes | findings");
        for (int seed = first; seed < first + seeds; seed++) {
            clean.all(seed);
        }
        System.out.printf(Locale.ROOT, "%d runs, %d with a finding%n", clean.runs, clean.alarms);
    }

    private void all(long seed) {
        var base = told("llama", seed, () -> pretrain(seed).run());
        told("gpt", seed, () -> of(Gpt.of(128, 32, 2, 2), seed).run());
        told(
                "gpt dropout",
                seed,
                () -> of(Gpt.of(128, 32, 2, 2).dropout(0.1), seed).run());
        told(
                "lstm",
                seed,
                () -> of(new LstmShape(128, 32, 1), seed)
                        .learningRate(1e-2)
                        .steps(60)
                        .run());
        told(
                "masked",
                seed,
                () -> of(Bert.of(128, 32, 2, 2), seed).task(Task.maskedTokens()).run());
        told(
                "middle",
                seed,
                () -> of(Llama.of(128, 32, 2, 2, 2), seed)
                        .task(Task.missingMiddle())
                        .run());
        told(
                "bytes",
                seed,
                () -> Pretraining.of(Llama.of(128, 32, 2, 2, 2), Tokenizer.bytes(), stories)
                        .steps(100)
                        .seed(seed)
                        .run());
        told("muon", seed, () -> pretrain(seed).optimizer(Muon.DEFAULT).run());
        told(
                "smooth, ema",
                seed,
                () -> pretrain(seed).labelSmoothing(0.1).ema(0.95).run());
        told("few steps", seed, () -> pretrain(seed).steps(10).run());
        var tuned = told("finetune", seed, () -> finetune(base, seed).run());
        told("finetune long", seed, () -> finetune(base, seed).epochs(4).run());
        told("finetune packed", seed, () -> finetune(base, seed).packed().run());
        told(
                "finetune lora",
                seed,
                () -> finetune(base, seed).lora(Lora.rank(4)).learningRate(5e-3).run());
        told(
                "finetune few",
                seed,
                () -> FineTuning.of(base, lessons.limit(60))
                        .epochs(3)
                        .batchSize(4)
                        .seed(seed)
                        .run());
        told("finetune again", seed, () -> finetune(tuned, seed).epochs(1).run());
        told(
                "distill",
                seed,
                () -> Distillation.of(
                                tuned,
                                new Distillation.Student.Fresh(Llama.of(128, 16, 1, 2, 2)),
                                new Distillation.Lessons.Answers(lessons))
                        .steps(60)
                        .seed(seed)
                        .run());
        var judged = told(
                "reward model",
                seed,
                () -> RewardModelling.of(tuned, choices)
                        .epochs(2)
                        .seed(seed)
                        .run()
                        .run());
        told("dpo", seed, () -> prefer(tuned, seed).loss(Dpo.beta(0.1)).run());
        told("simpo", seed, () -> prefer(tuned, seed).loss(new SimPo()).run());
        told("kto", seed, () -> prefer(tuned, seed).loss(new Kto()).run());
        var judge = new RewardModel(judged);
        told(
                "grpo",
                seed,
                () -> align(tuned, judge, seed)
                        .algorithm(Grpo.numGenerations(8).beta(0.1))
                        .run());
        told(
                "rloo",
                seed,
                () -> align(tuned, judge, seed)
                        .algorithm(Rloo.numGenerations(4).beta(0.1))
                        .run());
        told(
                "reinforce++",
                seed,
                () -> align(tuned, judge, seed)
                        .algorithm(ReinforcePlusPlus.numGenerations(4))
                        .run());
        told(
                "ppo",
                seed,
                () -> align(tuned, judge, seed)
                        .algorithm(Ppo.numGenerations(1).beta(0.1))
                        .batchSize(32)
                        .run());
    }

    private Pretraining of(ModelConfig shape, long seed) {
        return Pretraining.of(shape, words, stories)
                .steps(120)
                .learningRate(3e-3)
                .seed(seed);
    }

    private Pretraining pretrain(long seed) {
        return of(Llama.of(128, 32, 2, 2, 2), seed).steps(200);
    }

    private FineTuning finetune(Run start, long seed) {
        return FineTuning.of(start, lessons)
                .epochs(2)
                .batchSize(16)
                .learningRate(2e-3)
                .seed(seed);
    }

    private PreferenceOptimisation prefer(Run start, long seed) {
        return PreferenceOptimisation.of(start, choices)
                .steps(40)
                .learningRate(3e-4)
                .seed(seed);
    }

    private PolicyOptimisation align(Run start, RewardModel judge, long seed) {
        return PolicyOptimisation.of(start, prompts)
                .reward(judge)
                .heldOut(32)
                .maxTokens(90)
                .steps(20)
                .learningRate(2e-4)
                .seed(seed);
    }

    private Run told(String name, long seed, Supplier<Run> training) {
        var run = training.get();
        runs++;
        alarms += run.findings().isEmpty() ? 0 : 1;
        System.out.println(name + " " + seed + " | " + numbers(run) + " | "
                + probes(run) + " | "
                + run.findings().stream().map(Finding::text).collect(Collectors.joining("; ")));
        return run;
    }

    private static String numbers(Run run) {
        double uniform = run.card().origin().checkup().probes().getOrDefault(Probe.UNIFORM_LOSS, Double.NaN);
        double[] losses = values(run, "loss");
        double jump = 0;
        for (int i = 10; i < losses.length; i++) {
            jump = Math.max(
                    jump,
                    losses[i]
                            / DoubleStream.of(losses)
                                    .skip(i - 10L)
                                    .limit(10)
                                    .max()
                                    .orElse(1));
        }
        double base = run.card().origin().checkup().probes().getOrDefault(Probe.BASE_LOSS, Double.NaN);
        double[] based = values(run, "base_validation_loss");
        return String.format(
                Locale.ROOT,
                "%.3f | %.2g | %.2f | %.3f | %.2f",
                losses.length == 0 ? Double.NaN : losses[0] / uniform,
                DoubleStream.of(values(run, "grad_norm")).min().orElse(Double.NaN),
                jump,
                rise(values(run, "validation_loss")),
                based.length == 0 ? Double.NaN : DoubleStream.of(based).max().orElse(0) - base);
    }

    /** The largest ratio of two values in a row, the lower of them, to the best so far. */
    private static double rise(double... values) {
        double best = Double.POSITIVE_INFINITY;
        double rise = 0;
        for (int i = 0; i < values.length; i++) {
            best = Math.min(best, values[i]);
            rise = i == 0 ? 0 : Math.max(rise, Math.min(values[i - 1], values[i]) / best);
        }
        return rise;
    }

    private static double[] values(Run run, String metric) {
        return run.has(metric) ? run.curve(metric).numberColumn(metric).asDoubleArray() : new double[0];
    }

    private static String probes(Run run) {
        Map<String, Double> shown =
                new LinkedHashMap<>(run.card().origin().checkup().probes());
        shown.keySet().remove(Probe.STEPS);
        shown.keySet().remove(Probe.UNIFORM_LOSS);
        return shown.entrySet().stream()
                .map(probe -> String.format(Locale.ROOT, "%s %.3g", probe.getKey(), probe.getValue()))
                .collect(Collectors.joining(", "));
    }
}
