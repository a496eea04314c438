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
 *
 * <p>A model that looks both ways sees both sides at once and is asked for the missing tokens themselves: the blank is
 * filled with as many {@code <|mask|>} as a candidate has tokens. Exact among candidates of as many tokens; how many
 * are missing, it is told.
 */
public record FillInTheBlank(LanguageModel model, Tokenizer tokenizer) {

    /** What marks the missing word in a sentence. */
    public static final String BLANK = "___";

    private static final Pattern WORD = Pattern.compile("\\p{L}[\\p{L}\\p{M}'’-]*");

    /**
     * The candidates, most probable first: columns "word", "probability" (sums to 1 over the candidates) and "log_p"
     * (nats; of the whole sentence with that word, or, where the model looks both ways, of the word in its place).
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
        if (parts.size() != 2) {
            throw new IllegalArgumentException("\"" + sentence + "\" has " + (parts.size() - 1)
                    + " blanks; mark the one missing word as " + BLANK);
        }
        double[] logProbs =
                model.looksAhead() ? words(sentence, parts, distinct) : sentences(sentence, parts, distinct);
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

    private double[] sentences(String sentence, List<String> parts, List<String> candidates) {
        var sentences = candidates.stream()
                .map(word -> Sentences.document(tokenizer, parts.getFirst() + word + parts.getLast()))
                .toList();
        sentences.forEach(tokens -> check(sentence, tokens));
        return Sentences.logProbs(model, sentences);
    }

    private double[] words(String sentence, List<String> parts, List<String> candidates) {
        var blanks = new Blanks(model, tokenizer, parts);
        var words = candidates.stream().map(blanks::word).toList();
        words.forEach(word -> checkFits(sentence, blanks.length(word.length)));
        return blanks.logProbs(words);
    }

    /**
     * The sentence with the likeliest token in place of each {@value #BLANK}, for a model that looks both ways. The
     * blank it is surest of comes first, and the others see it.
     *
     * @throws IllegalArgumentException if there is no blank, the sentence is too long, or the model reads from left to
     *     right
     */
    public String filled(String sentence) {
        checkFillable(sentence);
        return new Blanks(model, tokenizer, parts(sentence)).filled();
    }

    /** Says why {@link #filled} cannot fill this sentence, if it cannot. */
    public void checkFillable(String sentence) {
        if (!model.looksAhead()) {
            throw new IllegalArgumentException("a model that reads from left to right does not see what follows a"
                    + " blank; offer it words instead: words(sentence, candidates)");
        }
        var parts = parts(sentence);
        if (parts.size() < 2) {
            throw new IllegalArgumentException("\"" + sentence + "\" has no blank; mark what is missing as " + BLANK);
        }
        checkFits(sentence, new Blanks(model, tokenizer, parts).length(1));
    }

    private void checkFits(String sentence, int tokens) {
        if (tokens > model.context()) {
            throw tooLong(sentence, tokens);
        }
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

    private static List<String> parts(String sentence) {
        return List.of(sentence.split(BLANK, -1));
    }

    private void check(String sentence, int[] tokens) {
        if (tokens.length - 1 > model.context()) {
            throw tooLong(sentence, tokens.length);
        }
        if (tokens.length < 2) {
            throw new IllegalArgumentException(
                    "\"" + sentence + "\" is a single token with a word filled in; write a longer sentence");
        }
    }

    private IllegalArgumentException tooLong(String sentence, int tokens) {
        return new IllegalArgumentException("\"" + sentence + "\" is " + tokens
                + " tokens long with a word filled in; the model sees " + model.context());
    }

    private static double[] softmax(double[] logProbs) {
        double highest = Arrays.stream(logProbs).max().orElseThrow();
        double total = Arrays.stream(logProbs).map(x -> Math.exp(x - highest)).sum();
        return Arrays.stream(logProbs).map(x -> Math.exp(x - highest) / total).toArray();
    }
}
