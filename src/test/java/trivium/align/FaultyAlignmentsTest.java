package trivium.align;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import trivium.data.Comparison;
import trivium.data.Comparisons;
import trivium.generate.TableModel;
import trivium.model.Decoder;
import trivium.model.Gpt;
import trivium.model.LanguageModel;
import trivium.model.Parameters;
import trivium.model.Pass;
import trivium.model.Transformer;
import trivium.run.Finding;
import trivium.run.Origin;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.tensor.Floats;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;

/** Trainings with a fault in them, which they name themselves within ten steps, and trainings without. */
class FaultyAlignmentsTest {

    private static final Tokenizer LETTERS =
            Tokenizers.characters(List.of("abcdef")).withSpecials(ChatTemplate.DEFAULT.specials());
    private static final List<String> PROMPTS = IntStream.range(0, 30)
            .mapToObj(i -> "" + letter(i / 6) + letter(i % 6) + letter(i % 5))
            .toList();

    private static final Reward LIKED = (_, answer) -> count(answer, 'a') + count(answer, 'b');

    private static char letter(int i) {
        return (char) ('a' + i);
    }

    private static double count(String text, char letter) {
        return text.chars().filter(c -> c == letter).count();
    }

    /** A start whose completions end after each token with these odds, in nats more than any other token's. */
    private static TableModel ending(double more) {
        var model = TableModel.random(LETTERS.size(), 32, 0.5, 1);
        int end = ChatTemplate.DEFAULT.stop(LETTERS);
        for (int token = 0; token < LETTERS.size(); token++) {
            model.last(token, end, more);
        }
        return model;
    }

    private static Run start(LanguageModel model) {
        return new Run(RunCard.begin("finetune", null, Map.of(), Origin.here(0, "")), model, LETTERS, Map.of());
    }

    private static PolicyOptimisation recipe(LanguageModel model) {
        return PolicyOptimisation.of(start(model), PROMPTS)
                .reward(LIKED)
                .algorithm(Grpo.numGenerations(4).beta(0.02))
                .batchSize(8)
                .maxTokens(20)
                .heldOut(6)
                .evaluations(2)
                .steps(10)
                .learningRate(0.02)
                .workers(2);
    }

    private static final TableModel START = ending(0.5);

    private static List<Finding> findings(Run run) {
        return run.card().origin().checkup().findings();
    }

    /** The training finds it until its tenth step. */
    private static Finding finds(String name, Run run) {
        var found = findings(run);
        var finding = found.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError(
                        name + " is not among " + found + "\n" + run.metrics().last(3)));
        assertTrue(finding.step() <= 10, finding.text());
        return finding;
    }

    static Stream<Algorithm> algorithms() {
        return Stream.of(
                Grpo.grpo(4),
                Grpo.drGrpo(4),
                Grpo.dapo(4),
                Grpo.gspo(4).epochs(2),
                Grpo.cispo(4).epochs(2),
                Grpo.sapo(4).epochs(2),
                Rloo.numGenerations(4).beta(0.05),
                ReinforcePlusPlus.numGenerations(4),
                ReinforcePlusPlus.baseline(4));
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void whatLearnsIsSilent(Algorithm algorithm) {
        for (int seed = 0; seed < 5; seed++) {
            var run = recipe(START).algorithm(algorithm).seed(seed).steps(20).run();
            assertEquals(List.of(), findings(run), algorithm + ", seed " + seed);
        }
    }

    @Test
    void whatIsDrawnAtAnotherTemperatureAndScoredThereIsSilent() {
        assertEquals(List.of(), findings(recipe(START).temperature(0.7).run()));
    }

    @Test
    void aConstantReward() {
        finds("reward-constant", recipe(START).reward((_, _) -> 1).run());
    }

    @Test
    void aRewardThatIsRareInGroupsOfTwo() {
        Reward rare = (_, answer) -> answer.contains("fa") ? 1 : 0;
        finds(
                "groups-too-small",
                recipe(START).reward(rare).algorithm(Grpo.numGenerations(2)).run());
    }

    @Test
    void aRewardThatGoesByThePrompt() {
        finds(
                "groups-equal",
                recipe(START).reward((prompt, _) -> count(prompt, 'a')).run());
    }

    @Test
    void aRewardThatIsSaturated() {
        Reward easy = (_, answer) -> answer.isEmpty() ? 0 : 1;
        finds("reward-saturated", recipe(ending(-1.5)).reward(easy).run());
    }

    /** An algorithm of one's own whose learner does something to its policy first. */
    private record Spoilt(Consumer<Learner.Context> fault) implements Algorithm {
        @Override
        public int numGenerations() {
            return 4;
        }

        @Override
        public Learner learner(Learner.Context context) {
            fault.accept(context);
            return Grpo.numGenerations(4).learner(context);
        }
    }

    @Test
    void temperedSamplingScoredUntempered() {
        var run = recipe(START)
                .temperature(0.5)
                .algorithm(new Spoilt(context -> context.policy().slices().temperature(1)))
                .run();
        assertEquals(1, finds("sampled-not-scored", run).step());
    }

    @Test
    void aReferenceThatIsNotTheStart() {
        var run = recipe(START)
                .algorithm(new Spoilt(context -> {
                    var values = context.policy().slices().model().parameters().values();
                    for (int i = 0; i < values.size(); i++) {
                        values.set(i, 3 * values.get(i));
                    }
                }))
                .run();
        assertEquals(1, finds("reference-differs", run).step());
    }

    /** A model of one's own whose log-probabilities are changed on their way, unless it is a copy. */
    private record Changed(LanguageModel of, DoubleUnaryOperator change) implements LanguageModel {
        @Override
        public int outputs() {
            return of.outputs();
        }

        @Override
        public int context() {
            return of.context();
        }

        @Override
        public Parameters parameters() {
            return of.parameters();
        }

        @Override
        public Decoder decoder(int rows) {
            return of.decoder(rows);
        }

        @Override
        public LanguageModel copy() {
            return of.copy();
        }

        @Override
        public String toJson() {
            return of.toJson();
        }

        @Override
        public Pass pass(int rows, int time) {
            var pass = of.pass(rows, time);
            return new Pass() {
                @Override
                public void forward(int[] tokens, int[] targets, int from, int to, int length, float[] values) {
                    pass.forward(tokens, targets, from, to, length, values);
                    for (int i = from * length; i < to * length; i++) {
                        values[i] = (float) change.applyAsDouble(values[i]);
                    }
                }

                @Override
                public void backward(float[] valueGradients) {
                    pass.backward(valueGradients);
                }

                @Override
                public void gradient(int part, boolean add, Floats gradient) {
                    pass.gradient(part, add, gradient);
                }

                @Override
                public Floats outputs(int[] tokens, int from, int to, int length) {
                    return pass.outputs(tokens, from, to, length);
                }
            };
        }
    }

    /** The reference's probabilities do not add up to 1. */
    @Test
    void aDivergenceBelowZero() {
        finds("kl-negative", recipe(new Changed(START, value -> value / 2)).run());
    }

    @Test
    void stepsThatAreFarTooLarge() {
        var run = recipe(ending(-1))
                .reward((_, answer) -> count(answer, 'a'))
                .algorithm(Grpo.numGenerations(4).beta(0))
                .learningRate(2)
                .run();
        finds("kl-explodes", run);
        finds("entropy-collapses", run);
    }

    @Test
    void anEndTokenThatIsNeverWritten() {
        finds("end-never-written", recipe(ending(-30)).run());
    }

    @Test
    void completionsThatAreCut() {
        finds("completions-cut", recipe(ending(-0.5)).maxTokens(4).run());
    }

    @Test
    void aRewardThatPaysForLength() {
        var run = recipe(ending(1.5))
                .reward((_, answer) -> answer.length())
                .algorithm(Grpo.numGenerations(4).beta(0))
                .learningRate(1)
                .run();
        finds("completions-grow", run);
    }

    /** Gold likes up to three letters "a", the reward any number: gold is highest where there are about three. */
    @Test
    void overOptimisationBeginsWhereGoldTurns() {
        var run = recipe(START)
                .reward((_, answer) -> count(answer, 'a'))
                .gold((_, answer) -> -Math.abs(count(answer, 'a') - 3))
                .algorithm(Grpo.numGenerations(4).beta(0))
                .learningRate(0.1)
                .steps(40)
                .run();
        double[] reward = run.metrics().doubleColumn("reward").asDoubleArray();
        int third = IntStream.range(0, reward.length)
                .filter(i -> reward[i] > 3)
                .findFirst()
                .orElseThrow();
        var says = findings(run).stream()
                .filter(each -> each.name().equals("over-optimisation"))
                .map(each -> each.symptom().seen())
                .findFirst()
                .orElseThrow(() -> new AssertionError(
                        run.metrics().selectColumns("reward", "gold").print(50)));
        int began = Integer.parseInt(says.replaceAll("over-optimisation began at about step (\\d+):.*", "$1"));
        assertTrue(Math.abs(began - third) <= 5, says + ", and the reward passes 3 at step " + third);
    }

    /** Transformer and comparisons of answers of different lengths. */
    private static Run small() {
        return start(Transformer.of(Gpt.of(24, 16, 1, 2), LETTERS.size(), 1));
    }

    private static String word(SplittableRandom random, int length) {
        return random.ints(length, 'a', 'g').mapToObj(c -> "" + (char) c).reduce("", String::concat);
    }

    private static Comparisons comparisons(int chosen, int rejected) {
        var random = new SplittableRandom(3);
        return Comparisons.of(Stream.generate(() -> new Comparison(
                        word(random, 3),
                        word(random, random.nextInt(chosen, chosen + 3)),
                        word(random, random.nextInt(rejected, rejected + 3))))
                .limit(200)
                .toList());
    }

    @Test
    void aJudgeThatGoesByLength() {
        try (var judge = RewardModelling.of(small(), comparisons(7, 2))
                .epochs(6)
                .learningRate(5e-3)
                .run()) {
            finds("reward-by-length", recipe(START).maxTokens(12).reward(judge).run());
        }
    }

    @Test
    void comparisonsWithAReferenceThatIsNotTheStart() {
        var changed = start(new Changed(small().model(), value -> 1.5 * value));
        finds(
                "reference-differs",
                PreferenceOptimisation.of(changed, comparisons(4, 4)).steps(2).run());
    }

    @Test
    void preferencesThatTeachAreSilent() {
        var pairs = comparisons(4, 4);
        for (int seed = 0; seed < 5; seed++) {
            for (var loss : List.of(new Dpo(), new SimPo(), new Orpo(), new Cpo())) {
                var run = PreferenceOptimisation.of(small(), pairs)
                        .loss(loss)
                        .steps(12)
                        .seed(seed)
                        .run();
                assertEquals(List.of(), findings(run), loss.toString());
            }
            var unpaired = PreferenceOptimisation.of(small(), pairs.unpaired())
                    .loss(new Kto())
                    .steps(12)
                    .seed(seed);
            assertEquals(List.of(), findings(unpaired.run()));
        }
    }
}
