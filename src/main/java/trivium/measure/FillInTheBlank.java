package trivium.measure;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.model.LanguageModel;
import trivium.text.Tokenizer;

/**
 * The fill-in-the-blank view: a sentence with a missing word, and the words a model would put there.
 *
 * <p>A causal model predicts from the left only, so each candidate is written into the blank and the whole sentence is
 * scored: what stands to the right counts as much as what stands to the left. By Bayes' rule p(word | left, right) =
 * p(left word right) / Σ p(left word' right), the sum over the candidates: the probabilities are exact among the words
 * offered.
 */
public record FillInTheBlank(LanguageModel model, Tokenizer tokenizer) {

    /** What marks the missing word in a sentence. */
    public static final String BLANK = "___";

    private static final Pattern WORD = Pattern.compile("\\p{L}[\\p{L}\\p{M}'’-]*");

    /**
     * The candidates, most probable first: columns "word", "probability" (sums to 1 over the candidates) and "log_p"
     * (of the whole sentence with that word, nats).
     *
     * @param sentence with one {@value #BLANK}
     * @param candidates words to try, such as {@link #vocabulary} of the training text
     */
    public Table words(String sentence, List<String> candidates) {
        var distinct = candidates.stream().distinct().toList();
        if (distinct.isEmpty()) {
            throw new IllegalArgumentException(
                    "no candidates to fill the blank with; give some words, such as FillInTheBlank.vocabulary(text, 500)");
        }
        var parts = parts(sentence);
        var sentences = distinct.stream()
                .map(word -> Sentences.document(tokenizer, parts[0] + word + parts[1]))
                .toList();
        sentences.forEach(tokens -> check(sentence, tokens));
        double[] logProbs = Sentences.logProbs(model, sentences);
        double[] probabilities = softmax(logProbs);
        int[] order = IntStream.range(0, logProbs.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -logProbs[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        return Table.create(
                sentence,
                StringColumn.create("word", IntStream.of(order).mapToObj(distinct::get)),
                DoubleColumn.create("probability", IntStream.of(order).mapToDouble(i -> probabilities[i])),
                DoubleColumn.create("log_p", IntStream.of(order).mapToDouble(i -> logProbs[i])));
    }

    /**
     * The {@code most} frequent words of a text as they are written there, most frequent first, equally frequent ones
     * by alphabet.
     */
    public static List<String> vocabulary(String text, int most) {
        return WORD
                .matcher(text)
                .results()
                .map(MatchResult::group)
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()))
                .entrySet()
                .stream()
                .sorted(Comparator.<Map.Entry<String, Long>>comparingLong(e -> -e.getValue())
                        .thenComparing(Map.Entry::getKey))
                .limit(most)
                .map(Map.Entry::getKey)
                .toList();
    }

    private static String[] parts(String sentence) {
        var parts = sentence.split(BLANK, -1);
        if (parts.length != 2) {
            throw new IllegalArgumentException("\"" + sentence + "\" has " + (parts.length - 1)
                    + " blanks; mark the one missing word as " + BLANK);
        }
        return parts;
    }

    private void check(String sentence, int[] tokens) {
        if (tokens.length - 1 > model.context()) {
            throw new IllegalArgumentException("\"" + sentence + "\" is " + tokens.length
                    + " tokens long with a word filled in; the model sees " + model.context());
        }
        if (tokens.length < 2) {
            throw new IllegalArgumentException(
                    "\"" + sentence + "\" is a single token with a word filled in; write a longer sentence");
        }
    }

    private static double[] softmax(double[] logProbs) {
        double highest = Arrays.stream(logProbs).max().orElseThrow();
        double total = Arrays.stream(logProbs).map(x -> Math.exp(x - highest)).sum();
        return Arrays.stream(logProbs).map(x -> Math.exp(x - highest) / total).toArray();
    }
}
