package trivium.data;

import java.util.Arrays;
import java.util.List;
import trivium.tensor.Batch;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizer;

/**
 * Batches of answers in steps, one a row, with weight 1 where a step is judged.
 *
 * @param answers those that fit the context
 * @param steps the tokens of each
 * @param skipped how many were left out because they are longer than the context
 */
public record StepwiseBatches(List<StepwiseAnswer> answers, List<Steps> steps, int skipped) implements ItemBatches {

    public StepwiseBatches {
        answers = List.copyOf(answers);
        steps = List.copyOf(steps);
    }

    /**
     * Encodes stepwise answers, and sets a share of those that fit aside for validation, by a hash of how each begins.
     * Those left out are counted on the side that trains.
     *
     * @param context the longest sequence the model can see, in tokens
     * @param validationShare between 0 and 1, both excluded
     * @param separator what stands behind each step
     * @throws IllegalArgumentException if a step has the separator in it, or fewer than two with different prompts fit
     */
    public static Split<StepwiseBatches> split(
            StepwiseAnswers all,
            Tokenizer tokenizer,
            ChatTemplate template,
            int context,
            double validationShare,
            String separator) {
        var limit = new ContextLimit(all, context);
        var fitting = all.list().stream()
                .map(item -> new Encoded(item, encoded(item, tokenizer, template, separator)))
                .filter(item -> limit.fits(item.steps().ids().length))
                .toList();
        limit.requireTwo(fitting.stream().map(Encoded::opening).distinct().count());
        var split = Split.byContent(fitting, Encoded::opening, validationShare, "prompts");
        return new Split<>(of(split.train(), limit.leftOut()), of(split.validation(), 0));
    }

    private record Encoded(StepwiseAnswer answer, Steps steps) {
        String opening() {
            return answer.opening();
        }
    }

    private static StepwiseBatches of(List<Encoded> fitting, int skipped) {
        return new StepwiseBatches(
                fitting.stream().map(Encoded::answer).toList(),
                fitting.stream().map(Encoded::steps).toList(),
                skipped);
    }

    private static Steps encoded(StepwiseAnswer item, Tokenizer tokenizer, ChatTemplate template, String separator) {
        for (var step : item.steps()) {
            if (Steps.in(step, separator, true).size() > 1) {
                boolean lines = separator.equals(Steps.SEPARATOR);
                throw new IllegalArgumentException("the step \"" + step.replace("\n", "\\n") + "\" has "
                        + (lines ? "a line break" : "the separator \"" + separator.replace("\n", "\\n") + "\"")
                        + ", at which answers are cut into steps: expected steps "
                        + (lines ? "of one line, so join its lines or" : "without it, so take another separator or")
                        + " make several steps of it");
            }
        }
        return Steps.of(tokenizer, template, item.promptMessages(), item.steps(), separator);
    }

    /** How many answers there are. */
    @Override
    public int size() {
        return answers.size();
    }

    @Override
    public int length(int item) {
        return steps.get(item).ids().length;
    }

    @Override
    public Batch batch(int... items) {
        return Rows.scores(Arrays.stream(items).mapToObj(steps::get).toList());
    }

    /** The labels of these answers' steps, answer by answer. */
    public List<Boolean> labels(int... items) {
        return Arrays.stream(items)
                .mapToObj(answers::get)
                .flatMap(answer -> answer.labels().stream())
                .toList();
    }
}
