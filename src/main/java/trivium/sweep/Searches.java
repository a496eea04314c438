package trivium.sweep;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** The searches that come with the library and do not learn from results; {@link Tpe} does. */
public final class Searches {

    private Searches() {}

    /** Every combination of the hyperparameters' values; the last hyperparameter varies fastest. */
    public static Search grid(Hyperparameter... hyperparameters) {
        var space = Space.of(hyperparameters);
        return new Fixed(space.hyperparameters(), space.grid());
    }

    /**
     * {@code count} independent draws of every hyperparameter. For many hyperparameters of which few matter it finds
     * good settings with fewer trials than a grid (Bergstra and Bengio, "Random Search for Hyper-Parameter
     * Optimization", JMLR 2012).
     */
    public static Search random(int count, long seed, Hyperparameter... hyperparameters) {
        check(count, "a random search");
        var space = Space.of(hyperparameters);
        var random = new SplittableRandom(seed);
        var settings = new ArrayList<Map<String, Object>>();
        for (int i = 0; i < count; i++) {
            settings.add(space.setting(hyperparameter -> hyperparameter.draw(random)));
        }
        return new Fixed(space.hyperparameters(), settings);
    }

    /**
     * The first {@code count} points of a Sobol sequence, shifted by the seed: they fill the space more evenly than
     * random ones, best where their number is a power of two. Each hyperparameter has a dimension of its own, 1,000 at
     * most.
     */
    public static Search sobol(int count, long seed, Hyperparameter... hyperparameters) {
        check(count, "a Sobol search");
        var space = Space.of(hyperparameters);
        var sequence = new Sobol(space.hyperparameters().size());
        int[] shift =
                new SplittableRandom(seed).ints(space.hyperparameters().size()).toArray();
        var settings = new ArrayList<Map<String, Object>>();
        for (int i = 0; i < count; i++) {
            double[] point = sequence.point(i, shift);
            settings.add(space.setting(hyperparameter ->
                    hyperparameter.at(point[space.hyperparameters().indexOf(hyperparameter)])));
        }
        return new Fixed(space.hyperparameters(), settings);
    }

    /** Settings that depend on no result. */
    private record Fixed(List<Hyperparameter> hyperparameters, List<Map<String, Object>> settings) implements Search {

        private Fixed {
            settings = List.copyOf(settings);
        }

        @Override
        public List<Map<String, Object>> round(int round, SweepResult finished) {
            return round == 0 ? settings : List.of();
        }
    }

    private static void check(int count, String who) {
        if (count < 1) {
            throw new IllegalArgumentException(who + " needs at least 1 trial, not " + count);
        }
    }
}
