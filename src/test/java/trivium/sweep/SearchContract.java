package trivium.sweep;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import trivium.run.Status;

/**
 * What every {@link Search} promises; a sweep relies on nothing else. Whoever writes another one extends this class,
 * answers {@link #search}, and is done when it is green.
 */
@SuppressWarnings("this-escape") // search() is asked once the object stands, and depends on no field
public abstract class SearchContract {

    private static final int ROUNDS = 200;

    /** A fresh search, the same each time, that comes to its end within {@value #ROUNDS} rounds. */
    protected abstract Search search();

    /** Some number that depends on the whole setting, and now and then a failure. */
    private static final TrialFunction TRAINER = trial -> {
        var random = new SplittableRandom(trial.values().toString().hashCode());
        Thread.sleep(0, random.nextInt(500_000)); // so that trials end in another order than they began
        if (random.nextInt(8) == 0) {
            throw new IllegalStateException("no luck");
        }
        return Map.of("loss", random.nextDouble(), "reward", random.nextDouble());
    };

    @Test
    void askedTwiceItAnswersTheSameAndComesToAnEnd() {
        var search = search();
        var result = Sweep.of(search).measure(TRAINER);
        int round = 0;
        int from = 0;
        while (round < ROUNDS) {
            var before = new SweepResult(result.trials().subList(0, from), new Status.Running());
            var settings = search.round(round, before);
            assertEquals(settings, search.round(round, before), "round " + round + ", asked twice");
            assertEquals(settings, search().round(round, before), "round " + round + ", of a fresh search");
            if (settings.isEmpty()) {
                break;
            }
            for (var setting : settings) {
                assertFalse(setting.isEmpty(), "a setting has at least one hyperparameter");
                assertEquals(setting, result.trials().get(from++).trial().values());
            }
            round++;
        }
        assertTrue(round < ROUNDS, "still going on after " + ROUNDS + " rounds");
        assertEquals(from, result.trials().size());
        assertTrue(
                search.size() == 0 || search.size() == from, search.size() + " settings said, " + from + " answered");
    }

    @Test
    void onManyThreadsAndWithManySeedsItTriesTheSame() {
        assertEquals(table(1), table(3));
        var seen = new HashSet<Integer>();
        var repeated = Sweep.of(search()).repeat(2).measure(TRAINER);
        repeated.trials().forEach(result -> seen.add(result.trial().number()));
        assertEquals(repeated.trials().size(), seen.size());
    }

    private List<String> table(int workers) {
        return Sweep.of(search()).parallel(workers).measure(TRAINER).trials().stream()
                .map(result -> result.trial() + " " + result.metrics() + " "
                        + result.outcome().text())
                .toList();
    }
}
