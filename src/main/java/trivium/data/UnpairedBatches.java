package trivium.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import trivium.tensor.Batch;
import trivium.text.ChatTemplate;
import trivium.text.ChatTemplate.Example;
import trivium.text.Tokenizer;

/**
 * Batches of answers that were each judged by themselves, one a row, and beside each its prompt with an answer to
 * another prompt, by which the divergence from the reference is estimated: such an answer is neither good nor bad.
 *
 * @param examples prompt and completion
 * @param mismatched the same prompts, each with the completion of the next example that has another prompt and fits the
 *     context; where there is none, with its own
 * @param prompts of the examples, in their order
 * @param labels whether each example's completion was found good
 * @param skipped how many were left out because they are longer than the context
 */
public record UnpairedBatches(
        List<Example> examples, List<Example> mismatched, List<String> prompts, boolean[] labels, int skipped)
        implements ItemBatches {

    /**
     * Encodes unpaired preferences, and sets a share of those that fit aside for validation, by a hash of how each
     * begins. Those left out are counted on the side that trains.
     *
     * @param context the longest sequence the model can see, in tokens
     * @param validationShare between 0 and 1, both excluded
     * @throws IllegalArgumentException if fewer than two with different prompts fit
     */
    public static Split<UnpairedBatches> split(
            UnpairedPreferences all, Tokenizer tokenizer, ChatTemplate template, int context, double validationShare) {
        var limit = new ContextLimit(all, context);
        var fitting = all.list().stream()
                .filter(item ->
                        limit.fits(example(item, item, tokenizer, template).ids().length))
                .toList();
        limit.requireTwo(
                fitting.stream().map(UnpairedPreference::opening).distinct().count());
        var split = Split.byContent(fitting, UnpairedPreference::opening, validationShare, "prompts");
        Mismatch mismatch = (prompt, answer) -> example(prompt, answer, tokenizer, template);
        return new Split<>(
                of(split.train(), mismatch, context, limit.leftOut()), of(split.validation(), mismatch, context, 0));
    }

    private static Example example(
            UnpairedPreference prompt, UnpairedPreference answer, Tokenizer tokenizer, ChatTemplate template) {
        return template.example(tokenizer, prompt.promptMessages(), answer.completion());
    }

    /** The prompt of one with the answer of another. */
    private interface Mismatch {
        Example of(UnpairedPreference prompt, UnpairedPreference answer);
    }

    private static UnpairedBatches of(List<UnpairedPreference> items, Mismatch mismatch, int context, int skipped) {
        var examples = items.stream().map(item -> mismatch.of(item, item)).toList();
        var mismatched = new ArrayList<Example>();
        var labels = new boolean[items.size()];
        for (int i = 0; i < items.size(); i++) {
            labels[i] = items.get(i).label();
            mismatched.add(next(items, i, mismatch, context, examples.get(i)));
        }
        return new UnpairedBatches(
                examples,
                List.copyOf(mismatched),
                items.stream().map(UnpairedPreference::prompt).toList(),
                labels,
                skipped);
    }

    private static Example next(
            List<UnpairedPreference> items, int i, Mismatch mismatch, int context, Example otherwise) {
        var item = items.get(i);
        for (int step = 1; step < items.size(); step++) {
            var other = items.get((i + step) % items.size());
            if (!other.promptMessages().equals(item.promptMessages())) {
                var example = mismatch.of(item, other);
                if (example.ids().length <= context) {
                    return example;
                }
            }
        }
        return otherwise;
    }

    /** How many answers there are. */
    @Override
    public int size() {
        return examples.size();
    }

    @Override
    public int length(int item) {
        return examples.get(item).ids().length - 1;
    }

    @Override
    public Batch batch(int... items) {
        return rows(examples, items);
    }

    /** The same prompts with answers to others. */
    public Batch mismatchedBatch(int... items) {
        return rows(mismatched, items);
    }

    private static Batch rows(List<Example> from, int[] items) {
        return Rows.completions(Arrays.stream(items).mapToObj(from::get).toList());
    }
}
