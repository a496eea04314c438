package trivium.align;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import elsewhere.Momentum;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import trivium.data.Comparison;
import trivium.data.Comparisons;
import trivium.data.Rows;
import trivium.generate.Generation.Finish;
import trivium.model.Llama;
import trivium.run.Metric;
import trivium.run.Origin;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.tensor.Batch;
import trivium.tensor.RowLayout;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;
import trivium.train.AdamW;
import trivium.train.LearningRate;
import trivium.train.Length;
import trivium.train.Optimisation;
import trivium.train.Report;
import trivium.train.Schedule;
import trivium.train.TrainLoop;
import trivium.train.Warmup;

class PpoTest {

    private static final int ROWS = 6;
    private static final int TIME = 7;
    private static final Tokenizer LETTERS =
            Tokenizers.characters(List.of("abcdef")).withSpecials(ChatTemplate.DEFAULT.specials());
    private static final List<String> PROMPTS = IntStream.range(0, 30)
            .mapToObj(i -> "" + letter(i / 6) + letter(i % 6) + letter(i % 5))
            .toList();
    private static final Reward LIKED = (_, completion) ->
            completion.chars().map(c -> c == 'a' || c == 'b' ? 1 : 0).sum();

    private final SplittableRandom random = new SplittableRandom(4);

    private static char letter(int i) {
        return (char) ('a' + i);
    }

    private static Run start() {
        return new Run(
                RunCard.begin("finetune", null, Map.of(), Origin.here(0, "")),
                Llama.of(16, 16, 1, 2, 2).fresh(LETTERS.size(), 1),
                LETTERS,
                Map.of());
    }

    private static PolicyOptimisation recipe(Algorithm algorithm) {
        return PolicyOptimisation.of(start(), PROMPTS)
                .reward(LIKED)
                .algorithm(algorithm)
                .batchSize(16)
                .maxTokens(6)
                .heldOut(6)
                .evaluations(0)
                .steps(12)
                .learningRate(0.01)
                .workers(2);
    }

    /** A completion's tokens stand at positions 1 … 1 + length of its row; elsewhere stands what must not be read. */
    private Batch batch() {
        int n = ROWS * TIME;
        var tokens = random.ints(n, 0, 5).toArray();
        var weights = new float[n];
        int[][] ends = new int[ROWS][];
        for (int row = 0; row < ROWS; row++) {
            int length = 1 + random.nextInt(TIME - 1);
            Arrays.fill(weights, row * TIME + 1, row * TIME + 1 + length, 1);
            ends[row] = new int[] {1 + length};
        }
        return new Batch(ROWS, TIME, tokens, tokens.clone(), weights, new RowLayout(1, ends));
    }

    private double[] numbers(Batch batch, double scale) {
        var numbers = new double[ROWS * TIME];
        Arrays.setAll(numbers, i -> batch.weights()[i] != 0 ? scale * random.nextGaussian() : 9);
        return numbers;
    }

    private static float[] floats(double[] numbers) {
        var floats = new float[numbers.length];
        IntStream.range(0, floats.length).forEach(i -> floats[i] = (float) numbers[i]);
        return floats;
    }

    /** Σ (γλ)^l (r + γ V' − V), term by term, from every token on. */
    @ParameterizedTest
    @CsvSource({"1, 0.95", "0.9, 0.5", "1, 1", "0.7, 0"})
    void advantagesAreTheSumsThatTheyStandFor(double gamma, double lambda) {
        var batch = batch();
        double[] rewards = numbers(batch, 1);
        double[] values = numbers(batch, 1);
        double[] found = new Gae(gamma, lambda, Gae.Whitening.NONE).advantages(batch, rewards, values);
        for (int i = 0; i < found.length; i++) {
            double expected = 0;
            int end = (i / TIME + 1) * TIME;
            for (int l = 0; i + l < end && batch.weights()[i + l] != 0; l++) {
                int at = i + l;
                boolean last = at + 1 == end || batch.weights()[at + 1] == 0;
                double delta = rewards[at] + (last ? 0 : gamma * values[at + 1]) - values[at];
                expected += Math.pow(gamma * lambda, l) * delta;
            }
            assertEquals(expected, found[i], 1e-12, "position " + i);
        }
    }

    /** With γ = λ = 1 the values before a token cancel but for its own. */
    @Test
    void withoutDiscountTheReturnIsTheSumOfTheRewardsToCome() {
        var batch = batch();
        double[] rewards = numbers(batch, 1);
        double[] values = numbers(batch, 1);
        double[] found = new Gae(1, 1, Gae.Whitening.NONE).advantages(batch, rewards, values);
        for (int i = 0; i < found.length; i++) {
            if (batch.weights()[i] != 0) {
                double sum = 0;
                for (int j = i; j < (i / TIME + 1) * TIME && batch.weights()[j] != 0; j++) {
                    sum += rewards[j];
                }
                assertEquals(sum, found[i] + values[i], 1e-12);
            }
        }
    }

    @Test
    void whitenedAdvantagesHaveMeanZeroAndDeviationOneOrKeepTheirMean() {
        var batch = new Batch(1, 4, new int[4], new int[4], new float[] {0, 1, 1, 1}, 1);
        double[] advantages = {99, 1, 2, 6};
        // By hand: mean 3, squares 4 + 1 + 9 = 14, sample variance 7.
        double deviation = Math.sqrt(7);
        assertArrayEquals(
                new double[] {0, -2 / deviation, -1 / deviation, 3 / deviation},
                new Gae(1, 1, Gae.Whitening.SHIFT_AND_SCALE).whitened(batch, advantages),
                1e-8);
        assertArrayEquals(
                new double[] {0, 1 / deviation, 2 / deviation, 6 / deviation},
                new Gae(1, 1, Gae.Whitening.SCALE).whitened(batch, advantages),
                1e-8);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.3})
    void gradientsAreTheDerivativesOfTheirLosses(double clip) {
        var batch = batch();
        var ppo = new Ppo().epsilon(clip).valueClip(clip).valueCoefficient(0.3);
        var old = floats(numbers(batch, 1));
        var policy = ppo.policyObjective(batch, old, numbers(batch, 1));
        var moved = old.clone();
        double[] expected = numbers(batch, 1);
        var values = floats(expected);
        for (int i = 0; i < moved.length; i++) {
            moved[i] += (float) (0.4 * random.nextGaussian());
            values[i] += (float) (0.4 * random.nextGaussian());
        }
        Differences.check(policy, batch, moved);
        Differences.checkSlices(policy, batch, moved);
        var value = ppo.valueObjective(batch, expected, numbers(batch, 1));
        Differences.check(value, batch, values);
        Differences.checkSlices(value, batch, values);
        var report = new Report();
        policy.loss(batch, 0, ROWS, moved, new float[moved.length], report);
        value.loss(batch, 0, ROWS, values, new float[moved.length], report);
        for (var clipped : List.of("policy/clipfrac_avg", "val/clipfrac_avg")) {
            double share = report.means().get(clipped);
            assertTrue(share > 0 && share < 1, clipped + " " + share);
        }
    }

    /** With V_old = 0 and ε_V = 0.2: the worse of the two errors counts, and the clipped one has no slope. */
    @ParameterizedTest
    @CsvSource({"0.5, 1, 0.64, 0", "0.5, 0, 0.25, 0.5", "0.1, 1, 0.81, -0.9", "-0.5, -1, 0.64, 0"})
    void theValueLossTakesTheWorseOfBothErrors(float value, double wanted, double square, double slope) {
        var batch = new Batch(1, 1, new int[1], new int[1], new float[] {1}, 1);
        var gradients = new float[1];
        double loss = new Ppo()
                .valueClip(0.2)
                .valueCoefficient(0.3)
                .valueObjective(batch, new double[1], new double[] {wanted})
                .loss(batch, 0, 1, new float[] {value}, gradients, new Report());
        assertEquals(0.3 / 2 * square, loss, 1e-7);
        assertEquals(0.3 * slope, gradients[0], 1e-7);
    }

    /** Ziegler et al. 2019, section 2.2, by hand: an error is cut at 0.2, and 64 of 640 completions count a tenth. */
    @Test
    void betaFollowsTheDivergence() {
        var coefficient =
                new KlCoefficient(new Ppo().beta(0.5).adaptiveKl(4, 640).kl(), 64);
        coefficient.adapt(40, 64);
        assertEquals(0.5 * 1.02, coefficient.beta(), 1e-7);
        coefficient.adapt(3.8, 64);
        assertEquals(0.5 * 1.02 * (1 - 0.05 / 10), coefficient.beta(), 1e-7);
        coefficient.adapt(-1, 64);
        assertEquals(0.5 * 1.02 * (1 - 0.05 / 10) * 0.98, coefficient.beta(), 1e-7);
        var fixed = new KlCoefficient(new Ppo().beta(0.5).kl(), 64);
        fixed.adapt(40, 64);
        assertEquals(0.5, fixed.beta());
    }

    /** Every row comes in one part of an epoch, with its own numbers, cut to the longest row of its part. */
    @Test
    void minibatchesAreTheRowsInAnotherOrder() {
        var batch = batch();
        var all = new Minibatch(
                batch, floats(numbers(batch, 1)), numbers(batch, 1), numbers(batch, 1), numbers(batch, 1));
        int[] rows = {4, 0, 2};
        var some = all.rows(rows);
        int time = some.batch().time();
        assertEquals(
                Arrays.stream(rows)
                        .map(row -> batch.layout().used(row, TIME))
                        .max()
                        .orElseThrow(),
                time);
        for (int i = 0; i < rows.length; i++) {
            assertEquals(
                    batch.layout().used(rows[i], TIME), some.batch().layout().used(i, time));
            for (int t = 0; t < time; t++) {
                int from = rows[i] * TIME + t;
                int to = i * time + t;
                assertEquals(batch.tokens()[from], some.batch().tokens()[to]);
                assertEquals(batch.targets()[from], some.batch().targets()[to]);
                assertEquals(batch.weights()[from], some.batch().weights()[to]);
                assertEquals(all.old()[from], some.old()[to]);
                assertEquals(all.values()[from], some.values()[to]);
                assertEquals(all.advantages()[from], some.advantages()[to]);
                assertEquals(all.returns()[from], some.returns()[to]);
            }
        }
    }

    /**
     * Values, rewards and advantages of one learning step, against the same computed here: the first update of a
     * learner has ρ = 1, so its loss is the mean advantage, and what it says of its rewards is arithmetic.
     */
    @Test
    void theFirstUpdateLearnsFromScoreAndPriceAtTheirTokens() {
        var start = start();
        var optimisation = Optimisation.of(
                new Length.Steps(1),
                1,
                new LearningRate(1e-3, new Warmup.Steps(0), new Schedule.Constant()),
                new AdamW(0.9, 0.99, 1e-8, 0, false));
        var ppo = new Ppo()
                .beta(0.5)
                .gamma(0.9)
                .lambda(0.8)
                .whitening(Gae.Whitening.NONE)
                .epochs(1)
                .missingEosPenalty(3);
        var batch = batch();
        var old = new float[ROWS * TIME];
        var reference = new float[ROWS * TIME];
        double[] rewards = random.doubles(ROWS, -1, 1).toArray();
        var finishes = List.of(Finish.STOP, Finish.LENGTH, Finish.STOP, Finish.STOP_TEXT, Finish.CONTEXT, Finish.STOP);
        var expected = new float[ROWS * TIME];
        var valueModel = start.model().withScalarHead(0);
        valueModel.pass(ROWS, TIME).forward(batch.tokens(), batch.targets(), 0, ROWS, TIME, expected);
        Map<String, Double> metrics;
        try (var policy = TrainLoop.withoutDropout(start.model().copy(), optimisation)) {
            policy.slices().values(batch, old);
            for (int i = 0; i < old.length; i++) {
                reference[i] = old[i] + (float) (0.3 * random.nextGaussian());
            }
            try (var learner = ppo.learner(new Learner.Context(policy, start, LIKED, optimisation, TIME))) {
                metrics = learner.learn(new Rollouts(batch, 1, rewards, finishes, old, reference), 1e-3);
            }
        }
        double policyLoss = 0;
        double valueLoss = 0;
        double price = 0;
        double surprise = 0;
        var returns = new SummaryStatistics();
        var missed = new SummaryStatistics();
        for (int row = 0; row < ROWS; row++) {
            int last = row * TIME + batch.layout().used(row, TIME) - 1;
            double following = 0;
            double after = 0;
            for (int i = last; i > row * TIME; i--) {
                double reward = -0.5 * (old[i] - reference[i]);
                price += reward / ROWS;
                reward += i == last ? rewards[row] - (finishes.get(row).isCut() ? 3 : 0) : 0;
                double delta = reward + 0.9 * following - expected[i];
                after = delta + 0.9 * 0.8 * after;
                following = expected[i];
                surprise -= old[i];
                returns.addValue(after + expected[i]);
                missed.addValue(after);
                policyLoss -= after / batch.counted();
                valueLoss += after * after / 2 / batch.counted(); // V = V_old, and R = A + V_old
            }
        }
        assertEquals(policyLoss, metrics.get("loss/policy_avg"), 1e-5);
        assertEquals(valueLoss, metrics.get("loss/value_avg"), 1e-5);
        assertEquals(policyLoss + 0.1 * valueLoss, metrics.get("loss"), 1e-5);
        assertEquals(price, metrics.get("objective/non_score_reward"), 1e-5);
        assertEquals(surprise / ROWS, metrics.get("objective/entropy"), 1e-5);
        assertEquals(1 - missed.getVariance() / returns.getVariance(), metrics.get("val/var_explained"), 1e-5);
        double score = Arrays.stream(rewards).sum() / ROWS - 2 * 3.0 / ROWS;
        assertEquals(score, metrics.get("objective/scores"), 1e-9);
        assertEquals(score + price, metrics.get("objective/rlhf_reward"), 1e-5);
        assertEquals(4, metrics.get("val/num_eos_tokens"));
        assertEquals(1, metrics.get("val/ratio"), 1e-6);
    }

    /** With one completion of each prompt; the value model learns what to expect on the way. */
    @Test
    void whatIsLikedGrowsWithoutGroups() {
        var run = recipe(new Ppo().valueLearningRate(0.01).valueClip(2)).run();
        double[] reward = run.metrics().doubleColumn("reward").asDoubleArray();
        assertTrue(reward[11] > reward[0] + 1, Arrays.toString(reward));
        var errors = run.metrics().doubleColumn("loss/value_avg");
        assertTrue(errors.get(11) < 0.3 * errors.get(0), errors.asList().toString());
        assertEquals(0, run.metrics().doubleColumn("kl").get(0), 1e-4, "it began at the reference");
        for (var groups : List.of("reward_group_std", "frac_reward_zero_std")) {
            assertFalse(run.has(groups), groups + " of groups of one");
        }
    }

    @Test
    void everyMetricIsDeclared() {
        var run = recipe(new Ppo()).steps(1).run();
        var undeclared = new HashSet<>(run.metrics().columnNames());
        undeclared.removeIf(Metric::isDeclared);
        assertEquals(new HashSet<String>(), undeclared);
    }

    /** The second epoch sees a policy that has moved; a target that any move exceeds leaves it out. */
    @Test
    void epochsEndWhereThePolicyHasMovedTooFar() {
        var all = recipe(new Ppo().epochs(3).minibatches(2)).steps(2).run();
        assertEquals(6, all.last("policy/updates"));
        var stopped = recipe(new Ppo().epochs(3).minibatches(2).targetKl(1e-9))
                .steps(2)
                .run();
        assertEquals(2, stopped.last("policy/updates"), "the first epoch is always taken");
        assertNotEquals(all.last("reward"), stopped.last("reward"));
    }

    /**
     * In the first epoch ρ is 1 in the first half of the rollouts, so the mean over both halves is half the other's.
     */
    @Test
    void howFarThePolicyMovedIsAMeanOverMinibatches() {
        var one = new Ppo().epochs(1).minibatches(2);
        double moved = recipe(one).steps(1).run().last("policy/approxkl_avg");
        assertTrue(moved > 0, "the second half is learned from by a policy that has moved");
        var further = one.epochs(2);
        assertEquals(
                4,
                recipe(further.targetKl(1.5 * moved)).steps(1).run().last("policy/updates"),
                "not beyond the target");
        assertEquals(
                2, recipe(further.targetKl(0.9 * moved)).steps(1).run().last("policy/updates"), "beyond the target");
    }

    /**
     * An optimiser that steps by rate times gradient moves the value model's head by its own rate, not the policy's.
     */
    @Test
    void theValueModelHasALearningRateOfItsOwn() {
        var batch = batch();
        double[] rewards = random.doubles(ROWS, -1, 1).toArray();
        double[] slow = headMovedBy(new Ppo().epochs(1).valueLearningRate(1e-3), 0, batch, rewards);
        double[] fast = headMovedBy(new Ppo().epochs(1).valueLearningRate(5e-3), 0, batch, rewards);
        assertTrue(Arrays.stream(slow).anyMatch(by -> Math.abs(by) > 1e-5), Arrays.toString(slow));
        for (int i = 0; i < slow.length; i++) {
            assertEquals(5 * slow[i], fast[i], 1e-6);
        }
    }

    /** The same rollouts as the first set and as the second, from the same value model. */
    @Test
    void eachSetOfRolloutsHasAnOrderOfMinibatchesOfItsOwn() {
        var batch = batch();
        double[] rewards = random.doubles(ROWS, -1, 1).toArray();
        var ppo = new Ppo().epochs(1).minibatches(3).valueLearningRate(1);
        double[] first = headMovedBy(ppo, 0, batch, rewards);
        assertArrayEquals(first, headMovedBy(ppo, 0, batch, rewards));
        assertFalse(Arrays.equals(first, headMovedBy(ppo, 1, batch, rewards)));
    }

    /** By how much, after this many sets of rollouts. */
    private static double[] headMovedBy(Ppo ppo, long seen, Batch batch, double[] rewards) {
        var start = start();
        var optimisation = Optimisation.of(
                new Length.Steps(1),
                1,
                new LearningRate(1e-3, new Warmup.Steps(0), new Schedule.Constant()),
                new Momentum(0));
        var old = new float[ROWS * TIME];
        var finishes = Collections.nCopies(ROWS, Finish.STOP);
        try (var policy = TrainLoop.withoutDropout(start.model().copy(), optimisation);
                var learner = ppo.learner(new Learner.Context(policy, start, LIKED, optimisation, TIME))) {
            learner.state().get("ppo").updates(seen);
            policy.slices().values(batch, old);
            var head = learner.state().get("value").tensors().get("head.weight").values();
            float[] before = head.toArray();
            learner.learn(new Rollouts(batch, 1, rewards, finishes, old, old), 1e-3);
            assertEquals(seen + 1, learner.state().get("ppo").updates(), "sets of rollouts");
            return IntStream.range(0, before.length)
                    .mapToDouble(i -> (double) head.get(i) - before[i])
                    .toArray();
        }
    }

    @Test
    void aPenaltyOnMissingEndsTeachesToEnd() {
        Reward none = (_, _) -> 0;
        var run = recipe(new Ppo().beta(0).missingEosPenalty(2)).reward(none).run();
        double[] cut = run.metrics().doubleColumn("completions/clipped_ratio").asDoubleArray();
        assertTrue(cut[11] < cut[0] - 0.15, Arrays.toString(cut));
        assertEquals(-2 * cut[0], run.metrics().doubleColumn("objective/scores").get(0), 1e-9);
    }

    /** V at a text's last token is the judge's score of it, and moves on from there without moving the judge. */
    @Test
    void theValueModelBeginsAsTheJudge() {
        var start = start();
        var pairs = Comparisons.of(PROMPTS.stream()
                .map(prompt -> new Comparison(prompt, prompt + "aa", "f"))
                .toList());
        var optimisation = recipe(new Ppo()).optimisation();
        try (var judge = RewardModelling.of(start, pairs).epochs(2).run();
                var policy = TrainLoop.withoutDropout(start.model().copy(), optimisation);
                var value = ValueModel.of(
                        Ppo.ValueStart.REWARD_MODEL, new Learner.Context(policy, start, judge, optimisation, TIME))) {
            var weights = judge.run().model().parameters().values().toArray();
            var batch = Rows.scores(List.of(start.template().example(LETTERS, "abc", "ad")), 1);
            double[] values = value.values(batch);
            int last = values.length - 1;
            assertEquals(judge.score("abc", "ad"), values[last], 1e-5);
            var returns = values.clone();
            returns[last] += 2;
            for (int i = 0; i < 20; i++) {
                value.step(batch, new Ppo().valueClip(9).valueObjective(batch, values, returns), 1e-2);
            }
            assertEquals(returns[last], value.values(batch)[last], 1);
            assertArrayEquals(weights, judge.run().model().parameters().values().toArray(), "the judge is left alone");
        }
    }

    /** With dL/dV the same, a value that is a quarter of the model's output moves the model a quarter as far. */
    @Test
    void aValueInUnitsOfAJudgeMovesTheModelByItsDeviation() {
        var batch = batch();
        double[] plain = movedBy(0, 1, batch);
        double[] scaled = movedBy(0.5, 4, batch);
        assertTrue(Arrays.stream(plain).anyMatch(by -> Math.abs(by) > 1e-4), Arrays.toString(plain));
        for (int i = 0; i < plain.length; i++) {
            assertEquals(plain[i] / 4, scaled[i], 1e-6);
        }
    }

    private static double[] movedBy(double mean, double deviation, Batch batch) {
        var optimisation = Optimisation.of(
                        new Length.Steps(1),
                        1,
                        new LearningRate(1e-2, new Warmup.Steps(0), new Schedule.Constant()),
                        new Momentum(0))
                .update(new Optimisation.Update(new Momentum(0), Double.POSITIVE_INFINITY));
        try (var value = new ValueModel(
                TrainLoop.withoutDropout(start().model().withScalarHead(0), optimisation), mean, deviation)) {
            var head = value.loop().tensors().get("head.weight").values();
            float[] before = head.toArray();
            value.step(
                    batch,
                    (of, from, to, values, gradients, report) -> {
                        for (int i = from * of.time(); i < to * of.time(); i++) {
                            gradients[i] = of.weights()[i] / of.counted();
                        }
                        return 0;
                    },
                    1e-2);
            return IntStream.range(0, before.length)
                    .mapToDouble(i -> (double) head.get(i) - before[i])
                    .toArray();
        }
    }

    @Test
    void aValueModelNeedsAJudgeToBeginAs() {
        var recipe = recipe(new Ppo().valueStart(Ppo.ValueStart.REWARD_MODEL));
        var message = assertThrows(IllegalArgumentException.class, recipe::run).getMessage();
        assertTrue(message.contains("optimise one reward model"), message);
    }

    @Test
    void settingsOutOfRangeAreSentences() {
        var ppo = new Ppo();
        for (Runnable wrong : List.<Runnable>of(
                () -> Ppo.numGenerations(0),
                () -> ppo.beta(-1),
                () -> ppo.beta(0).adaptiveKl(6, 10_000),
                () -> ppo.adaptiveKl(0, 10_000),
                () -> ppo.gamma(0),
                () -> ppo.lambda(1.1),
                () -> ppo.epsilon(0),
                () -> ppo.valueClip(Double.NaN),
                () -> ppo.valueLearningRate(0),
                () -> ppo.epochs(0),
                () -> ppo.minibatches(0),
                () -> ppo.targetKl(0),
                () -> ppo.missingEosPenalty(-1))) {
            var message =
                    assertThrows(IllegalArgumentException.class, wrong::run).getMessage();
            assertTrue(message.contains("expected") || message.contains("begin with"), message);
        }
    }

    @Test
    void fewCompletionsAStepAreSaid() {
        for (int prompts : new int[] {31, 32}) {
            var notes = recipe(Ppo.numGenerations(2))
                    .batchSize(prompts / 2)
                    .steps(1)
                    .run()
                    .card()
                    .origin()
                    .notes();
            assertEquals(
                    prompts < 32,
                    notes.stream().anyMatch(note -> note.contains("a step of PPO had 30 ")),
                    notes::toString);
        }
    }
}
