package trivium.align;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.data.Rows;
import trivium.data.Steps;
import trivium.generate.Generation.Finish;
import trivium.model.DivergedException;
import trivium.model.Slices;
import trivium.run.Run;
import trivium.run.Trained;
import trivium.tensor.Batch;
import trivium.text.Message;

/**
 * A learned judge of steps: a language model's body with one number behind each step of an answer, of which σ is the
 * probability that the step is right. As a reward it says one number of an answer ({@link Aggregation}).
 *
 * <p>Buffers are kept from call to call until the garbage collector wants their memory. Calls wait for each other.
 */
public final class ProcessRewardModel implements Reward, Trained {

    /** The table of the validation answers: "prompt", "step" (from 1), "text", "right", "probability". */
    public static final String VALIDATION = "validation_steps";

    private static final int ROWS = 32;

    /** How the steps' probabilities become one number of an answer. */
    public enum Aggregation {
        /** The least: an answer is as good as its worst step (Wang et al. 2024, section 3.4; the default). */
        MIN,
        /** All multiplied: the probability that all are right (Lightman et al. 2023, section 2.7). */
        PRODUCT,
        /** That of the last step. */
        LAST,
        /** Their mean. */
        MEAN;

        double of(double... probabilities) {
            var all = DoubleStream.of(probabilities);
            return switch (this) {
                case MIN -> all.min().orElseThrow();
                case PRODUCT -> all.reduce(1, (a, b) -> a * b);
                case LAST -> probabilities[probabilities.length - 1];
                case MEAN -> all.average().orElseThrow();
            };
        }
    }

    private final Run run;
    private final Aggregation aggregation;
    private final FrozenSlices buffers;
    private final String separator;

    /** The judge that a run of {@link ProcessRewardModelling} left behind, by the least of its steps. */
    public ProcessRewardModel(Run run) {
        this(run, Aggregation.MIN);
    }

    private ProcessRewardModel(Run run, Aggregation aggregation) {
        if (!run.card().kind().equals(ProcessRewardModelling.KIND)) {
            throw new IllegalArgumentException(
                    run.id() + " is a run of the kind \"" + run.card().kind()
                            + "\", not a process reward model: expected what processRewardModel(…) left behind");
        }
        this.run = run;
        this.buffers = new FrozenSlices(run.model());
        this.aggregation = aggregation;
        this.separator = ProcessRewardModelling.separator(run);
    }

    /** The same judge, which makes one number of an answer in another way. */
    public ProcessRewardModel aggregation(Aggregation changed) {
        return new ProcessRewardModel(run, changed);
    }

    Aggregation aggregation() {
        return aggregation;
    }

    /**
     * This judge as it was at its best evaluation, which {@link ProcessRewardModelling#keepBest} keeps.
     *
     * @throws IllegalArgumentException if only the last state was kept
     */
    public ProcessRewardModel best() {
        return new ProcessRewardModel(run.best(), aggregation);
    }

    @Override
    public Run run() {
        return run;
    }

    /** How often this judge was right on its validation answers; the table it is counted in is written at the end. */
    public StepAccuracy validation() {
        return validation(run);
    }

    /** The same of the run that a judge left behind. */
    public static StepAccuracy validation(Run judge) {
        return StepAccuracy.of(judge.table(VALIDATION));
    }

    /** What it says of each step of an answer: columns "step" (from 1), "text", "probability" that it is right. */
    public Table steps(String prompt, String completion) {
        var texts = Steps.in(completion, separator, true);
        double[] probabilities = probabilities(List.of(prompt), List.of(completion), List.of(Finish.STOP))
                .getFirst();
        int seen = probabilities.length;
        return Table.create(
                "steps",
                IntColumn.create("step", IntStream.rangeClosed(1, seen).toArray()),
                StringColumn.create("text", texts.subList(0, seen)),
                DoubleColumn.create("probability", probabilities));
    }

    @Override
    public double score(String prompt, String completion) {
        return scores(List.of(prompt), List.of(completion))[0];
    }

    /**
     * A number in [0, 1] of each answer. Of a text longer than the model's context the steps that end within it count.
     * An answer without a step that has come to its end has 0, the least: nothing in it was found right.
     */
    @Override
    public double[] scores(List<String> prompts, List<String> completions) {
        return scores(prompts, completions, Collections.nCopies(completions.size(), Finish.STOP));
    }

    /** The same; of a completion that was cut off, the last step, unless its separator stands there, does not count. */
    @Override
    public double[] scores(List<String> prompts, List<String> completions, List<Finish> finishes) {
        return probabilities(prompts, completions, finishes).stream()
                .mapToDouble(steps -> steps.length == 0 ? 0 : aggregation.of(steps))
                .toArray();
    }

    private synchronized List<double[]> probabilities(
            List<String> prompts, List<String> completions, List<Finish> finishes) {
        if (prompts.size() != completions.size() || prompts.size() != finishes.size()) {
            throw new IllegalArgumentException(prompts.size() + " prompts, " + completions.size() + " completions and "
                    + finishes.size() + " reasons why they ended: expected one for each");
        }
        var probabilities = new ArrayList<double[]>();
        for (int from = 0; from < prompts.size(); from += ROWS) {
            var rows = IntStream.range(from, Math.min(from + ROWS, prompts.size()))
                    .mapToObj(i -> shown(
                            List.of(Message.user(prompts.get(i))),
                            Steps.in(
                                    completions.get(i),
                                    separator,
                                    !finishes.get(i).isCut())))
                    .toList();
            for (double[] scores : raw(buffers.get(), Rows.scores(rows))) {
                probabilities.add(
                        DoubleStream.of(scores).map(StepLoss::probability).toArray());
            }
        }
        if (!probabilities.stream().flatMapToDouble(Arrays::stream).allMatch(Double::isFinite)) {
            throw new DivergedException("a score of the process reward model " + run.id() + " is not a number");
        }
        return probabilities;
    }

    private Steps shown(List<Message> prompt, List<String> steps) {
        int context = run.model().context();
        var whole = Steps.of(run.tokenizer(), run.template(), prompt, steps, separator);
        if (whole.promptLength() >= context) {
            throw new IllegalArgumentException("a prompt of " + whole.promptLength()
                    + " tokens leaves no room for an answer in the process reward model's context of " + context);
        }
        return whole.within(context);
    }

    /** The model's own scores of a batch's steps, row by row. */
    static List<double[]> raw(Slices slices, Batch batch) {
        var values = new float[batch.rows() * batch.time()];
        slices.values(batch, values);
        return IntStream.range(0, batch.rows())
                .mapToObj(row -> IntStream.range(row * batch.time(), (row + 1) * batch.time())
                        .filter(i -> batch.weights()[i] != 0)
                        .mapToDouble(i -> values[i])
                        .toArray())
                .toList();
    }

    @Override
    public String toString() {
        return "process reward model " + run + ", " + aggregation + " of its steps";
    }
}
