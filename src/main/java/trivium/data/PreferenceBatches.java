package trivium.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import trivium.tensor.Batch;
import trivium.text.ChatTemplate;
import trivium.text.ChatTemplate.Example;
import trivium.text.Numbers;
import trivium.text.Tokenizer;

/**
 * Batches of comparisons: rows 2i hold the chosen answer, rows 2i + 1 the rejected one, and the two stay together
 * ({@code group} 2).
 *
 * @param examples chosen, rejected, chosen, rejected, …; only pairs of which both fit the context
 * @param prompts of the pairs, in their order
 * @param margins of the pairs, in their order ({@link Comparison#margin})
 * @param weighting where the weights of a batch are 1
 * @param skipped how many comparisons were left out because one of the answers is longer than the context
 */
public record PreferenceBatches(
        List<Example> examples, List<String> prompts, List<Double> margins, Weighting weighting, int skipped)
        implements ItemBatches {

    /** What a model is asked about an answer. */
    public enum Weighting {
        /** One score: weight 1 at the last token only, as reward models need. */
        LAST_TOKEN,
        /**
         * The probability of each of its tokens: weight 1 on the completion, as direct preference optimisation needs.
         */
        COMPLETION
    }

    public PreferenceBatches {
        examples = List.copyOf(examples);
        prompts = List.copyOf(prompts);
        margins = List.copyOf(margins);
    }

    /**
     * Encodes comparisons, to be read as {@link Weighting#LAST_TOKEN}.
     *
     * @param context the longest sequence the model can see, in tokens
     * @throws IllegalArgumentException if no pair fits
     */
    public static PreferenceBatches encode(
            Comparisons comparisons, Tokenizer tokenizer, ChatTemplate template, int context) {
        var limit = new ContextLimit(comparisons, context);
        var fitting = fitting(comparisons, tokenizer, template, limit);
        limit.requireOne();
        return of(fitting, limit.leftOut());
    }

    private record Encoded(String prompt, String opening, double margin, List<Example> both) {}

    private static List<Encoded> fitting(
            Comparisons comparisons, Tokenizer tokenizer, ChatTemplate template, ContextLimit limit) {
        var fitting = new ArrayList<Encoded>();
        for (var comparison : comparisons) {
            var both = both(comparison, tokenizer, template);
            if (limit.fits(length(both))) {
                fitting.add(new Encoded(comparison.prompt(), comparison.opening(), comparison.margin(), both));
            }
        }
        return fitting;
    }

    private static PreferenceBatches of(List<Encoded> fitting, int skipped) {
        return new PreferenceBatches(
                fitting.stream().flatMap(pair -> pair.both().stream()).toList(),
                fitting.stream().map(Encoded::prompt).toList(),
                fitting.stream().map(Encoded::margin).toList(),
                Weighting.LAST_TOKEN,
                skipped);
    }

    /**
     * Encodes comparisons, to be read as {@link Weighting#LAST_TOKEN}, and sets a share of those that fit aside for
     * validation, by a hash of how each begins as {@link Comparisons#split} does. Those left out are counted on the
     * side that trains.
     *
     * @param context the longest sequence the model can see, in tokens
     * @param validationShare between 0 and 1, both excluded
     * @throws IllegalArgumentException if fewer than two with different prompts fit, or each chosen answer is the
     *     rejected one
     */
    public static Split<PreferenceBatches> split(
            Comparisons comparisons, Tokenizer tokenizer, ChatTemplate template, int context, double validationShare) {
        var limit = new ContextLimit(comparisons, context);
        var fitting = fitting(comparisons, tokenizer, template, limit);
        limit.requireTwo(fitting.stream().map(Encoded::opening).distinct().count());
        if (comparisons.list().stream().allMatch(pair -> pair.chosen().equals(pair.rejected()))) {
            throw new IllegalArgumentException("in all "
                    + Numbers.count(comparisons.list().size(), "comparison")
                    + " the chosen answer is the rejected one, which says nothing of what people prefer: give pairs of"
                    + " different answers");
        }
        var split = Split.byContent(fitting, Encoded::opening, validationShare, "prompts");
        return new Split<>(of(split.train(), limit.leftOut()), of(split.validation(), 0));
    }

    private static List<Example> both(Comparison comparison, Tokenizer tokenizer, ChatTemplate template) {
        return List.of(
                template.example(tokenizer, comparison.promptMessages(), comparison.chosen()),
                template.example(tokenizer, comparison.promptMessages(), comparison.rejected()));
    }

    /** The tokens a model sees of the longer of two answers, with its prompt. */
    private static int length(List<Example> both) {
        return both.stream().mapToInt(example -> example.ids().length).max().orElseThrow();
    }

    static int length(Comparison comparison, Tokenizer tokenizer, ChatTemplate template) {
        return length(both(comparison, tokenizer, template));
    }

    /** The same pairs with the weights on the tokens of the completions. */
    public PreferenceBatches completions() {
        return new PreferenceBatches(examples, prompts, margins, Weighting.COMPLETION, skipped);
    }

    /** How many pairs there are. */
    @Override
    public int size() {
        return examples.size() / 2;
    }

    /** Of the longer of the two. */
    @Override
    public int length(int pair) {
        return length(examples.subList(2 * pair, 2 * pair + 2));
    }

    /** The batch of these pairs: twice as many rows. */
    @Override
    public Batch batch(int... pairs) {
        var rows = Arrays.stream(pairs)
                .boxed()
                .flatMap(pair -> Stream.of(examples.get(2 * pair), examples.get(2 * pair + 1)))
                .toList();
        return switch (weighting) {
            case LAST_TOKEN -> Rows.scores(rows, 2);
            case COMPLETION -> Rows.completions(rows, 2);
        };
    }

    @Override
    public String toString() {
        return Numbers.count(size(), "comparison")
                + (skipped == 0 ? "" : " (" + Numbers.count(skipped) + " longer than the context left out)");
    }
}
