package trivium.data;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
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

    /** The same for token sequences whose first {@code promptLengths[row]} tokens were given, such as rollouts. */
    public static Batch completions(List<int[]> sequences, int[] promptLengths) {
        if (sequences.size() != promptLengths.length) {
            throw new IllegalArgumentException(
                    sequences.size() + " sequences need as many prompt lengths, not " + promptLengths.length);
        }
        var examples = new Example[promptLengths.length];
        Arrays.setAll(examples, row -> new Example(sequences.get(row), promptLengths[row]));
        return completions(List.of(examples));
    }

    static Batch completions(List<Example> examples, int group) {
        return chats(examples.stream().map(Example::chat).toList(), group);
    }

    /** The same for conversations: weight 1 where the predicted token is trained. */
    public static Batch chats(List<Chat> chats) {
        return chats(chats, 1);
    }

    private static Batch chats(List<Chat> chats, int group) {
        int time = longest(chats.stream().map(Chat::ids)) - 1;
        if (time < 1) {
            throw new IllegalArgumentException(
                    "a batch needs a sequence of at least two tokens, one to see and one to predict");
        }
        int n = chats.size() * time;
        int[] tokens = new int[n];
        int[] targets = new int[n];
        float[] weights = new float[n];
        for (int row = 0; row < chats.size(); row++) {
            chat(chats.get(row), row * time, tokens, targets, weights);
        }
        return new Batch(
                chats.size(),
                time,
                tokens,
                targets,
                weights,
                RowLayout.lengths(group, chats.stream().mapToInt(Rows::seen)));
    }

    /** The positions a sequence takes: its last token is predicted, not seen. */
    static int seen(Chat chat) {
        return Math.max(0, chat.ids().length - 1);
    }

    /** Writes one sequence from {@code start} on: all of it but the last token, which is predicted. */
    static void chat(Chat chat, int start, int[] tokens, int[] targets, float[] weights) {
        int[] ids = chat.ids();
        int length = seen(chat);
        System.arraycopy(ids, 0, tokens, start, length);
        System.arraycopy(ids, Math.min(1, ids.length), targets, start, length);
        for (int t = 0; t < length; t++) {
            weights[start + t] = chat.trained()[t + 1] ? 1 : 0;
        }
    }

    /**
     * For models that score a whole sequence: weight 1 at the last token of each row, where the score is read, and 0
     * elsewhere. T is the longest sequence; nothing is predicted, so targets repeat the tokens.
     *
     * @param group 2 where rows 2i and 2i + 1 are compared, else 1
     */
    public static Batch scores(List<Example> examples, int group) {
        int time = longest(examples.stream().map(Example::ids));
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
        int time = longest(rows.stream().map(Steps::ids));
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

    private static int longest(Stream<int[]> sequences) {
        return sequences
                .mapToInt(ids -> ids.length)
                .max()
                .orElseThrow(() -> new IllegalArgumentException("a batch needs at least one row"));
    }
}
