package trivium.measure;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import trivium.model.LanguageModel;
import trivium.model.Slices;
import trivium.tensor.Batch;
import trivium.tensor.RowLayout;
import trivium.tensor.Workers;
import trivium.text.Tokenizer;

/** log p of given tokens, many texts at a time. */
final class Sentences {

    private static final int ROWS = 64;

    /** Of a batch: logits of a large vocabulary take most of the memory. */
    private static final int POSITIONS = 4_096;

    private Sentences() {}

    /** A text at the beginning of a document: after {@link Tokenizer#END_OF_TEXT} where the tokenizer has it. */
    static int[] document(Tokenizer tokenizer, String text) {
        var boundary = tokenizer.special(Tokenizer.END_OF_TEXT);
        return IntStream.concat(boundary.stream(), IntStream.of(tokenizer.encode(text)))
                .toArray();
    }

    /** Σ log p of every token after the first, in nats, for each sentence. */
    static double[] logProbs(LanguageModel model, List<int[]> sentences) {
        return tokenLogProbs(model, sentences).stream()
                .mapToDouble(Sentences::sum)
                .toArray();
    }

    static double sum(float[] logProbs) {
        double sum = 0;
        for (float logProb : logProbs) {
            sum += logProb;
        }
        return sum;
    }

    /** Predicts {@code count} tokens of a sentence, each from those since {@code from}. */
    private record Window(int[] sentence, int from, int count, float[] logProbs) {}

    /**
     * log p of every token after the first, in nats, for each sentence. One longer than the model's context is cut into
     * windows of the context, as in {@link Loss}.
     */
    static List<float[]> tokenLogProbs(LanguageModel model, List<int[]> sentences) {
        var found = new ArrayList<float[]>();
        var windows = new ArrayList<Window>();
        for (int[] sentence : sentences) {
            int predicted = Math.max(0, sentence.length - 1);
            float[] logProbs = new float[predicted];
            found.add(logProbs);
            for (int from = 0; from < predicted; from += model.context()) {
                windows.add(new Window(sentence, from, Math.min(model.context(), predicted - from), logProbs));
            }
        }
        // Rows of like length side by side, so that little is padded; the longest first, whose buffers serve all.
        windows.sort(Comparator.comparingInt(Window::count).reversed());
        try (var slices = new Slices(model, Workers.available())) {
            for (int from = 0; from < windows.size(); ) {
                if (Thread.interrupted()) {
                    throw new CancellationException("scoring was interrupted");
                }
                int rows = Math.clamp(POSITIONS / windows.get(from).count(), 1, ROWS);
                int to = Math.min(from + rows, windows.size());
                score(slices, windows.subList(from, to));
                from = to;
            }
        }
        return found;
    }

    private static void score(Slices slices, List<Window> windows) {
        int rows = windows.size();
        int time = windows.getFirst().count();
        int[] tokens = new int[rows * time];
        int[] targets = new int[rows * time];
        for (int row = 0; row < rows; row++) {
            var window = windows.get(row);
            System.arraycopy(window.sentence(), window.from(), tokens, row * time, window.count());
            System.arraycopy(window.sentence(), window.from() + 1, targets, row * time, window.count());
        }
        var values = new float[rows * time];
        var layout = RowLayout.lengths(1, windows.stream().mapToInt(Window::count));
        slices.values(new Batch(rows, time, tokens, targets, new float[tokens.length], layout), values);
        for (int row = 0; row < rows; row++) {
            var window = windows.get(row);
            System.arraycopy(values, row * time, window.logProbs(), window.from(), window.count());
        }
    }
}
