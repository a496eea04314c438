package trivium.generate;

/** Whether the first {@code count} of these tokens, which have grown by one since the last time, end a completion. */
@FunctionalInterface
interface StoppingCriterion {
    boolean test(int[] tokens, int count);
}
