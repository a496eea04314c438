package trivium.data;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import trivium.data.files.Note;
import trivium.data.files.Summary;

/** Leaves out records longer than a model's context, and counts them. */
public final class ContextLimit {

    private ContextLimit() {}

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
     * Encodes records, leaves out those that a model cannot see whole, and sets a share of the others aside. The side
     * of a record depends on nothing but its content and the share, as in {@link Split#byContent}; only what fits is
     * chosen from, so that neither side is empty while another record would have filled it.
     *
     * @param length the tokens that a model sees of an encoded record
     * @throws IllegalArgumentException if fewer than two with different prompts fit
     */
    static <T, E> Split<List<E>> split(
            Texts data,
            List<T> records,
            Function<T, E> encode,
            ToIntFunction<E> length,
            int context,
            Function<T, String> opening,
            double share) {
        record Encoded<T, E>(T record, E tokens) {}
        var fitting = new ArrayList<Encoded<T, E>>();
        var openings = new HashSet<String>();
        int longest = 0;
        int shortest = Integer.MAX_VALUE;
        for (var record : records) {
            var tokens = encode.apply(record);
            int seen = length.applyAsInt(tokens);
            longest = Math.max(longest, seen);
            shortest = Math.min(shortest, seen);
            if (seen <= context) {
                fitting.add(new Encoded<>(record, tokens));
                openings.add(opening.apply(record));
            }
        }
        if (fitting.size() < records.size() && openings.size() < 2) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "%s of the %,d %ss %s a context of %,d tokens, but two with different prompts are needed, one to"
                            + " learn from and one to validate: they take %,d to %,d; use a longer context, a larger"
                            + " vocabulary or shorter texts",
                    fitting.isEmpty() ? "none" : String.format(Locale.ROOT, "only %,d", fitting.size()),
                    records.size(),
                    data.noun(),
                    fitting.size() > 1 ? "fit" : "fits",
                    context,
                    shortest,
                    longest));
        }
        var split = Split.byContent(fitting, encoded -> opening.apply(encoded.record()), share, "prompts");
        return new Split<>(
                split.train().stream().map(Encoded::tokens).toList(),
                split.validation().stream().map(Encoded::tokens).toList());
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
