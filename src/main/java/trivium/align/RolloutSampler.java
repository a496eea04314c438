package trivium.align;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import trivium.align.Evaluator.Answers;
import trivium.data.Seeds;
import trivium.generate.Completions;
import trivium.generate.Generation;
import trivium.generate.Sampling;
import trivium.measure.Summary;
import trivium.text.ChatTemplate;

/**
 * Draws a step's completions and asks the rewards about them: a function of recipe, seed and step. With dynamic
 * sampling, groups whose rewards are all equal give way to groups of further prompts.
 */
final class RolloutSampler {

    /** How often a step draws at most, as verl's {@code max_num_gen_batches}. */
    static final int MOST_DRAWS = 10;

    private final Algorithm algorithm;
    private final Reward reward;
    private final Completions completions;
    private final Sampling sampling;
    private final Draws draws;
    private final Map<String, int[]> tokens; // of each prompt

    /**
     * Which prompts a step draws.
     *
     * @param prompts to learn from
     * @param each how many of them a step has
     * @param seed of the training
     */
    record Draws(List<String> prompts, int each, long seed) {

        /** All prompts come once before any comes again, in a new order each time. */
        List<String> of(long step) {
            var chosen = new ArrayList<String>();
            for (long i = step * each; i < (step + 1) * each; i++) {
                chosen.add(shuffled(i / prompts.size()).get((int) (i % prompts.size())));
            }
            return chosen;
        }

        private List<String> shuffled(long epoch) {
            var shuffled = new ArrayList<>(prompts);
            Collections.shuffle(shuffled, Seeds.random(seed, epoch));
            return shuffled;
        }

        /** So many others in the place of those that taught nothing: those that the step has not drawn come first. */
        List<String> others(long step, int draw, List<String> drawn, int count) {
            var before = new HashSet<>(drawn);
            var shuffled = new ArrayList<>(prompts);
            Collections.shuffle(shuffled, Seeds.random(seedOf(step), draw));
            shuffled.sort((a, b) -> Boolean.compare(before.contains(a), before.contains(b)));
            return IntStream.range(0, count)
                    .mapToObj(i -> shuffled.get(i % shuffled.size()))
                    .toList();
        }

        /** Place 0 has the seed of the held-out prompts. */
        long seedOf(long step) {
            return Seeds.random(seed, step + 1).nextLong();
        }
    }

    /**
     * Groups of completions and what they earned.
     *
     * @param parts what each part of a sum says of each completion; empty where one reward stands alone
     * @param earned what is optimised, (B)
     * @param shaped what is learned from, (B)
     */
    record Drawn(
            List<Generation> generations, Answers answers, List<double[]> parts, double[] earned, double[] shaped) {

        /** Groups of this one and another, those at these places of both one behind the other. */
        private Drawn choose(Drawn other, List<Integer> groups, int group) {
            int[] rows = groups.stream()
                    .flatMap(each ->
                            IntStream.range(each * group, (each + 1) * group).boxed())
                    .mapToInt(Integer::intValue)
                    .toArray();
            return new Drawn(
                    pick(generations, other.generations, rows),
                    new Answers(
                            pick(answers.prompts(), other.answers.prompts(), rows),
                            pick(answers.texts(), other.answers.texts(), rows),
                            pick(answers.finishes(), other.answers.finishes(), rows)),
                    IntStream.range(0, parts.size())
                            .mapToObj(i -> pick(parts.get(i), other.parts.get(i), rows))
                            .toList(),
                    pick(earned, other.earned, rows),
                    pick(shaped, other.shaped, rows));
        }

        private static <T> List<T> pick(List<T> first, List<T> second, int[] rows) {
            return Arrays.stream(rows)
                    .mapToObj(row -> row < first.size() ? first.get(row) : second.get(row - first.size()))
                    .toList();
        }

        private static double[] pick(double[] first, double[] second, int[] rows) {
            return Arrays.stream(rows)
                    .mapToDouble(row -> row < first.length ? first[row] : second[row - first.length])
                    .toArray();
        }
    }

    /**
     * @param reward that knows the expected answers
     * @param sampling to which the end of an answer is added
     */
    RolloutSampler(
            Algorithm algorithm,
            Reward reward,
            Completions completions,
            ChatTemplate template,
            Sampling sampling,
            Draws draws) {
        this.algorithm = algorithm;
        this.reward = reward;
        this.completions = completions;
        this.sampling = sampling.stop(template.stop(completions.tokenizer()));
        this.draws = draws;
        tokens = draws.prompts().stream()
                .collect(
                        Collectors.toMap(prompt -> prompt, prompt -> template.prompt(completions.tokenizer(), prompt)));
    }

    /**
     * This step's completions.
     *
     * @param metrics receives "rewards/NAME/mean" and "rewards/NAME/std" of each part of a sum, "tokens" that were
     *     drawn, and with dynamic sampling "num_gen_batches" and "groups_drawn"
     */
    Drawn draw(long step, Map<String, Double> metrics) {
        var prompts = draws.of(step);
        long seed = draws.seedOf(step);
        var drawn = draw(prompts, sampling.seed(seed));
        long tokens = RolloutMetrics.added(drawn.generations());
        if (algorithm.dynamicSampling()) {
            int group = algorithm.numGenerations();
            var asked = new ArrayList<>(prompts);
            int times = 1;
            var teaching = teaching(drawn, group);
            while (teaching.size() < prompts.size() && times < MOST_DRAWS) {
                var others = draws.others(step, times, asked, prompts.size() - teaching.size());
                asked.addAll(others);
                var further =
                        draw(others, sampling.seed(Seeds.random(seed, times).nextLong()));
                tokens += RolloutMetrics.added(further.generations());
                times++;
                drawn = filled(drawn, teaching, further, prompts.size(), group);
                teaching = teaching(drawn, group);
            }
            metrics.put("num_gen_batches", (double) times);
            metrics.put("groups_drawn", (double) asked.size());
        }
        if (reward instanceof RewardSum sum) {
            for (int i = 0; i < drawn.parts().size(); i++) {
                var name = "rewards/" + sum.parts().get(i).name();
                var of = Summary.of(drawn.parts().get(i));
                metrics.put(name + "/mean", of.mean());
                metrics.put(name + "/std", of.standardDeviation());
            }
        }
        metrics.put("tokens", (double) tokens);
        return drawn;
    }

    /** The groups that teach something, then those of the further ones that do, then whatever fills the batch. */
    private Drawn filled(Drawn drawn, List<Integer> teaching, Drawn further, int groups, int group) {
        var chosen = new ArrayList<>(teaching);
        teaching(further, group).stream().map(i -> groups + i).forEach(chosen::add);
        IntStream.range(0, groups)
                .filter(i -> !teaching.contains(i))
                .limit(groups - chosen.size())
                .forEach(chosen::add);
        return drawn.choose(further, chosen, group);
    }

    /** The groups whose rewards differ. */
    private static List<Integer> teaching(Drawn drawn, int group) {
        return IntStream.range(0, drawn.shaped().length / group)
                .filter(i -> !RolloutMetrics.isEqual(drawn.shaped(), i * group, group))
                .boxed()
                .toList();
    }

    private Drawn draw(List<String> prompts, Sampling seeded) {
        var each = prompts.stream()
                .flatMap(prompt -> Collections.nCopies(algorithm.numGenerations(), prompt).stream())
                .toList();
        var generations =
                completions.generator().generate(each.stream().map(tokens::get).toList(), seeded);
        var answers = Answers.of(each, generations, completions);
        List<double[]> parts = reward instanceof RewardSum sum
                ? sum.parts().stream()
                        .map(part -> Scores.of(part.name(), part.reward(), answers))
                        .toList()
                : List.of();
        double[] earned =
                reward instanceof RewardSum sum ? total(sum, parts, answers) : Scores.of("reward", reward, answers);
        int[] lengths = generations.stream().mapToInt(g -> g.tokens().length).toArray();
        return new Drawn(
                generations,
                answers,
                parts,
                earned,
                algorithm.shape(earned, lengths, sampling.ending().maxTokens()));
    }

    private static double[] total(RewardSum sum, List<double[]> parts, Answers answers) {
        double[] total = sum.sum(parts);
        Scores.requireFinite(sum.toString(), total, answers.prompts(), answers.texts());
        return total;
    }
}
