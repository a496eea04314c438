package trivium;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static trivium.Trivium.better;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.align.PolicyOptimisation;
import trivium.align.Reward;
import trivium.align.Rloo;
import trivium.data.Conversation;
import trivium.data.Conversations;
import trivium.data.Corpus;
import trivium.finetune.FineTuning;
import trivium.measure.Difference.Method;
import trivium.measure.Summary;
import trivium.model.Gpt;
import trivium.notebook.Views;
import trivium.pretrain.Pretraining;
import trivium.run.Progress;
import trivium.run.Run;
import trivium.run.RunStore;
import trivium.run.Status;
import trivium.sweep.Goal;
import trivium.sweep.Hyperparameter;
import trivium.sweep.Sweep;
import trivium.sweep.SweepResult;
import trivium.sweep.Trial;
import trivium.sweep.TrialResult;
import trivium.text.Tokenizer;

/** Runs and recipes compared on what they have in common. */
class BetterTest {

    private static final Corpus CORPUS = corpus(60);
    private static final Tokenizer CHARACTERS = Tokenizer.characters(CORPUS);
    private static final Run SHORT = recipe(4).run().named("short");
    private static final Run LONG = recipe(40).run().named("long");

    private static final Reward LENGTH = (prompt, completion) -> completion.length();

    private static Corpus corpus(int count) {
        var documents = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            documents.add("the cat " + "sat on the mat. the rat ".repeat(1 + i % 3) + "saw " + (char) ('a' + i % 26)
                    + (char) ('a' + i / 26));
        }
        return new Corpus("cats", documents);
    }

    private static Pretraining recipe(int steps) {
        return Pretraining.of(Gpt.of(32, 16, 1, 2), CHARACTERS, CORPUS)
                .steps(steps)
                .batchSize(4)
                .learningRate(0.01)
                .evaluations(1)
                .validation(0.3)
                .workers(1);
    }

    private static Conversations lessons() {
        var list = new ArrayList<Conversation>();
        for (int i = 0; i < 40; i++) {
            list.add(new Conversation(
                    "the " + (char) ('a' + i % 26) + (char) ('a' + i / 26), i % 4 == 0 ? "rat" : "cat"));
        }
        return new Conversations("lessons", list);
    }

    @Test
    void twoPretrainingsAreComparedOnTheDocumentsThatBothHeldBack(@TempDir Path folder) {
        var difference = better(SHORT, LONG);
        var heldBack = CORPUS.split(0.3).validation().documents();
        assertEquals(Method.BOOTSTRAP, difference.method());
        assertEquals(heldBack.size(), difference.sample().prompts());
        double nats = Trivium.scores(LONG, heldBack).doubleColumn("log_p").sum();
        int bytes = String.join("", heldBack).getBytes(StandardCharsets.UTF_8).length;
        assertEquals(-nats / Math.log(2) / bytes, difference.estimate().b(), 1e-9);
        assertTrue(difference.isBetter(), difference.toString());
        assertTrue(
                difference.verdict().startsWith("long is better than short in bits per byte"), difference.toString());

        var store = RunStore.open(folder);
        store.save(SHORT);
        store.save(LONG);
        assertEquals(difference, better(store.load(SHORT.id()), store.load(LONG.id())), "as their folders have them");
    }

    @Test
    void aRunIsNoBetterThanItself() {
        var difference = better(LONG, LONG.named("again"), CORPUS);
        assertEquals(0, difference.value());
        assertEquals(1, difference.p());
    }

    @Test
    void fineTuningsAreComparedOnTheQuestionsThatBothHeldBack() {
        var recipe = FineTuning.of(LONG, lessons())
                .validation(0.4)
                .batchSize(8)
                .learningRate(0.01)
                .workers(1);
        var little = recipe.steps(1).run().named("little");
        var much = recipe.steps(60).run().named("much");
        var difference = better(little, much);
        var exam = lessons().split(0.4).validation();
        assertEquals(
                Trivium.exactMatch(much, exam).value(), difference.estimate().b(), 1e-12);
        assertEquals(Method.MCNEMAR_MID_P, difference.method());
        assertEquals(exam.list().size(), difference.sample().prompts());
        assertTrue(difference.isBetter(), difference.toString());

        var prompts = exam.prompts();
        var rewarded = better(little, much, prompts, LENGTH);
        var judged = Trivium.judged(prompts, Map.of("length of it", LENGTH), little, much);
        var table = better(judged, "length of it");
        assertEquals(rewarded.value(), table.list().getFirst().value(), 1e-12);
        assertEquals(rewarded.p(), table.list().getFirst().p(), 1e-12);
    }

    @Test
    void anAlignmentIsComparedWithWhatItBeganWith() {
        var prompts = lessons().prompts();
        var tuned =
                FineTuning.of(SHORT, lessons()).steps(1).batchSize(4).workers(1).run();
        var recipe = PolicyOptimisation.of(tuned, prompts)
                .reward(LENGTH)
                .algorithm(Rloo.numGenerations(2))
                .batchSize(4)
                .workers(1);
        var first = recipe.steps(1).run();
        var rewards = first.table(PolicyOptimisation.REWARDS);
        var difference = better(tuned, first);
        assertEquals(
                rewards.doubleColumn("before").mean(), difference.estimate().a(), 1e-9);
        assertEquals(rewards.doubleColumn("after").mean(), difference.estimate().b(), 1e-9);
        var second = recipe.steps(2).run();
        assertEquals(
                second.table(PolicyOptimisation.REWARDS).doubleColumn("after").mean(),
                better(first, second).estimate().b(),
                1e-9);
    }

    @Test
    void recipesAreComparedOverSeeds() {
        var few = recipe(2).seeds(3).named("few steps");
        var more = recipe(30).seeds(3).named("more steps");
        var difference = better("validation_loss", few, more);
        assertEquals(Method.PAIRED_T, difference.method());
        assertTrue(difference.isBetter(), difference.toString());
        var both = better(few, more, CORPUS.split(0.3).validation());
        assertEquals(Method.SEEDS_AND_PROMPTS, both.method());
        assertEquals(3, both.sample().seeds());
        // The mean over seeds is that of each seed's own comparison.
        var each = new double[3];
        for (int i = 0; i < 3; i++) {
            each[i] = better(
                            few.list().get(i),
                            more.list().get(i),
                            CORPUS.split(0.3).validation())
                    .value();
        }
        assertEquals(Summary.of(each).mean(), both.value(), 1e-9);
        assertEquals(
                Method.WELCH,
                better("validation_loss", recipe(2).seeds(2), more).method());
        assertTrue(Views.of(both).orElseThrow().text().contains("over 3 seeds")
                || both.how().contains("3 seeds"));
    }

    @Test
    void theBestOfASweepIsComparedWithTheOthersOverSeeds() {
        var trials = new ArrayList<TrialResult>();
        double[][] losses = {{2.0, 2.1, 2.05}, {2.5, 2.61, 2.54}, {2.01, 2.09, 2.06}};
        for (int setting = 0; setting < 3; setting++) {
            for (int seed = 0; seed < 3; seed++) {
                trials.add(new TrialResult(
                        new Trial(trials.size(), 42, Map.of("width", 32 << setting, "seed", seed), Progress.SILENT),
                        Map.of("validation_loss", losses[setting][seed]),
                        new Status.Finished(),
                        1,
                        List.of()));
            }
        }
        var differences = better(new SweepResult(trials, new Status.Finished()), "validation_loss")
                .list();
        assertEquals("width 32", differences.getFirst().compared().b());
        assertEquals("width 128", differences.getFirst().compared().a());
        assertFalse(differences.getFirst().isClear(), differences.toString());
        assertTrue(differences.getLast().isBetter(), differences.toString());
        var oneSeed = new SweepResult(List.of(trials.get(0), trials.get(3)), new Status.Finished());
        assertThrows(IllegalArgumentException.class, () -> better(oneSeed, "validation_loss"));
    }

    private static TrialResult tried(int number, double rate, long seed, Status outcome) {
        return new TrialResult(
                new Trial(number, seed, Map.of("rate", rate), Progress.SILENT),
                outcome.isFinished() ? Map.of("loss", 1000 * rate + 0.1 * seed) : Map.of(),
                outcome,
                1,
                List.of());
    }

    @Test
    void settingsThatLookAlikeAreTwo() {
        var finished = new Status.Finished();
        var trials = List.of(
                tried(0, 0.12341, 0, finished),
                tried(1, 0.12341, 1, finished),
                tried(2, 0.12344, 0, finished),
                tried(3, 0.12344, 1, finished));
        var difference =
                better(new SweepResult(trials, finished), "loss").list().getFirst();
        assertEquals("rate 0.12344", difference.compared().a());
        assertEquals("rate 0.12341", difference.compared().b());
    }

    /** Another would stand in the place of the best, and nobody would know. */
    @Test
    void aBestSettingThatFailedWithAFreshSeedIsSaidToHave() {
        var finished = new Status.Finished();
        var fresh = List.of(
                tried(0, 0.1, 1, finished),
                tried(1, 0.1, 2, new Status.Failed("no room")),
                tried(2, 0.2, 1, finished),
                tried(3, 0.2, 2, finished),
                tried(4, 0.3, 1, finished),
                tried(5, 0.3, 2, finished));
        assertEquals(
                "the setting that the search found the best, rate 0.1, did not finish with loss for the fresh seed 2"
                        + " (failed: no room), so nothing can be compared with it; what the others came to is in"
                        + " confirmed().overSeeds().table()",
                refused(fresh));
        assertEquals(
                "1 setting of 1 that the sweep confirmed finished with loss for each of 2 seeds: expected at least two"
                        + " settings, for a setting is compared with others; confirm more, as in .confirm(3, 5)",
                refused(List.of(tried(0, 0.2, 1, finished), tried(1, 0.2, 2, finished))));
    }

    private static String refused(List<TrialResult> fresh) {
        var sweep = new SweepResult(List.of(), new Status.Finished(), List.of(Goal.lowest("loss")), fresh);
        return assertThrows(IllegalArgumentException.class, () -> better(sweep, "loss"))
                .getMessage();
    }

    /** The search saw the narrow one ahead by luck; fresh seeds say otherwise, whatever it saw. */
    @Test
    void freshSeedsAloneCountWhereASweepHasConfirmedItsBest() {
        double[][] fresh = {{2.5, 2.61, 2.54}, {2.0, 2.1, 2.05}};
        var result = Sweep.grid(Hyperparameter.values("width", 32, 64, 128))
                .goal(Goal.lowest("validation_loss"))
                .confirm(2, 3)
                .measure(trial -> {
                    int width = trial.integer("width");
                    double seen = width / 32.0;
                    return Map.of(
                            "validation_loss", trial.seed() == 0 ? seen : fresh[width / 64][(int) trial.seed() - 1]);
                });
        var differences = better(result, "validation_loss").list();
        assertEquals(1, differences.size());
        var difference = differences.getFirst();
        assertEquals("width 32", difference.compared().b(), "the best of the search");
        assertEquals(0.5, difference.value(), 1e-9);
        assertTrue(difference.isClear() && !difference.isBetter(), difference.toString());
    }

    @Test
    void whatHasNothingInCommonIsRefusedInASentence() {
        var other = Pretraining.of(Gpt.of(32, 16, 1, 2), CHARACTERS, corpus(40))
                .steps(2)
                .batchSize(4)
                .workers(1)
                .run();
        var refused = assertThrows(IllegalArgumentException.class, () -> better(SHORT, other))
                .getMessage();
        assertTrue(
                refused.endsWith(
                        "have no held-out data in common; say what to compare them on: better(a, b, corpus) for"
                                + " bits per byte, better(a, b, conversations) for exact match, better(a, b, prompts, reward)"
                                + " for rewards"),
                refused);
    }
}
