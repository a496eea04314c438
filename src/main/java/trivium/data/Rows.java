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
        for (int row = 0; row < examples.size(); row++) {
            if (examples.get(row).ids().length == 0) {
                throw new IllegalArgumentException("row " + row + " has no token to read a score at");
            }
        }
        var rows = examples.stream().map(Example::ids).toList();
        return scores(rows, rows.stream().map(ids -> new int[] {ids.length - 1}).toList(), group);
    }

    /** For models that score steps: weight 1 where a step is judged, and 0 elsewhere. */
    public static Batch scores(List<Steps> rows) {
        return scores(
                rows.stream().map(Steps::ids).toList(),
                rows.stream().map(Steps::ends).toList(),
                1);
    }

    /** Rows of tokens with weight 1 at these places of each. */
    private static Batch scores(List<int[]> rows, List<int[]> places, int group) {
        int time = longest(rows.stream().mapToInt(ids -> ids.length));
        int[] tokens = new int[rows.size() * time];
        float[] weights = new float[tokens.length];
        for (int row = 0; row < rows.size(); row++) {
            System.arraycopy(rows.get(row), 0, tokens, row * time, rows.get(row).length);
            for (int place : places.get(row)) {
                weights[row * time + place] = 1;
            }
        }
        var lengths = rows.stream().mapToInt(ids -> ids.length);
        return new Batch(rows.size(), time, tokens, tokens.clone(), weights, RowLayout.lengths(group, lengths));
    }

    private static int longest(IntStream lengths) {
        return lengths.max().orElseThrow(() -> new IllegalArgumentException("a batch needs at least one row"));
    }
}
