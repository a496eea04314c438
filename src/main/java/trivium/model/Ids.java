package trivium.model;

/** Token ids as they come from outside. */
public final class Ids {

    private Ids() {}

    /**
     * Refuses ids that are not in the vocabulary: they would read the weights of something else.
     *
     * @param ids checked from {@code from} to {@code to - 1}
     * @param size the vocabulary's size V
     * @param what what they are, for the sentence: "token" or "target"
     * @throws IllegalArgumentException where an id is negative, or V or more
     */
    public static void check(int[] ids, int from, int to, int size, String what) {
        for (int i = from; i < to; i++) {
            if (ids[i] < 0 || ids[i] >= size) {
                throw new IllegalArgumentException(what + " " + ids[i] + " is outside the model's vocabulary of " + size
                        + ": the tokenizer and the model must belong together");
            }
        }
    }
}
