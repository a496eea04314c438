package trivium.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.ToIntFunction;
import trivium.data.files.Note;
import trivium.data.files.Summary;

/** Leaving out what a model cannot see whole, and counting it. */
public final class Fitting {

    private Fitting() {}

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
