package trivium.toytown;

/**
 * How many of everything a data set has.
 *
 * @param stories to pre-train on
 * @param instructions questions and requests for stories, mixed
 * @param questions held-out easy ones; half as many confusable and half as many hard ones
 * @param preferences pairs
 * @param prompts requests for stories
 * @param tasks of every kind
 */
public record Sizes(Pair stories, Pair instructions, int questions, Pair preferences, Pair prompts, Pair tasks) {

    /**
     * To learn from and to judge by, at least 1 each.
     *
     * @param training in the training file
     * @param heldOut in the held-out file
     */
    public record Pair(int training, int heldOut) {

        public Pair {
            if (training < 1 || heldOut < 1) {
                throw new IllegalArgumentException(
                        "a data set has at least 1 of everything on either side, not " + training + " and " + heldOut);
            }
        }

        Pair times(double factor) {
            return new Pair(scaled(training, factor), scaled(heldOut, factor));
        }
    }

    /** What ships: everything together stays under 5 MB. */
    public static final Sizes SHIPPED = new Sizes(
            new Pair(8_500, 400),
            new Pair(9_000, 400),
            400,
            new Pair(2_000, 300),
            new Pair(1_000, 200),
            new Pair(960, 360));

    public Sizes {
        if (questions < 1) {
            throw new IllegalArgumentException("a data set has at least 1 held-out question, not " + questions);
        }
    }

    /**
     * This many times as many of everything, at least 1 each.
     *
     * @param factor above 0
     */
    public Sizes times(double factor) {
        if (!(factor > 0 && factor < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("sizes are multiplied by a number above 0, not " + factor);
        }
        return new Sizes(
                stories.times(factor),
                instructions.times(factor),
                scaled(questions, factor),
                preferences.times(factor),
                prompts.times(factor),
                tasks.times(factor));
    }

    private static int scaled(int count, double factor) {
        return Math.max(1, Math.toIntExact(Math.round(count * factor)));
    }
}
