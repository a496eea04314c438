package trivium.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.ToIntFunction;
import trivium.data.files.Note;
import trivium.data.files.Summary;

/** Leaves out records longer than a model's context, and counts them. */
public final class ContextLimit {

    private final Texts data;
    private final int context;
    private int fitting;
    private int longest;
    private int shortest = Integer.MAX_VALUE;

    /** @param context the longest sequence the model can see, in tokens */
    ContextLimit(Texts data, int context) {
        this.data = data;
        this.context = context;
    }

    /**
     * "12 of 500 conversations, longer than the context of 64 tokens, were left out"; empty if none was.
     *
     * @param leftOut how many of the data's records
     */
    public static Optional<String> sentence(Texts data, int leftOut, int context) {
        return leftOut == 0
                ? Optional.empty()
                : Optional.of(String.format(
                        Locale.ROOT,
                        "%,d of %,d %ss, longer than the context of %,d tokens, %s left out",
                        leftOut,
                        data.size(),
                        data.noun(),
                        context,
                        leftOut == 1 ? "was" : "were"));
    }

    /** Counts a record; whether a model sees all of its {@code length} tokens. */
    boolean fits(int length) {
        longest = Math.max(longest, length);
        shortest = Math.min(shortest, length);
        fitting += length <= context ? 1 : 0;
        return length <= context;
    }

    /** How many of the data's records did not fit. */
    int leftOut() {
        return data.size() - fitting;
    }

    /** Refuses data of which no record fits. */
    void requireOne() {
        if (fitting == 0) {
            throw new IllegalArgumentException("none of the " + data.size() + " " + data.noun() + "s fits a context of "
                    + context + " tokens" + advice());
        }
    }

    /**
     * Refuses data of which too little fits to be split.
     *
     * @param different how many of the records that fit begin differently
     */
    void requireTwo(long different) {
        if (leftOut() > 0 && different < 2) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "%s of the %,d %ss %s a context of %,d tokens, but two with different prompts are needed, one to"
                            + " learn from and one to validate%s",
                    fitting == 0 ? "none" : String.format(Locale.ROOT, "only %,d", fitting),
                    data.size(),
                    data.noun(),
                    fitting > 1 ? "fit" : "fits",
                    context,
                    advice()));
        }
    }

    private String advice() {
        return String.format(
                Locale.ROOT,
                ": they take %,d to %,d; use a longer context, a larger vocabulary or shorter texts",
                shortest,
                longest);
    }

    /**
     * Those of at most {@code context} tokens.
     *
     * @param what one of them is, for the summary: "comparison"
     * @param make from what fits, at least one, and the summary that counts the rest
     * @throws IllegalArgumentException if none is left
     */
    static <T, L> L within(
            int context,
            String name,
            List<T> list,
            Summary summary,
            ToIntFunction<T> length,
            String what,
            BiFunction<List<T>, Summary, L> make) {
        var fitting = new ArrayList<T>();
        int first = 0;
        for (int i = 0; i < list.size(); i++) {
            if (length.applyAsInt(list.get(i)) <= context) {
                fitting.add(list.get(i));
            } else if (first == 0) {
                first = i + 1;
            }
        }
        var counted = summary.leavingOut(
                name, list.size(), Note.LONGER_THAN_CONTEXT, list.size() - fitting.size(), what + " " + first);
        if (fitting.isEmpty()) {
            throw new IllegalArgumentException("nothing is left within " + context + " tokens of " + counted);
        }
        return make.apply(fitting, counted);
    }
}
