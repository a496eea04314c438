package trivium.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.run.Progress;

/** How a sweep begins, from what is known and from settings that are enqueued, and how it ends, with fresh seeds. */
class StartTest {

    private static final Goal LOSS = Goal.lowest("loss");
    private static final Hyperparameter[] SPACE = {
        Hyperparameter.logRange("rate", 1e-4, 1, 3),
        Hyperparameter.values("width", 64, 128),
        Hyperparameter.range("dropout", 0, 1, 3).when("width", 128)
    };

    @TempDir
    private Path folder;

    private static double loss(Trial trial) {
        return Math.pow(Math.log10(trial.real("rate")) + 2, 2)
                + (trial.integer("width") == 128 ? Math.pow(trial.real("dropout") - 0.3, 2) : 1);
    }

    private static Map<String, Double> measured(Trial trial) {
        return Map.of("loss", loss(trial));
    }

    /** As runs().table() has it: settings within settings, texts, rows of other spaces, runs that did not finish. */
    private static Table past() {
        return Table.create(
                "runs",
                StringColumn.create(
                        "outcome", "finished", "finished", "diverged: the loss is not a number", "finished"),
                DoubleColumn.create("optimizer.rate", 0.01, 0.02, 0.9, 7.0),
                StringColumn.create("width", "128", "64", "64", "64"),
                DoubleColumn.create("dropout", 0.25, Double.NaN, Double.NaN, Double.NaN),
                DoubleColumn.create("loss", 9.0, 9.0, 9.0, 9.0),
                DoubleColumn.create("last_loss", 0.002, 1.1, Double.NaN, 3.0));
    }

    @Nested
    class Contract extends SearchContract {
        @Override
        protected Search search() {
            return Tpe.of(LOSS, 20, SPACE).from(past()).batch(3);
        }
    }

    @Nested
    class OfSeveralGoals extends SearchContract {
        @Override
        protected Search search() {
            return Tpe.of(List.of(LOSS, Goal.highest("reward")), 20, SPACE).seed(4);
        }
    }

    @Test
    void rowsOfATableAreTrialsOfTheSpaceTheyLieIn() {
        var known = Tpe.of(LOSS, 20, SPACE).from(past()).known();
        assertEquals(
                List.of(
                        Map.of("rate", 0.01, "width", 128, "dropout", 0.25),
                        Map.of("rate", 0.02, "width", 64),
                        Map.of("rate", 0.9, "width", 64)),
                known.stream().map(each -> each.trial().values()).toList(),
                "7.0 lies outside");
        assertEquals(
                List.of(true, true, false),
                known.stream().map(TrialResult::isFinished).toList());
        assertEquals(0.002, known.getFirst().metrics().get("loss"), "of the last step, not as it was set");
        var refusal = assertThrows(
                IllegalArgumentException.class,
                () -> Tpe.of(LOSS, 20, Hyperparameter.range("speed", 0, 1, 2)).from(past()));
        assertEquals(
                "the table \"runs\" has no column for the hyperparameter \"speed\"; there are [outcome, optimizer.rate,"
                        + " width, dropout, loss, last_loss]",
                refusal.getMessage());
    }

    /** Twelve trials of an earlier sweep are enough to draw none at random. */
    @Test
    void aSweepThatBeginsFromATableIsAheadAtOnce() {
        var before = Sweep.random(60, SPACE).measure(StartTest::measured);
        int wins = 0;
        for (int seed = 0; seed < 10; seed++) {
            var cold = Sweep.of(Tpe.of(LOSS, 8, SPACE).seed(seed)).measure(StartTest::measured);
            var warm = Sweep.of(Tpe.of(LOSS, 8, SPACE).seed(seed).from(before.table()))
                    .measure(StartTest::measured);
            assertEquals(8, warm.trials().size());
            wins += mean(warm) < mean(cold) ? 1 : 0;
        }
        assertTrue(wins >= 9, wins + " of 10");
    }

    private static double mean(SweepResult result) {
        return result.trials().stream()
                .mapToDouble(each -> each.metrics().get("loss"))
                .average()
                .orElseThrow();
    }

    @Test
    void enqueuedSettingsAreTriedFirstAndLearnedFrom() {
        var sweep = Sweep.of(Tpe.of(LOSS, 12, SPACE).batch(1).seed(3));
        var best = Map.of("rate", 0.01, "width", 128, "dropout", 0.3);
        var enqueued = sweep.enqueue(best).enqueue(Map.of("rate", 0.5, "width", "64"));
        var result = enqueued.measure(StartTest::measured);
        assertEquals(14, result.trials().size());
        assertEquals(best, result.trials().getFirst().trial().values());
        assertEquals(64, result.trials().get(1).trial().value("width"), "as the search has it");
        assertEquals(
                sweep.measure(StartTest::measured).trials().subList(0, 8).stream()
                        .map(each -> each.trial().values())
                        .toList(),
                result.trials().subList(2, 10).stream()
                        .map(each -> each.trial().values())
                        .toList(),
                "8 more are drawn at random, which makes 10 with the 2");
        assertNotEquals(
                sweep.measure(StartTest::measured).trials().get(8).trial().values(),
                result.trials().get(10).trial().values(),
                "the next one is learned, not drawn");
        assertEquals(0, result.best().trial().number());
        assertThrows(IllegalArgumentException.class, () -> sweep.enqueue(Map.of()));
    }

    @Test
    void whatNoTrialCouldBeIsNotEnqueued() {
        var sweep = Sweep.random(3, SPACE);
        assertEquals(
                "the setting {rat=0.5} cannot be enqueued, for it lacks \"rate\"; expected a value of each"
                        + " hyperparameter: rate from 1.0E-4 to 1.0; width one of [64, 128]; dropout from 0.0 to 1.0,"
                        + " where width is 128",
                refused(sweep, Map.of("rat", 0.5)));
        assertTrue(refused(sweep, Map.of("rate", 0.5, "width", 64, "lr", 1)).contains("no hyperparameter \"lr\""));
        assertTrue(refused(sweep, Map.of("rate", 2, "width", 64)).contains("\"rate\" should not be 2"));
        assertTrue(refused(sweep, Map.of("rate", 1, "width", 65)).contains("\"width\" should not be 65"));
        assertTrue(refused(sweep, Map.of("rate", 1, "width", 128)).contains("it lacks \"dropout\""));
        assertTrue(
                refused(sweep, Map.of("rate", 1, "width", 64, "dropout", 0.5)).contains("not active"));
        var nothing = new HashMap<String, Object>();
        nothing.put("rate", null);
        assertTrue(refused(sweep, nothing).endsWith("expected a value for \"rate\""));
    }

    private static String refused(Sweep sweep, Map<String, ?> setting) {
        return assertThrows(IllegalArgumentException.class, () -> sweep.enqueue(setting))
                .getMessage();
    }

    /** With ten seeds one setting is ten trials, but no more than one of the ten random settings. */
    @Test
    void oneSettingWithManySeedsIsOneOfTheRandomOnes() {
        var sweep = Sweep.of(Tpe.of(LOSS, 9, SPACE).batch(1));
        var enqueued =
                sweep.enqueue(Map.of("rate", 0.5, "width", 64)).repeat(10).measure(StartTest::measured);
        assertEquals(
                sweep.measure(StartTest::measured).trials().stream()
                        .map(each -> each.trial().values())
                        .toList(),
                enqueued.overSeeds().trials().stream()
                        .skip(1)
                        .map(each -> each.trial().values())
                        .toList());
    }

    @Test
    void aGoalInWordsIsRefused() {
        var table = past();
        table.replaceColumn("last_loss", StringColumn.create("last_loss", "0.002", "1.1", "", "3.0"));
        var tpe = Tpe.of(LOSS, 20, SPACE);
        assertEquals(
                "the column \"last_loss\" of the table \"runs\" has text: expected numbers of the goal's metric"
                        + " \"loss\"",
                assertThrows(IllegalArgumentException.class, () -> tpe.from(table))
                        .getMessage());
    }

    @Test
    void freshSeedsAreFoundBelowWhereNoneFollows() {
        var totals = new ArrayList<Long>();
        var result = Sweep.grid(Hyperparameter.values("x", 1, 2))
                .goal(LOSS)
                .seeds(1, Long.MAX_VALUE)
                .confirm(5, 3)
                .progress(new Progress() {
                    @Override
                    public void start(String title, long total) {
                        totals.add(total);
                    }
                })
                .measure(trial -> Map.of("loss", trial.real("x")));
        assertEquals(
                List.of(0L, 2L, 3L),
                result.confirmed().trials().subList(0, 3).stream()
                        .map(each -> each.trial().seed())
                        .toList());
        assertEquals(List.of(2L * 2 + 2 * 3), totals, "there are no five settings");
    }

    /** A sweep whose runs come into the table that it begins from would else find another table when it goes on. */
    @Test
    void aKeptSweepGoesOnWithWhatItKnewAtFirst() {
        var before = Sweep.random(15, SPACE).measure(StartTest::measured);
        var other = Sweep.random(30, SPACE).measure(StartTest::measured);
        var whole = sweep(before.table()).measure(StartTest::measured);
        var ran = new ArrayList<Integer>();
        sweep(before.table()).keep(folder).budget(Budget.NONE.trials(7)).measure(StartTest::measured);
        var resumed = sweep(other.table()).keep(folder).measure(trial -> {
            ran.add(trial.number());
            return measured(trial);
        });
        assertEquals(
                List.of(7, 8, 9, 10, 11, 12), ran.subList(0, 6), "what was confirmed before is no part of the search");
        assertEquals(settings(whole), settings(resumed));
        assertEquals(settings(whole.confirmed()), settings(resumed.confirmed()));
        var again = sweep(before.table()).keep(folder).measure(trial -> {
            throw new IllegalStateException("everything is there");
        });
        assertEquals(settings(whole.confirmed()), settings(again.confirmed()));
    }

    private static Sweep sweep(Table past) {
        return Sweep.of(Tpe.of(LOSS, 12, SPACE).from(past))
                .enqueue(Map.of("rate", 0.5, "width", 64))
                .confirm(2, 3);
    }

    private static List<String> settings(SweepResult result) {
        return result.trials().stream()
                .map(each -> each.trial() + " " + each.trial().seed() + " " + each.metrics())
                .toList();
    }

    @Test
    void aFolderThatBeganWithoutKnowingAnythingIsOfAnotherSweep() {
        Sweep.of(Tpe.of(LOSS, 3, SPACE)).keep(folder).measure(StartTest::measured);
        var sweep = Sweep.of(Tpe.of(LOSS, 3, SPACE).from(past())).keep(folder);
        var refusal = assertThrows(IllegalArgumentException.class, () -> sweep.measure(StartTest::measured));
        assertTrue(
                refusal.getMessage()
                        .endsWith("trials.jsonl is of a sweep that began without earlier trials, and this one"
                                + " begins from 3 earlier trials; keep this sweep in another folder"),
                refusal.getMessage());
    }

    /** Noise alone: the best of many is too good in the search, and not with fresh seeds. */
    @Test
    void theBestAreTriedOnceMoreWithSeedsThatNoChoiceHasSeen() {
        var result = Sweep.random(40, Hyperparameter.range("x", 0, 1, 2))
                .goal(Goal.highest("reward"))
                .seeds(3, 5)
                .prune(PercentilePruner.median(Goal.highest("reward"), 1).startup(50))
                .confirm(3, 8)
                .measure(trial -> {
                    double luck = new SplittableRandom(trial.values().hashCode() * 31L + trial.seed()).nextGaussian();
                    trial.progress().step(1, Map.of("reward", trial.number() < 80 ? luck : -100));
                    return Map.of("reward", luck);
                });
        assertEquals(80, result.trials().size());
        var confirmed = result.confirmed();
        assertEquals(
                List.of(6L, 7L, 8L, 9L, 10L, 11L, 12L, 13L),
                confirmed.trials().subList(0, 8).stream()
                        .map(each -> each.trial().seed())
                        .toList());
        assertEquals(
                result.ranked().trials().subList(0, 3).stream()
                        .map(each -> each.trial().values())
                        .toList(),
                confirmed.overSeeds().trials().stream()
                        .map(each -> each.trial().values())
                        .toList());
        double seen = result.ranked().trials().getFirst().metrics().get("reward");
        double fresh = confirmed.overSeeds().trials().getFirst().metrics().get("reward");
        assertTrue(seen > 1 && Math.abs(fresh) < 1, seen + " and " + fresh);
        assertTrue(confirmed.trials().stream().allMatch(TrialResult::isFinished), "none is pruned");
        assertThrows(IllegalArgumentException.class, confirmed::confirmed);
        var noGoal = Sweep.grid(SPACE).confirm(1, 1);
        assertThrows(IllegalArgumentException.class, () -> noGoal.measure(trial -> fail("before any trial")));
    }
}
