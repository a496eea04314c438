package trivium.align;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.IntStream;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.Table;
import trivium.data.Comparison;
import trivium.data.Comparisons;
import trivium.data.Rows;
import trivium.generate.Generation.Finish;
import trivium.measure.Calibration;
import trivium.measure.RewardAccuracy;
import trivium.measure.Share;
import trivium.model.DivergedException;
import trivium.model.Slices;
import trivium.run.Run;
import trivium.run.Trained;
import trivium.tensor.Batch;
import trivium.text.ChatTemplate.Example;
import trivium.text.Message;

/**
 * A learned judge: a language model's body with one number at the end of a text. Scores are shifted and scaled so that
 * the answers it was trained on have mean 0 and standard deviation 1; differences, which are all that comparisons tell
 * about, keep their order.
 *
 * <p>Buffers are kept from call to call until the garbage collector wants their memory, or {@link #close}; the next
 * call makes new ones. So a judge may be kept or forgotten without being closed. Calls wait for each other.
 */
public final class RewardModel implements Reward, Trained, AutoCloseable {

    /** The table of a reward model's run that says how raw scores are shifted and scaled. */
    public static final String NORMALISATION = "normalisation";

    /** The table of the validation pairs: "prompt", and the raw scores "chosen" and "rejected". */
    public static final String VALIDATION = "validation_scores";

    private static final String MEAN = "mean";
    private static final String DEVIATION = "standard_deviation";
    private static final int ROWS = 32;

    private final Run run;
    private final double mean;
    private final double deviation;
    private long cut;
    private final FrozenSlices buffers;

    /**
     * The judge that a run of {@link RewardModelling} left behind, as loaded from a folder. One that was trained
     * elsewhere, such as an adapter of PEFT's with a {@code score}, has no normalisation, and its scores are taken as
     * they are.
     */
    public RewardModel(Run run) {
        if (run.model().outputs() != 1) {
            throw new IllegalArgumentException(run.id() + " is a language model, not a reward model: its model has "
                    + run.model().outputs() + " outputs, expected 1");
        }
        var normalisation = run.tables().getOrDefault(NORMALISATION, normalisation(0, 1));
        this.run = run;
        this.buffers = new FrozenSlices(run.model());
        this.mean = normalisation.doubleColumn(MEAN).get(0);
        this.deviation = normalisation.doubleColumn(DEVIATION).get(0);
    }

    static Table normalisation(double mean, double deviation) {
        return Table.create(NORMALISATION, DoubleColumn.create(MEAN, mean), DoubleColumn.create(DEVIATION, deviation));
    }

    /** How this judge was trained: metrics "loss", "accuracy", "validation_loss" and "validation_accuracy". */
    @Override
    public Run run() {
        return run;
    }

    /**
     * On how many of its validation pairs this judge agrees with people, with an interval that goes by prompts, for
     * pairs of one prompt belong together. The table it is counted in is written at the end of a training.
     */
    public Share validation() {
        return validation(run);
    }

    /** The same of the run that a judge left behind. */
    public static Share validation(Run judge) {
        var scores = judge.table(VALIDATION);
        double[] chosen = scores.numberColumn("chosen").asDoubleArray();
        double[] rejected = scores.numberColumn("rejected").asDoubleArray();
        // Tables from before there were prompts in them know no better.
        return scores.containsColumn("prompt")
                ? RewardAccuracy.of(
                        chosen, rejected, scores.stringColumn("prompt").asList())
                : RewardAccuracy.of(chosen, rejected);
    }

    /** On how many of these pairs this judge agrees with people, with an interval that goes by prompts. */
    public Share accuracy(Comparisons comparisons) {
        return RewardAccuracy.of(
                scores(comparisons, Comparison::chosen),
                scores(comparisons, Comparison::rejected),
                comparisons.prompts());
    }

    /**
     * The chosen answer's raw score less the rejected one's, of each pair, in order: σ of it is the probability with
     * which this judge expects the choice. What {@link Calibration} is made of.
     */
    public double[] margins(Comparisons comparisons) {
        double[] chosen = scores(comparisons, Comparison::chosen);
        double[] rejected = scores(comparisons, Comparison::rejected);
        return IntStream.range(0, chosen.length)
                .mapToDouble(i -> deviation * (chosen[i] - rejected[i]))
                .toArray();
    }

    /**
     * This judge's score without the part that the length of these comparisons' answers explains; the slope that is
     * taken out stands in the reward's name.
     *
     * @throws IllegalArgumentException if all answers are equally long
     */
    public LengthControlledReward lengthControlled(Comparisons comparisons) {
        return LengthControlledReward.of(
                this, comparisons, scores(comparisons, Comparison::chosen), scores(comparisons, Comparison::rejected));
    }

    /** Scores of one answer of each comparison, in order. */
    double[] scores(Comparisons comparisons, Function<Comparison, String> answer) {
        return scores(comparisons.list().stream()
                .map(item -> new Answer(item.promptMessages(), answer.apply(item), Finish.STOP))
                .toList());
    }

    /**
     * This judge as it was at its best evaluation, which {@link RewardModelling#keepBest} keeps.
     *
     * @throws IllegalArgumentException if only the last state was kept
     */
    public RewardModel best() {
        return new RewardModel(run.best());
    }

    private record Answer(List<Message> prompt, String completion, Finish finish) {}

    @Override
    public double score(String prompt, String completion) {
        return scores(List.of(prompt), List.of(completion))[0];
    }

    /**
     * Scores are read at the template's end token. Of a text longer than the model's context the model sees the
     * beginning, and the score is read at the last token it sees: an end that is not there is not shown to it.
     * {@link #cut} counts such texts, and the first call that cuts one says so on standard output.
     */
    @Override
    public double[] scores(List<String> prompts, List<String> completions) {
        return scores(prompts, completions, Collections.nCopies(completions.size(), Finish.STOP));
    }

    /** The same; of a completion that was cut off, the score is read at its last token, for it has no end token. */
    @Override
    public double[] scores(List<String> prompts, List<String> completions, List<Finish> finishes) {
        if (prompts.size() != completions.size() || prompts.size() != finishes.size()) {
            throw new IllegalArgumentException(prompts.size() + " prompts, " + completions.size() + " completions and "
                    + finishes.size() + " reasons why they ended: expected one for each");
        }
        return scores(IntStream.range(0, prompts.size())
                .mapToObj(i -> new Answer(List.of(Message.user(prompts.get(i))), completions.get(i), finishes.get(i)))
                .toList());
    }

    private synchronized double[] scores(List<Answer> answers) {
        var slices = buffers.get();
        var scores = new double[answers.size()];
        long before = cut;
        for (int from = 0; from < scores.length; from += ROWS) {
            var examples = answers.subList(from, Math.min(from + ROWS, scores.length)).stream()
                    .map(this::shown)
                    .toList();
            double[] raw = raw(slices, Rows.scores(examples, 1));
            for (int i = 0; i < raw.length; i++) {
                if (!Double.isFinite(raw[i])) {
                    throw new DivergedException("a score of the reward model " + run.id() + " is " + raw[i]);
                }
                scores[from + i] = (raw[i] - mean) / deviation;
            }
        }
        if (before == 0 && cut > 0) {
            System.out.printf(
                    Locale.ROOT,
                    "%,d of %,d %s longer than the context of %,d tokens of the reward model %s and scored by the part that fits"
                            + " (this is said once; cut() counts all such texts)%n",
                    cut,
                    scores.length,
                    scores.length == 1 ? "text is" : cut == 1 ? "texts is" : "texts are",
                    run.model().context(),
                    run.id());
        }
        return scores;
    }

    /** What is taken from the model's own score. */
    double mean() {
        return mean;
    }

    /** What the rest is divided by. */
    double deviation() {
        return deviation;
    }

    /** How many texts were longer than the model's context until now, and were scored by the part that fits. */
    public synchronized long cut() {
        return cut;
    }

    /** What the model sees of a text: no more than its context, and no end token that was never written. */
    private Example shown(Answer answer) {
        var whole = run.template().example(run.tokenizer(), answer.prompt(), answer.completion());
        int context = run.model().context();
        int length = whole.ids().length - (answer.finish().isCut() ? 1 : 0);
        if (length > context && whole.promptLength() >= context) {
            throw new IllegalArgumentException("a prompt of " + whole.promptLength()
                    + " tokens leaves no room for an answer in the reward model's context of " + context);
        }
        if (length > context) {
            cut++;
        }
        return new Example(Arrays.copyOf(whole.ids(), Math.min(length, context)), whole.promptLength());
    }

    /** The model's own scores of a batch, one a row. */
    static double[] raw(Slices slices, Batch batch) {
        var values = new float[batch.rows() * batch.time()];
        slices.values(batch, values);
        var scores = new double[batch.rows()];
        Arrays.setAll(scores, row -> values[BradleyTerry.scored(batch, row)]);
        return scores;
    }

    @Override
    public synchronized void close() {
        buffers.clear();
    }

    @Override
    public String toString() {
        return "reward model " + run + (run.tables().containsKey(VALIDATION) ? ", right on " + validation() : "");
    }
}
