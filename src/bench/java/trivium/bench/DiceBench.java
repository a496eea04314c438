package trivium.bench;

import java.io.PrintStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import trivium.align.Grpo;
import trivium.align.JudgedAnswers;
import trivium.align.PolicyOptimisation;
import trivium.align.Reward;
import trivium.align.RewardModelling;
import trivium.finetune.FineTuning;
import trivium.generate.Sampling;
import trivium.measure.Summary;
import trivium.model.Llama;
import trivium.pretrain.Pretraining;
import trivium.run.Run;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizer;
import trivium.toytown.ToyTown;

/**
 * How much narrower common random numbers make the interval of a difference: the quickstart's three phases at a third
 * of its steps, and the fine-tuned and the aligned model's answers to 200 prompts again and again, with the same random
 * numbers, with others, and to other prompts as well.
 */
final class DiceBench {

    private static final int PROMPTS = 200;
    private static final Sampling SAMPLING = Sampling.atTemperature(1).maxTokens(128);

    private DiceBench() {}

    static int run(List<String> arguments, PrintStream out) {
        var words = Arguments.of("dice", arguments, "--rounds N", "--steps N");
        int rounds = words.number("--rounds", 12);
        int steps = words.number("--steps", 20);
        var town = ToyTown.sample();
        var stories = town.stories(1_500);
        Run base = Pretraining.of(
                        Llama.small(),
                        Tokenizer.bpe(stories, 1_024).withSpecials(ChatTemplate.DEFAULT.specials()),
                        stories)
                .steps(200)
                .learningRate(3e-3)
                .seed(42)
                .run();
        Run tuned = FineTuning.of(base, town.instructions(3_000))
                .epochs(2)
                .batchSize(16)
                .learningRate(2e-3)
                .seed(42)
                .run();
        var judge = RewardModelling.of(tuned, town.preferences(1_000))
                .epochs(2)
                .seed(1)
                .run();
        var all = town.prompts(1_000 + 2 * PROMPTS);
        Run aligned = PolicyOptimisation.of(tuned, all.subList(2 * PROMPTS, all.size()))
                .reward(judge)
                .algorithm(Grpo.numGenerations(8))
                .learningRate(2e-4)
                .steps(steps)
                .seed(42)
                .run();
        var same = all.subList(0, PROMPTS);
        var others = all.subList(PROMPTS, 2 * PROMPTS);
        var halves = new LinkedHashMap<String, double[]>();
        double moved = 0;
        for (int round = 0; round < rounds; round++) {
            double[] a = rewards(tuned, same, judge, round);
            double[] b = rewards(aligned, same, judge, round);
            double[] c = rewards(aligned, same, judge, 1_000 + round);
            double[] d = rewards(aligned, others, judge, 2_000 + round);
            moved += (mean(b) - mean(a)) / rounds;
            put(halves, "same prompts, same random numbers", round, rounds, paired(a, b));
            put(halves, "same prompts, other random numbers", round, rounds, paired(a, c));
            put(halves, "other prompts, other random numbers", round, rounds, unpaired(a, d));
        }
        out.printf(
                Locale.ROOT,
                "reward of %d answers, aligned less fine-tuned: %+.2f; half the 95 %% interval, %d rounds%n",
                PROMPTS,
                moved,
                rounds);
        double[] common = halves.values().iterator().next();
        halves.forEach((name, each) -> {
            var half = Summary.of(each);
            var share = Summary.of(IntStream.range(0, rounds)
                    .mapToDouble(i -> common[i] / each[i])
                    .toArray());
            out.printf(
                    Locale.ROOT,
                    "%-38s %.3f ± %.3f; common ones have %.2f ± %.2f of it%n",
                    name,
                    half.mean(),
                    half.standardDeviation(),
                    share.mean(),
                    share.standardDeviation());
        });
        return 0;
    }

    private static void put(Map<String, double[]> all, String name, int round, int rounds, double half) {
        all.computeIfAbsent(name, _ -> new double[rounds])[round] = half;
    }

    private static double mean(double... values) {
        return Arrays.stream(values).average().orElseThrow();
    }

    private static double[] rewards(Run run, List<String> prompts, Reward judge, long seed) {
        return JudgedAnswers.of(run, run, prompts, Map.of("reward", judge), SAMPLING.seed(seed))
                .scores()
                .get("reward");
    }

    private static double paired(double[] a, double[] b) {
        var change = Summary.of(
                IntStream.range(0, a.length).mapToDouble(i -> b[i] - a[i]).toArray());
        return change.interval().high() - change.mean();
    }

    /** Of two samples that have nothing to do with each other, with as many degrees of freedom as both have. */
    private static double unpaired(double[] a, double[] b) {
        var first = Summary.of(a);
        var second = Summary.of(b);
        return (first.interval().high() - first.mean())
                / first.standardError()
                * Math.hypot(first.standardError(), second.standardError());
    }
}
