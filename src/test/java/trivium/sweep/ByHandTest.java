package trivium.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import trivium.AnotherJvm;

/** What somebody does to a sweep while it runs: trials are stopped, settings added, and all stopped. */
@Timeout(60)
class ByHandTest {

    @TempDir
    Path folder;

    /** Does something to the sweep at each step of a trial. */
    private static class Hand implements SweepProgress {

        private final BiConsumer<RunningSweep, String> does;
        RunningSweep sweep;

        Hand(BiConsumer<RunningSweep, String> does) {
            this.does = does;
        }

        @Override
        public boolean acts(RunningSweep started) {
            sweep = started;
            return true;
        }

        @Override
        public void trialStep(int trial, long done, long total, Map<String, Double> metrics) {
            does.accept(sweep, trial + " at " + done);
        }
    }

    private static Sweep sweep() {
        return Sweep.grid(Hyperparameter.values("x", 1, 2, 3)).seeds(7, 8);
    }

    /** Ten steps, whose loss falls by x each, as long as nobody wants it to stop. */
    private static Map<String, Double> train(Trial trial) {
        trial.progress().start("training", 10);
        for (int step = 1; step <= 10; step++) {
            double loss = 100 - step * trial.real("x");
            trial.progress().step(step, Map.of("loss", loss));
            if (trial.progress().stop().isPresent()) {
                return Map.of("loss", loss);
            }
        }
        return Map.of("loss", 100 - 10 * trial.real("x"));
    }

    private static List<String> rows(SweepResult result) {
        return result.trials().stream().map(TrialResult::toString).toList();
    }

    @Test
    void aTrialThatIsStoppedKeepsWhatItReachedAlsoWhereTheSweepGoesOnLater() {
        var hand = new Hand((sweep, at) -> {
            if (at.equals("2 at 4")) {
                assertTrue(sweep.stop(2));
                assertFalse(sweep.stop(5), "it has not begun");
            }
        });
        var alone = rows(sweep().measure(ByHandTest::train));
        var stopped = rows(sweep().progress(hand).keep(folder).measure(ByHandTest::train));
        assertEquals("trial 2: x 2: loss 92, stopped: by hand", stopped.get(2));
        for (int i : new int[] {0, 1, 3, 4, 5}) {
            assertEquals(alone.get(i), stopped.get(i));
        }
        var again = sweep().keep(folder).measure(_ -> fail("it has run"));
        assertEquals(stopped, rows(again));
    }

    @Test
    void aSettingThatIsEnqueuedIsTriedWithEachSeedAndKnownToTheSweepLater() {
        var hand = new Hand((sweep, at) -> {
            if (at.equals("0 at 1")) {
                assertEquals(2, sweep.enqueue(Map.of("x", 2.5)));
            }
        });
        var alone = rows(sweep().measure(ByHandTest::train));
        var result = sweep().progress(hand).keep(folder).measure(ByHandTest::train);
        assertEquals(alone, rows(result).subList(0, 6));
        assertEquals(
                List.of("trial 6: x 2.5: loss 75, finished", "trial 7: x 2.5: loss 75, finished"),
                rows(result).subList(6, 8));
        assertEquals(8, result.trials().getLast().trial().seed());
        assertEquals(rows(result), rows(sweep().keep(folder).measure(_ -> fail("it has run"))));
    }

    @Test
    void aSearchThatLearnsDoesNotLearnFromWhatIsEnqueued() {
        var hand = new Hand((sweep, at) -> {
            if (at.equals("1 at 1")) {
                sweep.enqueue(Map.of("x", 3.0));
            }
        });
        var alone = rows(learning().measure(ByHandTest::train));
        var result = learning().progress(hand).keep(folder).measure(ByHandTest::train);
        assertEquals(alone, rows(result).subList(0, 12), "with the same numbers");
        assertEquals(List.of("trial 12: x 3: loss 70, finished"), rows(result).subList(12, 13));
        assertEquals(rows(result), rows(learning().keep(folder).measure(_ -> fail("it has run"))));
    }

    @Test
    void allStopAndTheSweepKeepsWhatItHasAndGoesOnLater() {
        var hand = new Hand((sweep, at) -> {
            if (at.equals("2 at 4")) {
                sweep.stopAll();
                assertThrows(IllegalStateException.class, () -> sweep.enqueue(Map.of("x", 2.5)));
            }
        });
        var result = sweep().progress(hand).keep(folder).measure(ByHandTest::train);
        assertEquals("stopped: by hand, after 3 trials", result.outcome().text());
        assertEquals("trial 2: x 2: loss 92, stopped: by hand", rows(result).getLast());
        var later = sweep().keep(folder).measure(ByHandTest::train);
        assertEquals(rows(result), rows(later).subList(0, 3));
        assertEquals(6, later.trials().size());
        assertTrue(later.outcome().isFinished());
    }

    private static Sweep learning() {
        return Sweep.tpe(Goal.lowest("loss"), 12, Hyperparameter.range("x", 1.0, 9.0, 17));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void whatIsEnqueuedIsWhatBeginsNext(int workers) {
        var began = new ArrayList<Integer>();
        var tried = new CountDownLatch(2);
        var hand = new Hand((sweep, at) -> {
            if (at.equals("0 at 1")) {
                sweep.enqueue(Map.of("x", 2.5));
            }
        });
        TrialFunction waiting = trial -> {
            synchronized (began) {
                began.add(trial.number());
            }
            if (trial.number() > 5) {
                tried.countDown();
            } else if (trial.number() == 1) { // what the other worker begins meanwhile is seen to have begun
                tried.await(5, TimeUnit.SECONDS);
            }
            return train(trial);
        };
        var pruned = sweep().prune(Asha.of(Goal.lowest("loss"), 5).eta(2));
        pruned.parallel(workers).progress(hand).measure(waiting);
        var first = began.subList(0, 4);
        assertEquals(8, began.size());
        if (workers == 1) {
            assertEquals(List.of(0, 6, 7, 1), first);
        } else {
            assertEquals(Set.of(0, 1, 6, 7), Set.copyOf(first));
        }
    }

    @Test
    void aBudgetOfTrialsIsThatOfTheSearch() {
        var hand = new Hand((sweep, at) -> {
            if (at.equals("1 at 10")) {
                sweep.enqueue(Map.of("x", 2.5));
            }
        });
        var result = sweep().budget(Budget.NONE.trials(2)).progress(hand).measure(ByHandTest::train);
        assertEquals(
                List.of(0, 1, 6, 7),
                result.trials().stream().map(each -> each.trial().number()).toList());
    }

    @Test
    void whatNoBudgetIsLeftForIsRefused() {
        var refusals = new ArrayList<String>();
        var hand = new Hand((_, _) -> {}) {
            @Override
            public void ended(TrialResult result) {
                refusals.add(assertThrows(IllegalStateException.class, () -> sweep.enqueue(Map.of("x", 2.5)))
                        .getMessage());
            }
        };
        var result = sweep().budget(Budget.NONE.tokens(5)).progress(hand).measure(_ -> Map.of("tokens", 9.0));
        assertEquals(1, result.trials().size());
        assertTrue(refusals.getFirst().startsWith("the budget of 5 tokens is spent"), refusals.toString());
    }

    @Test
    void whatCannotBeWrittenDownIsNotEnqueued() throws IOException {
        Files.createDirectories(folder);
        var refusals = new ArrayList<String>();
        var hand = new Hand((sweep, at) -> {
            if (at.equals("0 at 1")) {
                try {
                    Files.createDirectory(folder.resolve(SweepFolder.ENQUEUED));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                refusals.add(assertThrows(UncheckedIOException.class, () -> sweep.enqueue(Map.of("x", 2.5)))
                        .getMessage());
            }
        });
        assertEquals(
                6,
                sweep().progress(hand)
                        .keep(folder)
                        .measure(ByHandTest::train)
                        .trials()
                        .size());
        assertTrue(refusals.getFirst().contains(SweepFolder.ENQUEUED), refusals.toString());
    }

    /** Enqueues a setting, says so, and waits to be killed while the trial before it runs. */
    static final class Victim {
        public static void main(String[] args) {
            var hand = new Hand((sweep, at) -> {
                if (at.equals("1 at 1")) {
                    sweep.enqueue(Map.of("x", 3));
                    System.out.println("told");
                    LockSupport.park();
                }
            });
            learning().keep(Path.of(args[0])).progress(hand).measure(ByHandTest::train);
        }
    }

    @Test
    void whatWasEnqueuedBeforeTheProcessWasKilledIsTriedWhenItIsBegunAgain() throws Exception {
        var process = AnotherJvm.builder(List.of("-XX:TieredStopAtLevel=1"), Victim.class, folder.toString())
                .start();
        try (var said = process.inputReader()) {
            assertTrue(said.lines().anyMatch("told"::equals));
        } finally {
            process.destroyForcibly().waitFor();
        }
        var alone = rows(learning().measure(ByHandTest::train));
        var ran = new ArrayList<Integer>();
        var resumed = learning().keep(folder).measure(trial -> {
            ran.add(trial.number());
            assertTrue(trial.number() != 12 || trial.value("x").equals(3.0), "a number of a range is a double");
            return train(trial);
        });
        assertEquals(List.of(12, 1, 2), ran.subList(0, 3), "trial 0 had ended");
        assertEquals(12, ran.size());
        assertEquals(alone, rows(resumed).subList(0, 12), "with the same numbers");
        assertEquals("trial 12: x 3: loss 70, finished", rows(resumed).get(12));
        assertEquals(rows(resumed), rows(learning().keep(folder).measure(_ -> fail("it has run"))));
    }

    private static Stream<Arguments> kinds() {
        return Stream.of(
                arguments(List.of(1, 2), 5L, 5),
                arguments(List.of(1, 2), 2.0, 2),
                arguments(List.of(1, 2), 2.5, 2.5),
                arguments(List.of(1, 2), 12_345_678_901L, 12_345_678_901L),
                arguments(List.of(1L, 2L), 3, 3L),
                arguments(List.of(0.5, 1.0), 3, 3.0),
                arguments(List.of(0.5, 1.0), 2e12, 2e12),
                arguments(List.of(0.5f, 0.1f), 0.1f, 0.1f),
                arguments(List.of(0.5, Double.POSITIVE_INFINITY), Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY),
                arguments(List.of("a", "NaN"), "NaN", "NaN"),
                arguments(List.of("a", "b"), "3", "3"),
                arguments(List.of(true, false), false, false));
    }

    /**
     * What is enqueued, and what a trial has, in the process that enqueued it and in one that goes on with the sweep.
     */
    @ParameterizedTest
    @MethodSource("kinds")
    void aValueIsOfTheKindOfItsHyperparameterAlsoWhereTheSweepGoesOn(List<Object> listed, Object asked, Object has) {
        var sweep = Sweep.grid(Hyperparameter.values("x", listed.toArray()));
        var seen = new ArrayList<Object>();
        var hand = new Hand((running, at) -> {
            if (at.equals("0 at 1")) {
                running.enqueue(Map.of("x", asked));
                running.enqueue(Map.of("x", asked));
            } else if (at.equals("2 at 1")) {
                running.stopAll(); // the second is not tried
            }
        });
        TrialFunction function = trial -> {
            if (trial.number() > 1) {
                seen.add(trial.value("x"));
            }
            trial.progress().step(1, Map.of("loss", 1.0));
            return Map.of("loss", 1.0);
        };
        sweep.progress(hand).keep(folder).measure(function);
        var result = sweep.keep(folder).measure(function);
        assertEquals(List.of(has, has), seen);
        assertEquals(
                List.of(has, has),
                result.trials().subList(2, 4).stream()
                        .map(each -> each.trial().value("x"))
                        .toList());
    }

    @Test
    void aSettingThatIsNoneOfTheSearchIsRefusedWithTheNamesThereAre() {
        var refused = new LinkedHashMap<Map<String, Object>, String>();
        refused.put(Map.of("y", 1), "it lacks \"x\"");
        refused.put(Map.of("x", 1, "y", 1), "the search has no hyperparameter \"y\"");
        refused.put(Collections.singletonMap("x", null), "\"x\" should not be null");
        refused.put(Map.of("x", "two"), "\"x\" should not be two");
        refused.put(Map.of("x", Double.NaN), "\"x\" should not be NaN");
        var hand = new Hand((sweep, at) -> {
            if (at.equals("0 at 1")) {
                refused.forEach((setting, why) -> assertEquals(
                        "the setting " + setting + " cannot be enqueued, for " + why
                                + "; expected a value of each hyperparameter: x one of [1, 2, 3]",
                        assertThrows(IllegalArgumentException.class, () -> sweep.enqueue(setting))
                                .getMessage()));
                refused.clear();
            }
        });
        assertEquals(
                6, sweep().progress(hand).measure(ByHandTest::train).trials().size());
        assertTrue(refused.isEmpty());
    }
}
