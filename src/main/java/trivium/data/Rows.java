package trivium.data;

import java.util.List;
import java.util.stream.IntStream;
import trivium.tensor.Batch;
import trivium.tensor.RowLayout;
import trivium.text.Chat;
import trivium.text.ChatTemplate.Example;

/** One batch from sequences of different lengths: padded at the right to the longest, no further. */
public final class Rows {

    private Rows() {}

    /**
     * For learning completions: position t predicts token t + 1, with weight 1 where that token belongs to the
     * completion and 0 on prompt and padding. T is one less than the longest sequence.
     */
    public static Batch completions(List<Example> examples) {
        return completions(examples, 1);
    }

    static Batch completions(List<Example> examples, int group) {
        return chats(examples.stream().map(Example::chat).map(List::of).toList(), group);
    }

    /**
     * The same for conversations, one or several to a row, which see nothing of each other: weight 1 where the
     * predicted token is trained.
     */
    static Batch chats(List<List<Chat>> rows, int group) {
        int time = longest(rows.stream().mapToInt(Rows::seen));
        if (time < 1) {
            throw new IllegalArgumentException(
                    "a batch needs a sequence of at least two tokens, one to see and one to predict");
        }
        int n = rows.size() * time;
        int[] tokens = new int[n];
        int[] targets = new int[n];
        float[] weights = new float[n];
        int[][] ends = new int[rows.size()][];
        for (int row = 0; row < ends.length; row++) {
            var chats = rows.get(row);
            ends[row] = new int[chats.size()];
            int at = 0;
            for (int i = 0; i < ends[row].length; i++) {
                write(chats.get(i), row * time + at, tokens, targets, weights);
                at += seen(chats.get(i));
                ends[row][i] = at;
            }
        }
        return new Batch(rows.size(), time, tokens, targets, weights, new RowLayout(group, ends));
    }

    /** Writes one sequence from {@code start} on: all of it but the last token, which is predicted. */
    private static void write(Chat chat, int start, int[] tokens, int[] targets, float[] weights) {
        int[] ids = chat.ids();
        int length = seen(chat);
        System.arraycopy(ids, 0, tokens, start, length);
        System.arraycopy(ids, Math.min(1, ids.length), targets, start, length);
        for (int t = 0; t < length; t++) {
            weights[start + t] = chat.trained()[t + 1] ? 1 : 0;
        }
    }

    /** The positions a sequence takes: its last token is predicted, not seen. */
    static int seen(Chat chat) {
        return Math.max(0, chat.ids().length - 1);
    }

    /** The positions that these take one behind the other. */
    static int seen(List<Chat> row) {
        return row.stream().mapToInt(Rows::seen).sum();
    }

    /**
     * For models that score a whole sequence: weight 1 at the last token of each row, where the score is read, and 0
     * elsewhere. T is the longest sequence; nothing is predicted, so targets repeat the tokens.
     *
     * @param group 2 where rows 2i and 2i + 1 are compared, else 1
     */
    public static Batch scores(List<Example> examples, int group) {
        int time = longest(examples.stream().mapToInt(example -> example.ids().length));
        int n = examples.size() * time;
        int[] tokens = new int[n];
        float[] weights = new float[n];
        for (int row = 0; row < examples.size(); row++) {
            int[] ids = examples.get(row).ids();
            if (ids.length == 0) {
                throw new IllegalArgumentException("row " + row + " has no token to read a score at");
            }
            System.arraycopy(ids, 0, tokens, row * time, ids.length);
            weights[row * time + ids.length - 1] = 1;
        }
        var lengths = examples.stream().mapToInt(example -> example.ids().length);
        return new Batch(examples.size(), time, tokens, tokens.clone(), weights, RowLayout.lengths(group, lengths));
    }

    /** For models that score steps: weight 1 where a step is judged, and 0 elsewhere. */
    public static Batch scores(List<Steps> rows) {
        int time = longest(rows.stream().mapToInt(each -> each.ids().length));
        int n = rows.size() * time;
        int[] tokens = new int[n];
        float[] weights = new float[n];
        for (int row = 0; row < rows.size(); row++) {
            int[] ids = rows.get(row).ids();
            System.arraycopy(ids, 0, tokens, row * time, ids.length);
            for (int end : rows.get(row).ends()) {
                weights[row * time + end] = 1;
            }
        }
        return new Batch(
                rows.size(),
                time,
                tokens,
                tokens.clone(),
                weights,
                RowLayout.lengths(1, rows.stream().mapToInt(each -> each.ids().length)));
    }

    private static int longest(IntStream lengths) {
        return lengths.max().orElseThrow(() -> new IllegalArgumentException("a batch needs at least one row"));
    }
}
