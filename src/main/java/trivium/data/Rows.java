package trivium.data;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;
import trivium.tensor.Batch;
import trivium.tensor.RowLayout;
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
        int time = longest(examples) - 1;
        if (time < 1) {
            throw new IllegalArgumentException(
                    "a batch needs a sequence of at least two tokens, one to see and one to predict");
        }
        int n = examples.size() * time;
        int[] tokens = new int[n];
        int[] targets = new int[n];
        float[] weights = new float[n];
        for (int row = 0; row < examples.size(); row++) {
            completion(examples.get(row), row * time, tokens, targets, weights);
        }
        var layout = layout(examples, group, Rows::seen);
        return new Batch(examples.size(), time, tokens, targets, weights, layout);
    }

    /** The positions a sequence takes: its last token is predicted, not seen. */
    static int seen(Example example) {
        return Math.max(0, example.ids().length - 1);
    }

    /** Writes one sequence from {@code start} on: all of it but the last token, which is predicted. */
    static void completion(Example example, int start, int[] tokens, int[] targets, float[] weights) {
        int[] ids = example.ids();
        int length = seen(example);
        System.arraycopy(ids, 0, tokens, start, length);
        System.arraycopy(ids, Math.min(1, ids.length), targets, start, length);
        int learned = Math.clamp(example.promptLength() - 1L, 0, length);
        Arrays.fill(weights, start + learned, start + length, 1);
    }

    /**
     * For models that score a whole sequence: weight 1 at the last token of each row, where the score is read, and 0
     * elsewhere. T is the longest sequence; nothing is predicted, so targets repeat the tokens.
     *
     * @param group 2 where rows 2i and 2i + 1 are compared, else 1
     */
    public static Batch scores(List<Example> examples, int group) {
        int time = longest(examples);
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
        return new Batch(
                examples.size(), time, tokens, tokens.clone(), weights, layout(examples, group, e -> e.ids().length));
    }

    private static RowLayout layout(List<Example> examples, int group, ToIntFunction<Example> length) {
        int[][] ends = examples.stream()
                .map(example -> new int[] {length.applyAsInt(example)})
                .toArray(int[][]::new);
        return new RowLayout(group, ends);
    }

    private static int longest(List<Example> examples) {
        return examples.stream()
                .mapToInt(example -> example.ids().length)
                .max()
                .orElseThrow(() -> new IllegalArgumentException("a batch needs at least one row"));
    }
}
