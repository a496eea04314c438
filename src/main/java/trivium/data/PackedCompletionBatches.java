package trivium.data;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import trivium.tensor.Batch;
import trivium.text.Chat;

/**
 * Conversations for fine-tuning, several to a row, so that little of a batch is padding: best-fit decreasing, as in
 * Ding et al. 2024 (Fewer Truncations Improve Language Modeling). None is cut.
 *
 * <p>A batch says where each conversation ends ({@link RowLayout}): none sees another or predicts its first token, and
 * positions begin anew with each. So what is learned is what would be learned with a row for each.
 *
 * @param rows the conversations of each row
 * @param context T, the tokens a row has room for
 */
public record PackedCompletionBatches(List<List<Chat>> rows, int context) implements ItemBatches {

    public PackedCompletionBatches {
        rows = rows.stream().map(List::copyOf).toList();
        for (var row : rows) {
            int taken = Rows.seen(row);
            if (taken > context) {
                throw new IllegalArgumentException("a row of " + taken + " tokens (" + row.size()
                        + (row.size() == 1 ? " conversation" : " conversations") + ") does not fit a context of "
                        + context + "; CompletionBatches.encode leaves out what is too long for one");
            }
        }
    }

    /**
     * Packs conversations: the longest first, each into the row it fills best, or into a fresh row where none has room.
     *
     * @throws IllegalArgumentException if one is longer than the context
     */
    public static PackedCompletionBatches pack(CompletionBatches answers, int context) {
        var rows = new ArrayList<List<Chat>>();
        // rows by the room that is left in them, the fullest first
        var open = new TreeMap<Integer, ArrayDeque<Integer>>();
        var longestFirst = answers.examples().stream()
                .sorted(Comparator.comparingInt((Chat chat) -> Rows.seen(chat)).reversed())
                .toList();
        for (var example : longestFirst) {
            int length = Rows.seen(example);
            var best = open.ceilingEntry(length);
            int room = best == null ? context : best.getKey();
            int row = best == null ? rows.size() : best.getValue().removeFirst();
            if (best == null) {
                rows.add(new ArrayList<>());
            } else if (best.getValue().isEmpty()) {
                open.remove(room);
            }
            rows.get(row).add(example);
            open.computeIfAbsent(room - length, _ -> new ArrayDeque<>()).add(row);
        }
        return new PackedCompletionBatches(rows, context);
    }

    /** How many rows there are. */
    @Override
    public int size() {
        return rows.size();
    }

    /** How many conversations they hold. */
    public int conversations() {
        return rows.stream().mapToInt(List::size).sum();
    }

    /** The share of all {@code rows × context} positions that is padding, in [0, 1). */
    public double padding() {
        return padding(size());
    }

    /** The same if every conversation had a row of its own. */
    public double paddingUnpacked() {
        return padding(conversations());
    }

    private double padding(int rowsTaken) {
        long used = rows.stream().mapToLong(Rows::seen).sum();
        return 1 - used / ((double) rowsTaken * context);
    }

    @Override
    public int length(int item) {
        return Rows.seen(rows.get(item));
    }

    @Override
    public Batch batch(int... items) {
        return Rows.chats(Arrays.stream(items).mapToObj(rows::get).toList(), 1);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%,d conversations in %,d rows of %,d tokens: %.1f %% padding (%.1f %% with a row each)",
                conversations(),
                size(),
                context,
                100 * padding(),
                100 * paddingUnpacked());
    }
}
