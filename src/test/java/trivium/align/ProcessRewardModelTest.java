package trivium.align;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.BooleanColumn;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.Trivium;
import trivium.align.ProcessRewardModel.Aggregation;
import trivium.data.StepwiseAnswer;
import trivium.data.StepwiseAnswers;
import trivium.generate.Generation.Finish;
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

    /** What was cut off in the middle of a step scores as if that step had never been begun. */
    @Test
    void anUnfinishedStepDoesNotCount() {
        for (var how : Aggregation.values()) {
            var reward = judge.aggregation(how);
            double[] cut = reward.scores(
                    List.of("7", "7", "7", "7"),
                    List.of("1<3\n3<1", "1<3\n3<1\n", "3<", "1<3\n3<1"),
                    List.of(Finish.LENGTH, Finish.CONTEXT, Finish.LENGTH, Finish.STOP_TEXT));
            double both = reward.score("7", "1<3\n3<1");
            assertEquals(reward.score("7", "1<3"), cut[0], 1e-6);
            assertEquals(both, cut[1], 1e-6);
            assertEquals(0, cut[2], "no step has come to its end");
            assertEquals(both, cut[3], 1e-6);
        }
        assertEquals(judge.score("7", "1<3"), judge.score("7", "1<3\n0<" + "1".repeat(30)), 1e-6, "beyond the context");
    }

    /** Every step and every answer of the table counts, in a folder's as in the run's own. */
    @Test
    void accuraciesSayOfHowManyAndHowSure() {
        var table = judge.run().table(ProcessRewardModel.VALIDATION);
        int answers = table.where(table.intColumn("step").isEqualTo(1)).rowCount();
        var accuracy = judge.validation();
        assertEquals(table.rowCount(), accuracy.steps().of());
        assertEquals(answers, accuracy.firstErrors().of());
        assertEquals(3 * answers, table.rowCount());
        var loaded = ProcessRewardModel.validation(store.load("steps"));
        assertEquals(accuracy, loaded);
    }

    /** Four answers of two steps: without an error, with one found, with one seen too early, with two seen for one. */
    @Test
    void aFirstErrorIsFoundWhereJudgementAndLabelMeet() {
        var judged = Table.create(
                StringColumn.create("prompt", "a", "a", "a", "a", "b", "b", "b", "b"),
                IntColumn.create("step", 1, 2, 1, 2, 1, 2, 1, 2),
                BooleanColumn.create("right", true, true, true, false, true, false, false, true),
                DoubleColumn.create("probability", 0.9, 0.8, 0.7, 0.1, 0.2, 0.1, 0.3, 0.4));
        var accuracy = StepAccuracy.of(judged);
        assertEquals(6, accuracy.steps().hits());
        assertEquals(3, accuracy.firstErrors().hits(), "what comes after the first error does not matter");
        assertTrue(accuracy.steps().independent() < 8, "steps of one prompt belong together");
        assertTrue(accuracy.toString().contains("75.0 % of 8 (95 % interval"), accuracy.toString());
        assertTrue(accuracy.toString().contains("75.0 % of 4 (95 % interval"), accuracy.toString());
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

    /** Another separator stands in the card and is where its judge cuts; a card of before there was one means "\\n". */
    @Test
    void theSeparatorIsASettingThatItsJudgeKeeps() throws IOException {
        var answers = StepwiseAnswers.of(chains(40, 3));
        var recipe = ProcessRewardModelling.of(start, answers).steps(2);
        var spaced = recipe.stepSeparator("<<").keep(store.folder("spaced")).run();
        assertEquals("<<", spaced.run().card().recipe().get("step_separator"));
        assertEquals(2, spaced.steps("7", "1<3<<3<1").rowCount());
        assertEquals(1, spaced.steps("7", "1<3\n3<1").rowCount());
        assertEquals(spaced.run().last("loss"), Trivium.rerun(store, "spaced").last("loss"));
        var lines = recipe.keep(store.folder("lines")).run();
        var card = store.folder("lines").resolve("run.json");
        var text = Files.readString(card);
        var before = text.replaceFirst("\\s*\"step_separator\": *\"\\\\n\",", "");
        assertTrue(before.length() < text.length(), text);
        Files.writeString(card, before);
        var old = new ProcessRewardModel(store.load("lines"));
        assertEquals(2, old.steps("7", "1<3\n3<1").rowCount());
        assertEquals(lines.run().last("loss"), Trivium.rerun(store, "lines").last("loss"));
        var refused = assertThrows(IllegalArgumentException.class, () -> recipe.stepSeparator(""));
        assertTrue(refused.getMessage().contains("empty text"), refused.getMessage());
        var within = assertThrows(IllegalArgumentException.class, recipe.stepSeparator("<")::run);
        assertTrue(within.getMessage().contains("has the separator \"<\""), within.getMessage());
    }

    /** At a learning rate that ruins what was learned, the best state is not the last. */
    @Test
    void theBestStateHasItsOwnTableOfSteps() {
        var kept = ProcessRewardModelling.of(start, StepwiseAnswers.of(chains(60, 4)))
                .steps(20)
                .learningRate(0.3)
                .keepBest("validation_loss")
                .keep(store.folder("kept"))
                .run();
        var loaded = new ProcessRewardModel(store.load("kept")).best();
        long step = kept.run().card().outcome().best().step();
        assertTrue(step < 20, "step " + step);
        assertEquals(
                kept.run()
                        .metrics()
                        .where(kept.run().metrics().longColumn("step").isEqualTo(step))
                        .doubleColumn("validation_step_accuracy")
                        .get(0),
                loaded.validation().steps().value());
        var first = loaded.run().table(ProcessRewardModel.VALIDATION).row(0);
        assertEquals(
                first.getDouble("probability"),
                loaded.steps(first.getString("prompt"), first.getString("text"))
                        .doubleColumn("probability")
                        .get(0),
                1e-6);
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
