package trivium.align;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.Trivium;
import trivium.align.ProcessRewardModel.Aggregation;
import trivium.data.StepwiseAnswer;
import trivium.data.StepwiseAnswers;
import trivium.model.Gpt;
import trivium.model.Transformer;
import trivium.run.Origin;
import trivium.run.PastRun;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.run.RunStore;
import trivium.tensor.Batch;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;
import trivium.train.Report;

/** Chains of comparisons: "1<3" is right, "3<1" and "2<2" are not. */
class ProcessRewardModelTest {

    private static final Tokenizer DIGITS =
            Tokenizers.characters(List.of("0123456789<\n")).withSpecials(ChatTemplate.DEFAULT.specials());

    @TempDir
    static Path folder;

    private static Run start;
    private static ProcessRewardModel judge;
    private static RunStore store;

    @BeforeAll
    static void train() {
        store = RunStore.open(folder.resolve("runs"));
        start = store.save(new Run(
                RunCard.begin("finetune", null, Map.of(), Origin.here(0, "")),
                Transformer.of(Gpt.of(24, 16, 1, 2), DIGITS.size(), 1),
                DIGITS,
                Map.of()));
        judge = ProcessRewardModelling.of(start, StepwiseAnswers.of(chains(500, 1)))
                .epochs(6)
                .learningRate(1e-2)
                .workers(2)
                .keep(store.folder("steps"))
                .run();
    }

    /** Three steps each, of which each is wrong with probability 1/2. */
    private static List<StepwiseAnswer> chains(int count, long seed) {
        var random = new SplittableRandom(seed);
        var chains = new ArrayList<StepwiseAnswer>();
        for (int i = 0; i < count; i++) {
            var steps = new ArrayList<String>();
            var labels = new ArrayList<Boolean>();
            for (int step = 0; step < 3; step++) {
                int a = random.nextInt(4);
                int b = random.nextInt(5);
                steps.add(a + "<" + b);
                labels.add(a < b);
            }
            chains.add(new StepwiseAnswer(String.valueOf(random.nextInt(1_000)), steps, labels));
        }
        return chains;
    }

    @Test
    void itTellsRightStepsFromWrongOnesThatItHasNotSeen() {
        assertTrue(
                judge.run().last("validation_step_accuracy") > 0.95, judge.run().toString());
        assertTrue(
                judge.run().last("validation_first_error_accuracy") > 0.9,
                judge.run().toString());
        var fresh = chains(200, 2);
        double[] scores = judge.scores(
                fresh.stream().map(StepwiseAnswer::prompt).toList(),
                fresh.stream().map(each -> String.join("\n", each.steps())).toList());
        int agreed = 0;
        for (int i = 0; i < scores.length; i++) {
            agreed += scores[i] > 0.5 == fresh.get(i).firstWrong() < 0 ? 1 : 0;
        }
        assertTrue(agreed > 180, agreed + " of 200; of which about an eighth has no wrong step");
    }

    @Test
    void anAnswersScoreIsMadeOfItsStepsProbabilities() {
        var text = "1<3\n3<1\n0<2";
        double[] each = judge.steps("7", text).doubleColumn("probability").asDoubleArray();
        assertEquals(3, each.length);
        assertTrue(each[0] > 0.5 && each[1] < 0.5, judge.steps("7", text).toString());
        assertEquals(Math.min(each[1], each[2]), judge.score("7", text), 1e-6);
        assertEquals(
                each[0] * each[1] * each[2],
                judge.aggregation(Aggregation.PRODUCT).score("7", text),
                1e-6);
        assertEquals(0, judge.score("7", " \n"));
        assertEquals(each[2], judge.aggregation(Aggregation.LAST).score("7", text), 1e-6);
        assertEquals(
                (each[0] + each[1] + each[2]) / 3,
                judge.aggregation(Aggregation.MEAN).score("7", text),
                1e-6);
    }

    /** One score is two classes of which the other has the score 0: softmax's cross-entropy, by itself. */
    @Test
    void theLossIsThatOfTwoClassesAndItsGradientIsTheDifferenceQuotient() {
        var weights = new float[] {0, 1, 1, 0, 0, 1};
        var values = new float[] {9, 0.5f, -1.25f, 9, 9, 2};
        var batch = new Batch(2, 3, new int[6], new int[6], weights, 1);
        var objective = new StepLoss(List.of(true, true, false));
        var gradients = new float[6];
        double loss = objective.loss(batch, 0, 1, values, gradients, new Report())
                + objective.loss(batch, 1, 2, values, gradients, new Report());
        double expected = 0;
        for (double[] step : new double[][] {{0.5, 1}, {-1.25, 1}, {2, 0}}) {
            double right = Math.exp(step[0]) / (Math.exp(step[0]) + 1);
            expected -= Math.log(step[1] == 1 ? right : 1 - right) / 3;
        }
        assertEquals(expected, loss, 1e-12);
        for (int i = 0; i < 6; i++) {
            var up = values.clone();
            var down = values.clone();
            up[i] += 1f / 256;
            down[i] -= 1f / 256;
            double slope = (objective.loss(batch, 0, 2, up, new float[6], new Report())
                            - objective.loss(batch, 0, 2, down, new float[6], new Report()))
                    * 128;
            assertEquals(slope, gradients[i], 1e-5, "value " + i);
        }
    }

    @Test
    void itIsARewardThatACardNamesAndThatIsFoundAgain() {
        var aligned = PolicyOptimisation.of(start, List.of("1", "2", "3", "4", "5", "6"))
                .reward(judge.aggregation(Aggregation.PRODUCT))
                .algorithm(Rloo.numGenerations(2))
                .steps(2)
                .batchSize(2)
                .heldOut(2)
                .maxTokens(8)
                .keep(store.folder("aligned"))
                .run();
        assertEquals("PRODUCT", aligned.card().recipe().get("reward_aggregation"));
        var again = Trivium.rerun(store, "aligned");
        assertEquals(aligned.last("loss"), again.last("loss"));
        var past = PastRun.of(store, "aligned");
        var read = (ProcessRewardModel) RewardCard.reward(past);
        assertEquals(Aggregation.PRODUCT, read.aggregation());
        assertEquals(judge.steps("7", "1<3").toString(), read.steps("7", "1<3").toString());
    }

    @Test
    void itIsTrainedAgainFromItsFolder() {
        var again = new ProcessRewardModel(Trivium.rerun(store, "steps"));
        assertEquals(judge.run().last("loss"), again.run().last("loss"));
    }

    @Test
    void whatCannotBeIsRefusedInASentence() {
        var lines = StepwiseAnswers.of(List.of(
                new StepwiseAnswer("1", List.of("0<1\n0<2"), List.of(true)),
                new StepwiseAnswer("2", List.of("0<1"), List.of(true))));
        var refused = assertThrows(IllegalArgumentException.class, ProcessRewardModelling.of(start, lines)::run);
        assertTrue(refused.getMessage().contains("has a line break"), refused.getMessage());
        var other = assertThrows(IllegalArgumentException.class, () -> new ProcessRewardModel(start));
        assertTrue(other.getMessage().contains("\"finetune\", not a process reward model"), other.getMessage());
    }
}
