package trivium.measure;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.model.LanguageModel;
import trivium.text.Tokenizer;

/**
 * What a model that reads from left to right makes of a given text, token by token.
 *
 * @param tokens what was predicted: the whole text where the tokenizer has {@link Tokenizer#END_OF_TEXT} to begin a
 *     document with, otherwise all but its first token, which is given
 * @param logProbs log p of each, given those before it in its window, in nats
 * @param windows how many windows of the model's context the text was cut into: 1 where it fits, 0 where there is
 *     nothing to predict
 */
public record TextScore(int[] tokens, float[] logProbs, int windows) {

    /** log p of the whole text, in nats. */
    public double logProb() {
        return Sentences.sum(logProbs);
    }

    /**
     * Of each of these texts, many at a time on all processors. A text longer than the model's context is cut into
     * windows of the context, and a token sees no further back than its window.
     */
    public static List<TextScore> of(LanguageModel model, Tokenizer tokenizer, List<String> texts) {
        if (model.outputs() < 2) {
            throw new IllegalArgumentException("a model with " + model.outputs()
                    + " output has no probabilities of tokens; score texts with a language model");
        }
        var documents =
                texts.stream().map(text -> Sentences.document(tokenizer, text)).toList();
        var logProbs = Sentences.tokenLogProbs(model, documents);
        return IntStream.range(0, texts.size())
                .mapToObj(i -> {
                    int[] document = documents.get(i);
                    int[] predicted = Arrays.copyOfRange(document, Math.min(1, document.length), document.length);
                    return new TextScore(predicted, logProbs.get(i), Math.ceilDiv(predicted.length, model.context()));
                })
                .toList();
    }

    /**
     * "2 of 5 texts are longer than the context of 128 tokens and were scored in windows of it"; empty if none is.
     *
     * @param context of the model that scored them, in tokens
     */
    public static Optional<String> sentence(List<TextScore> scores, int context) {
        long cut = scores.stream().filter(score -> score.windows > 1).count();
        return cut == 0
                ? Optional.empty()
                : Optional.of(String.format(
                        Locale.ROOT,
                        "%,d of %,d %s longer than the context of %,d tokens and scored in windows of it: a token at the"
                                + " beginning of a window is predicted without what stands before the window",
                        cut,
                        scores.size(),
                        scores.size() == 1 ? "text is" : cut == 1 ? "texts is" : "texts are",
                        context));
    }

    /** The same, a row for each token: columns "text" (from 0), "token" and "log_p" (nats). */
    public static Table table(LanguageModel model, Tokenizer tokenizer, List<String> texts) {
        return table(tokenizer, of(model, tokenizer, texts));
    }

    /** Scores as a table, a row for each token: columns "text" (from 0), "token" and "log_p" (nats). */
    public static Table table(Tokenizer tokenizer, List<TextScore> scores) {
        var number = IntColumn.create("text");
        var token = StringColumn.create("token");
        var logProb = DoubleColumn.create("log_p");
        for (int text = 0; text < scores.size(); text++) {
            var score = scores.get(text);
            for (int i = 0; i < score.tokens().length; i++) {
                number.append(text);
                token.append(tokenizer.decode(new int[] {score.tokens()[i]}));
                logProb.append(score.logProbs()[i]);
            }
        }
        return Table.create("log-probabilities", number, token, logProb);
    }
}
