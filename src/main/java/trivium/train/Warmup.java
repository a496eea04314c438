package trivium.train;

/**
 * The first steps, in which the learning rate rises linearly: Adam's first steps are as long as any, whatever it knows
 * of the gradient's size.
 */
public sealed interface Warmup extends Setting {

    /**
     * So many steps; a training of fewer is refused.
     *
     * @param warmup steps, 0 for none
     */
    record Steps(long warmup) implements Warmup {
        public Steps {
            Checks.atLeast(0, warmup, "steps of warm-up");
        }
    }

    /**
     * A share of all steps, rounded down.
     *
     * @param warmupRatio in [0, 1]
     */
    record Ratio(double warmupRatio) implements Warmup {
        public Ratio {
            Checks.ratio(warmupRatio, "warm-up ratio");
        }
    }

    /**
     * The fewer of both.
     *
     * @param warmup steps
     * @param warmupRatio share of all steps
     */
    record Fewer(long warmup, double warmupRatio) implements Warmup {
        public Fewer {
            Checks.atLeast(0, warmup, "steps of warm-up");
            Checks.ratio(warmupRatio, "warm-up ratio");
        }
    }

    /**
     * How many of {@code all} steps.
     *
     * @throws IllegalArgumentException if they are more than all
     */
    default long steps(long all) {
        return switch (this) {
            case Steps(long warmup)
            when warmup > all ->
                throw new IllegalArgumentException("a warm-up of " + warmup
                        + " steps is longer than the whole training of " + all
                        + "; take a shorter warm-up or more steps");
            case Steps(long warmup) -> warmup;
            case Ratio(double ratio) -> (long) (ratio * all);
            case Fewer(long warmup, double ratio) -> Math.min(warmup, (long) (ratio * all));
        };
    }
}
