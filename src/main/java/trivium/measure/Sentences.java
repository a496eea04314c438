package trivium.measure;

import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import trivium.model.LanguageModel;
import trivium.model.Slices;
import trivium.tensor.Workers;
import trivium.text.Tokenizer;

/** log p of whole sentences, many at a time. */
final class Sentences {

    private static final int ROWS = 64;

    private Sentences() {}

    /** A text at the beginning of a document: after {@link Tokenizer#END_OF_TEXT} where the tokenizer has it. */
    static int[] document(Tokenizer tokenizer, String text) {
        var boundary = tokenizer.special(Tokenizer.END_OF_TEXT);
        return IntStream.concat(boundary.stream(), IntStream.of(tokenizer.encode(text)))
                .toArray();
    }

    /** Σ log p of every token after the first, in nats, for each sentence. */
    static double[] logProbs(LanguageModel model, List<int[]> sentences) {
        var sums = new double[sentences.size()];
        try (var slices = new Slices(model, Workers.available())) {
            for (int from = 0; from < sums.length; from += ROWS) {
                if (Thread.interrupted()) {
                    throw new CancellationException("scoring sentences was interrupted");
                }
                score(slices, sentences.subList(from, Math.min(from + ROWS, sums.length)), sums, from);
            }
        }
        return sums;
    }

    private static void score(Slices slices, List<int[]> sentences, double[] sums, int at) {
        int rows = sentences.size();
        int time = sentences.stream().mapToInt(s -> s.length - 1).max().orElseThrow();
        int[] tokens = new int[rows * time];
        int[] targets = new int[rows * time];
        for (int row = 0; row < rows; row++) {
            int[] sentence = sentences.get(row);
            System.arraycopy(sentence, 0, tokens, row * time, sentence.length - 1);
            System.arraycopy(sentence, 1, targets, row * time, sentence.length - 1);
        }
        var values = new float[rows * time];
        slices.values(new Slices.Input(rows, time, tokens, targets, 1), values);
        for (int row = 0; row < rows; row++) {
            for (int t = 0; t < sentences.get(row).length - 1; t++) {
                sums[at + row] += values[row * time + t];
            }
        }
    }
}
