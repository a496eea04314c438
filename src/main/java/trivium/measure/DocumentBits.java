package trivium.measure;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import trivium.model.LanguageModel;
import trivium.text.Tokenizer;

/**
 * What each of several documents costs a model that reads from left to right.
 *
 * @param bits −log₂ p of each document's tokens
 * @param bytes of each document in UTF-8
 */
public record DocumentBits(double[] bits, double[] bytes) {

    /**
     * Of these documents, each scored by itself ({@link TextScore}).
     *
     * @throws IllegalArgumentException if the model looks both ways, which would see what it is to predict
     */
    public static DocumentBits of(LanguageModel model, Tokenizer tokenizer, List<String> documents) {
        if (model.looksAhead()) {
            throw new IllegalArgumentException(
                    "a model that looks both ways sees the tokens it would have to predict, so"
                            + " that it has no bits per byte; compare causal models");
        }
        return new DocumentBits(
                TextScore.of(model, tokenizer, documents).stream()
                        .mapToDouble(score -> -score.logProb() / Math.log(2))
                        .toArray(),
                documents.stream()
                        .mapToDouble(text -> text.getBytes(StandardCharsets.UTF_8).length)
                        .toArray());
    }

    /**
     * Student's interval of level 0.95 of {@link #perByte} over such documents, from the standard error of a ratio of
     * sums (Cochran 1977, Sampling Techniques, section 2.11); without ends for a single document.
     */
    public Interval interval() {
        int n = bits.length;
        double ratio = perByte();
        double squares = 0;
        for (int i = 0; i < n; i++) {
            double apart = bits[i] - ratio * bytes[i];
            squares += apart * apart;
        }
        double error = Math.sqrt(n / (n - 1.0) * squares) / Arrays.stream(bytes).sum();
        return Interval.student(ratio, error, n - 1.0, Interval.LEVEL);
    }

    /** Bits per byte of all documents together. */
    public double perByte() {
        return Arrays.stream(bits).sum() / Arrays.stream(bytes).sum();
    }
}
