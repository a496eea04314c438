package trivium.align;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import elsewhere.Momentum;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.generate.Sampling;
import trivium.generate.TableModel;
import trivium.run.Origin;
import trivium.run.Progress;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;

/** How completions are drawn, which groups are learned from, and what the policy is held to. */
class RolloutSettingsTest {

    private static final Tokenizer LETTERS =
            Tokenizers.characters(List.of("abcdef")).withSpecials(ChatTemplate.DEFAULT.specials());
    private static final List<String> PROMPTS = IntStream.range(0, 12)
            .mapToObj(i -> "" + "abcdef".charAt(i / 2) + "abc".charAt(i % 2))
            .toList();
    private static final Reward LIKED = (_, completion) ->
            completion.chars().map(c -> c == 'a' || c == 'b' ? 1 : 0).sum();

    @TempDir
    Path folder;

    private final TableModel model = TableModel.random(LETTERS.size(), 24, 0.5, 1);
    private final Run start =
            new Run(RunCard.begin("finetune", null, Map.of(), Origin.here(0, "")), model, LETTERS, Map.of());
    private final PolicyOptimisation recipe = PolicyOptimisation.of(start, PROMPTS)
            .reward(LIKED)
            .algorithm(Grpo.numGenerations(4).beta(0.1))
            .batchSize(3)
            .maxTokens(6)
            .heldOut(2)
            .evaluations(0)
            .learningRate(0.05)
            .workers(1);

    /** Looks at rollouts and at the policy's log-probabilities of them, and learns nothing. */
    private record Looking(List<Rollouts> seen, List<float[]> now, boolean dynamicSampling) implements Algorithm {
        Looking(boolean dynamicSampling) {
            this(new ArrayList<>(), new ArrayList<>(), dynamicSampling);
        }

        @Override
        public int numGenerations() {
            return 4;
        }

        @Override
        public Learner learner(Learner.Context context) {
            return (rollouts, _) -> {
                seen.add(rollouts);
                var values = new float[rollouts.old().length];
                context.policy().slices().values(rollouts.batch(), values);
                now.add(values);
                return Map.of("loss", 0.0);
            };
        }
    }

    /** By the table: p(v)^(1/τ) over the sum of all. */
    @Test
    void whatIsScoredIsWhatWasSampledFrom() {
        double temperature = 0.5;
        var looking = new Looking(false);
        var run = recipe.algorithm(looking).temperature(temperature).steps(1).run();
        var rollouts = looking.seen().getFirst();
        var batch = rollouts.batch();
        int counted = 0;
        for (int i = 0; i < rollouts.old().length; i++) {
            if (rollouts.counts(i)) {
                int begin = i / batch.time() * batch.time();
                var p = model.probabilities(Arrays.copyOfRange(batch.tokens(), begin, i + 1));
                double total =
                        Arrays.stream(p).map(x -> Math.pow(x, 1 / temperature)).sum();
                double expected = Math.log(Math.pow(p[batch.targets()[i]], 1 / temperature) / total);
                assertEquals(expected, rollouts.old()[i], 1e-5);
                assertEquals(expected, rollouts.reference()[i], 1e-5);
                assertEquals(expected, looking.now().getFirst()[i], 1e-5);
                counted++;
            }
        }
        assertTrue(counted > 20);
        assertEquals(0, run.last("kl"), 1e-5);
    }

    /**
     * By enumeration: completions of one token, whose expected reward Σ p_τ(v) r(v) has the gradient p_τ(v) (r(v) − E
     * r) / τ at the logit of v.
     */
    @Test
    void theMeanStepIsTheGradientOfTheExpectedRewardAtTheTemperature() {
        double temperature = 0.6;
        var one = recipe.algorithm(Rloo.numGenerations(32).beta(0))
                .temperature(temperature)
                .optimizer(new Momentum(0))
                .maxGradNorm(Double.POSITIVE_INFINITY)
                .learningRate(1)
                .maxTokens(1)
                .batchSize(1)
                .heldOut(11)
                .steps(1);
        var prompt = ChatTemplate.DEFAULT.prompt(LETTERS, one.trainingPrompts().getFirst());
        double[] p = Arrays.stream(model.probabilities(prompt))
                .map(x -> Math.pow(x, 1 / temperature))
                .toArray();
        double total = Arrays.stream(p).sum();
        // the stop token is no text, and other special tokens have letters in their names
        double[] rewards = IntStream.range(0, LETTERS.size())
                .mapToDouble(v ->
                        v == ChatTemplate.DEFAULT.stop(LETTERS) ? 0 : LIKED.score("", LETTERS.decode(new int[] {v})))
                .toArray();
        double mean =
                IntStream.range(0, p.length).mapToDouble(v -> p[v] * rewards[v]).sum() / total;
        int last = prompt[prompt.length - 1];
        int size = LETTERS.size();
        var steps = Stream.generate(SummaryStatistics::new).limit(size).toList();
        for (int seed = 0; seed < 60; seed++) {
            var after = one.seed(seed).run().model().parameters().values();
            for (int v = 0; v < size; v++) {
                long at = (long) last * size + v;
                steps.get(v)
                        .addValue(after.get(at) - model.parameters().values().get(at));
            }
        }
        for (int v = 0; v < size; v++) {
            double exact = p[v] / total * (rewards[v] - mean) / temperature;
            double error = steps.get(v).getStandardDeviation() / Math.sqrt(60);
            assertEquals(exact, steps.get(v).getMean(), 4 * error + 1e-6, "token " + v);
        }
    }

    /** Prompts that begin with a, b or c are the only ones whose completions differ in reward. */
    @Test
    void groupsThatTeachNothingGiveWayToOthers() {
        Reward some = (prompt, completion) -> prompt.charAt(0) < 'd' ? completion.length() : 0;
        var algorithm = Grpo.numGenerations(4).beta(0);
        var plain = recipe.reward(some).algorithm(algorithm).steps(3).run();
        var run = recipe.reward(some)
                .algorithm(algorithm.dynamicSampling(true))
                .steps(3)
                .run();
        assertTrue(plain.metrics().doubleColumn("frac_reward_zero_std").mean() > 0.2);
        assertEquals(0, run.metrics().doubleColumn("frac_reward_zero_std").mean(), "all three groups teach");
        assertTrue(run.metrics().doubleColumn("num_gen_batches").max() > 1);
        assertTrue(run.metrics().doubleColumn("groups_drawn").mean() > 3);
        assertTrue(run.last("tokens") > plain.last("tokens"), "those in vain are counted");
    }

    /** No group stands twice in what is learned from, and those that teach something are those of a, b and c. */
    @Test
    void groupsThatGaveWayAreReplacedByTheirOwnDraws() {
        Reward some = (prompt, completion) -> prompt.charAt(0) < 'd' ? completion.length() : 0;
        var looking = new Looking(true);
        var run = recipe.reward(some).algorithm(looking).steps(4).run();
        assertTrue(run.metrics().doubleColumn("num_gen_batches").max() > 1);
        for (var rollouts : looking.seen()) {
            var batch = rollouts.batch();
            int size = 4 * batch.time();
            var groups = IntStream.range(0, 3)
                    .mapToObj(group ->
                            Arrays.toString(Arrays.copyOfRange(batch.targets(), group * size, (group + 1) * size)))
                    .toList();
            assertEquals(3, Set.copyOf(groups).size(), groups.toString());
        }
    }

    /** Seven of twelve prompts were drawn; the five others come first, and then some of the seven again. */
    @Test
    void promptsThatWereNotDrawnComeFirst() {
        var draws = new RolloutSampler.Draws(PROMPTS, 3, 4);
        var drawn = PROMPTS.subList(2, 9);
        var unseen = PROMPTS.stream().filter(prompt -> !drawn.contains(prompt)).toList();
        var others = draws.others(1, 2, drawn, unseen.size() + 2);
        assertEquals(Set.copyOf(unseen), Set.copyOf(others.subList(0, unseen.size())));
        assertTrue(drawn.containsAll(others.subList(unseen.size(), others.size())), others.toString());
    }

    /** Completions of one letter, at temperature 1/2: p(v)² over the sum of all. */
    @Test
    void candidatesHaveTheLogProbabilitiesWithWhichTheyWereDrawn() {
        var sampling = Sampling.atTemperature(0.5).maxTokens(1).seed(3);
        var candidates = Candidates.draw(start, List.of("ab"), 40, sampling).getFirst();
        double[] p = model.probabilities(ChatTemplate.DEFAULT.prompt(LETTERS, "ab"));
        double total = Arrays.stream(p).map(x -> x * x).sum();
        var letters = IntStream.range(0, 40)
                .filter(i -> candidates.texts().get(i).length() == 1)
                .toArray();
        assertTrue(letters.length > 10);
        for (int i : letters) {
            double chance = p[LETTERS.encode(candidates.texts().get(i))[0]];
            assertEquals(Math.log(chance * chance / total), candidates.logProbs()[i], 1e-5);
        }
    }

    /** What the reward said is logged, and not what is left of it after the price of nearly too long completions. */
    @Test
    void theRewardIsLoggedAsItWasEarned() {
        var run = recipe.reward((_, _) -> 1)
                .algorithm(Grpo.numGenerations(4).beta(0).overlong(1, 5))
                .steps(1)
                .run();
        assertEquals(1, run.last("reward"));
        assertTrue(run.last("grad_norm") > 0, "learned from is what is left of it");
    }

    /**
     * Evaluations of an earlier process count: gold was highest in one of them, and has fallen while the reward rose.
     */
    @Test
    void aTrainingThatGoesOnKnowsItsEarlierEvaluations() {
        var phase = new long[1];
        double[] gold = {0, 10, 10, 5, 5};
        var watched = recipe.reward((_, _) -> phase[0])
                .gold((_, _) -> gold[(int) phase[0]])
                .heldOut(5)
                .evaluations(2)
                .steps(4);
        var place = folder.resolve("watched");
        watched.keep(place, 1).progress(new Phases(phase, 0, 3)).run();
        assertTrue(Thread.interrupted());
        phase[0] = 0; // the held-out prompts are answered as before the first step
        var resumed = watched.keep(place, 1).progress(new Phases(phase, 3, 9)).run();
        assertTrue(
                resumed.findings().stream().anyMatch(finding -> finding.name().equals("over-optimisation")),
                resumed.findings().toString());
    }

    /** Tells rewards how many steps were taken, beginning at so many; interrupts after {@code last}. */
    private record Phases(long[] phase, long begun, long last) implements Progress {
        @Override
        public void start(String title, long total) {
            phase[0] = begun;
        }

        @Override
        public void step(long done, Map<String, Double> metrics) {
            phase[0] = done;
            if (done == last) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    void whereAllGroupsAreEqualItGivesUp() {
        var run = recipe.reward((_, _) -> 1)
                .algorithm(Grpo.numGenerations(4).beta(0).dynamicSampling(true))
                .steps(1)
                .run();
        assertEquals(RolloutSampler.MOST_DRAWS, run.last("num_gen_batches"));
        assertEquals(3.0 * RolloutSampler.MOST_DRAWS, run.last("groups_drawn"));
        assertEquals(1, run.last("frac_reward_zero_std"));
    }

    /** Right after a reset the policy is its own reference. */
    @Test
    void theReferenceIsReset() {
        var kl = recipe.resetReference(2).steps(5).run().metrics().doubleColumn("kl");
        assertEquals(0, kl.get(0), 1e-5);
        assertTrue(Math.abs(kl.get(1)) > 1e-3, "it has left");
        assertEquals(0, kl.get(2), 1e-5);
        assertTrue(Math.abs(kl.get(3)) > 1e-3);
        assertEquals(0, kl.get(4), 1e-5);
        var half = recipe.resetReference(2).referenceMixup(0.5).steps(3).run().last("kl");
        var never = recipe.steps(3).run().last("kl");
        assertTrue(Math.abs(half) > 1e-3 && half != never, half + " and " + never);
        var reference = new ReferenceModel(TableModel.random(5, 8, 1, 1));
        var policy = TableModel.random(5, 8, 1, 2).parameters().values();
        float before = reference.model().parameters().values().get(7);
        reference.follow(TableModel.random(5, 8, 1, 2), 0.25);
        assertEquals(
                0.25 * policy.get(7) + 0.75 * before,
                reference.model().parameters().values().get(7),
                1e-6);
    }

    @Test
    void aResetReferenceIsPartOfTheCheckpoint() {
        var reset = recipe.resetReference(2).referenceMixup(0.7).steps(7);
        var place = folder.resolve("reset");
        reset.keep(place, 1).progress(new InterruptAfter(3)).run();
        assertTrue(Thread.interrupted());
        var resumed = reset.keep(place, 1).run();
        var whole = reset.run();
        assertArrayEquals(
                whole.model().parameters().values().toArray(),
                resumed.model().parameters().values().toArray());
        assertEquals(
                whole.metrics().doubleColumn("kl").asList(),
                resumed.metrics().doubleColumn("kl").asList());
    }

    private record InterruptAfter(long last) implements Progress {
        @Override
        public void step(long done, Map<String, Double> metrics) {
            if (done == last) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    void promptsThatAreTooLongAreLeftOutAndCounted() {
        var prompts = new ArrayList<>(PROMPTS);
        prompts.addFirst("a".repeat(30));
        var run = PolicyOptimisation.of(start, prompts)
                .reward(LIKED)
                .algorithm(Grpo.numGenerations(4))
                .maxTokens(6)
                .heldOut(2)
                .steps(2)
                .run();
        assertTrue(
                run.card()
                        .origin()
                        .notes()
                        .contains("1 of 11 prompts to learn from, longer than the context of 24 tokens, was left out"),
                run.card().origin().notes().toString());
        var none = assertThrows(
                IllegalArgumentException.class,
                () -> PolicyOptimisation.of(start, List.of("a".repeat(30), "b".repeat(30), "c"))
                        .reward(LIKED)
                        .heldOut(1)
                        .run());
        assertTrue(
                none.getMessage().startsWith("none of the 2 prompts to learn from fits the model's context of 24"),
                none.getMessage());
    }

    /** The model ends every answer at once. */
    @Test
    void completionsThatAreAllEmptyAreSaid() {
        int end = ChatTemplate.DEFAULT.stop(LETTERS);
        IntStream.range(0, LETTERS.size()).forEach(t -> model.last(t, end, 60));
        var run = recipe.steps(2).run();
        assertTrue(
                run.card().origin().notes().stream()
                        .anyMatch(note -> note.startsWith("at step 1 all completions were empty")),
                run.card().origin().notes().toString());
    }
}
