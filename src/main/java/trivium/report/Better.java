package trivium.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tech.tablesaw.api.Table;
import trivium.align.JudgedAnswers;
import trivium.align.MajorityVote;
import trivium.align.PolicyOptimisation;
import trivium.align.Reward;
import trivium.data.Conversation;
import trivium.data.Conversations;
import trivium.data.Corpus;
import trivium.figure.Labels;
import trivium.figure.LossConditions;
import trivium.finetune.FineTuning;
import trivium.generate.Sampling;
import trivium.measure.Difference;
import trivium.measure.Difference.Compared;
import trivium.measure.Difference.Direction;
import trivium.measure.Differences;
import trivium.measure.DocumentBits;
import trivium.measure.ExactMatch;
import trivium.pretrain.Pretraining;
import trivium.run.Metric;
import trivium.run.Run;
import trivium.run.Runs;
import trivium.sweep.SweepResult;

/**
 * Whether one run, or one recipe over its seeds, is better than another: both are asked the same with the same random
 * numbers, and what comes of it is a {@link Difference}. The first of the two is what the second is compared with.
 */
public final class Better {

    /** From the model itself, as {@link JudgedAnswers} are drawn. */
    private static final Sampling SAMPLING = Sampling.atTemperature(1).maxTokens(128);

    private static final String VALIDATION = "validation";

    /** Metrics that say how good a run is, the first that both have counts. */
    private static final List<String> SAYING =
            List.of("eval/reward", "bits_per_byte", "validation_accuracy", "validation_loss", "reward");

    private Better() {}

    /**
     * On what both have in common: two alignments for the same reward on their held-out prompts; an alignment and the
     * run that it began with, too; two pre-trainings on the documents that both held back, in bits per byte; two
     * fine-tunings on the questions that both held back, by exact match.
     *
     * @throws IllegalArgumentException where they have nothing in common, which says how to tell what to compare on
     */
    public static Difference of(Run a, Run b) {
        var rewarded = b.tables().get(PolicyOptimisation.REWARDS);
        if (rewarded != null && Objects.equals(b.card().parent(), a.id())) {
            return recorded(compared(a, b, Metric.REWARD), rewarded, "before", rewarded);
        }
        var before = a.tables().get(PolicyOptimisation.REWARDS);
        if (rewarded != null
                && before != null
                && sameRewards(a, b)
                && prompts(before).equals(prompts(rewarded))) {
            return recorded(compared(a, b, Metric.REWARD), before, "after", rewarded);
        }
        if (LossConditions.of(a).equals(LossConditions.of(b))
                && a.card().recipe().get(VALIDATION) instanceof Number share) {
            if (a.card().kind().equals(Pretraining.KIND) && !a.model().looksAhead()) {
                return of(a, b, a.corpus().split(share.doubleValue()).validation());
            }
            if (a.card().kind().equals(FineTuning.KIND)) {
                return of(a, b, a.conversations().split(share.doubleValue()).validation());
            }
        }
        throw new IllegalArgumentException(a.label() + " and " + b.label()
                + " have no held-out data in common; say what to compare them on: better(a, b, corpus) for bits per byte,"
                + " better(a, b, conversations) for exact match, better(a, b, prompts, reward) for rewards");
    }

    private static boolean sameRewards(Run a, Run b) {
        return Stream.of("reward", "rewards")
                .allMatch(name -> Objects.equals(
                        a.card().recipe().get(name), b.card().recipe().get(name)));
    }

    private static List<String> prompts(Table rewards) {
        return rewards.stringColumn("prompt").asList();
    }

    private static Difference recorded(Compared compared, Table first, String column, Table second) {
        return Difference.overPrompts(
                compared,
                first.numberColumn(column).asDoubleArray(),
                second.numberColumn("after").asDoubleArray(),
                prompts(second));
    }

    /** In bits per byte of documents that neither has learned from. */
    public static Difference of(Run a, Run b, Corpus heldOut) {
        return ofDocuments(compared(a, b, Metric.BITS_PER_BYTE), List.of(a), List.of(b), heldOut);
    }

    /** The same over the seeds of two recipes. */
    public static Difference of(Runs a, Runs b, Corpus heldOut) {
        return ofDocuments(compared(a, b, Metric.BITS_PER_BYTE), a.list(), b.list(), heldOut);
    }

    private static Difference ofDocuments(Compared compared, List<Run> a, List<Run> b, Corpus heldOut) {
        var first = bits(a, heldOut);
        var second = bits(b, heldOut);
        return a.size() == b.size()
                ? Difference.overSeedsAndDocuments(
                        compared, rows(first), rows(second), first.getFirst().bytes())
                : Difference.overSeeds(
                        compared,
                        first.stream().mapToDouble(DocumentBits::perByte).toArray(),
                        second.stream().mapToDouble(DocumentBits::perByte).toArray());
    }

    private static List<DocumentBits> bits(List<Run> runs, Corpus heldOut) {
        return runs.stream()
                .map(run -> DocumentBits.of(run.model(), run.tokenizer(), heldOut.documents()))
                .toList();
    }

    private static double[][] rows(List<DocumentBits> each) {
        return each.stream().map(DocumentBits::bits).toArray(double[][]::new);
    }

    /** By how many questions each answers exactly as expected, always taking the likeliest token. */
    public static Difference of(Run a, Run b, Conversations questions) {
        return Difference.ofRightAnswers(
                exactMatch(compared(a, b, Metric.REWARD)),
                right(a, questions),
                right(b, questions),
                questions.prompts());
    }

    /** The same over the seeds of two recipes. */
    public static Difference of(Runs a, Runs b, Conversations questions) {
        return overSeeds(exactMatch(compared(a, b, Metric.REWARD)), a, b, "question", run -> {
            boolean[] right = right(run, questions);
            return IntStream.range(0, right.length)
                    .mapToDouble(i -> right[i] ? 1 : 0)
                    .toArray();
        });
    }

    private static Compared exactMatch(Compared compared) {
        return compared.as("exact match", Difference.SHARE, Direction.HIGHER);
    }

    /** Which questions a run answers exactly as expected, always taking the likeliest token. */
    static boolean[] right(Run run, Conversations questions) {
        var answers = run.completions()
                .turns(
                        questions.list().stream()
                                .map(Conversation::promptMessages)
                                .toList(),
                        run.template(),
                        Sampling.greedy());
        var right = new boolean[answers.size()];
        for (int i = 0; i < right.length; i++) {
            right[i] =
                    ExactMatch.matches(answers.get(i), questions.list().get(i).completion());
        }
        return right;
    }

    /**
     * By the rewards of what they answer to the same prompts with the same random numbers, at temperature 1 in up to
     * 128 tokens; a base model, which has no chat template of its own, is asked in the other's.
     */
    public static Difference of(Run a, Run b, List<String> prompts, Reward reward) {
        return Difference.overPrompts(
                compared(a, b, Metric.REWARD),
                rewards(base(a) ? a.with(b.template()) : a, prompts, reward),
                rewards(base(b) ? b.with(a.template()) : b, prompts, reward),
                prompts);
    }

    /** The same over the seeds of two recipes. */
    public static Difference of(Runs a, Runs b, List<String> prompts, Reward reward) {
        var templateA = a.list().getFirst().template();
        var templateB = b.list().getFirst().template();
        return overSeeds(
                compared(a, b, Metric.REWARD),
                a,
                b,
                "prompt",
                run -> rewards(
                        base(run) ? run.with(a.list().contains(run) ? templateB : templateA) : run, prompts, reward));
    }

    private static boolean base(Run run) {
        return run.card().parent() == null;
    }

    private static double[] rewards(Run run, List<String> prompts, Reward reward) {
        return JudgedAnswers.of(run, run, prompts, Map.of("reward", reward), SAMPLING)
                .scores()
                .get("reward");
    }

    private static Difference overSeeds(
            Compared compared, Runs a, Runs b, String unit, Function<Run, double[]> measured) {
        var first = a.list().stream().map(measured).toArray(double[][]::new);
        var second = b.list().stream().map(measured).toArray(double[][]::new);
        return a.count() == b.count()
                ? Difference.overSeedsAndPrompts(compared, first, second, unit)
                : Difference.overSeeds(compared, means(first), means(second));
    }

    private static double[] means(double[]... rows) {
        return Arrays.stream(rows)
                .mapToDouble(row -> Arrays.stream(row).average().orElseThrow())
                .toArray();
    }

    /** Of two recipes by the newest value of a metric of each run, over their seeds. */
    public static Difference of(String metric, Runs a, Runs b) {
        a.requireFinished();
        b.requireFinished();
        var measured = Metric.of(metric);
        var first = LossConditions.of(a.list().getFirst());
        if (LossConditions.measures(metric)
                && !first.equals(LossConditions.of(b.list().getFirst()))) {
            throw new IllegalArgumentException("the " + measured.label() + " of " + a.label() + " and of " + b.label()
                    + " was not measured on the same data with the same tokenizer; compare them on a corpus, on"
                    + " conversations, or by a reward");
        }
        return Difference.overSeeds(compared(a, b, measured), a.values(metric), b.values(metric));
    }

    /**
     * Of two recipes by the first of these metrics that all runs have: the reward of held-out prompts, bits per byte,
     * validation accuracy, validation loss, reward.
     */
    public static Difference of(Runs a, Runs b) {
        var metric = SAYING.stream()
                .filter(name ->
                        Stream.concat(a.list().stream(), b.list().stream()).allMatch(run -> run.has(name)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(a.label() + " and " + b.label()
                        + " have none of the metrics " + String.join(", ", SAYING)
                        + " in common; say what to compare them on"));
        return of(metric, a, b);
    }

    /**
     * By a column of a table of judged answers ({@link JudgedAnswers#table}): each other run with the first, prompt by
     * prompt, p corrected for how many there are.
     *
     * @param column such as "reward"; more of it is taken to be better, but for "length" and "kl", of which neither is
     */
    public static Differences of(Table answers, String column) {
        var rows = new LinkedHashMap<String, List<Integer>>();
        var names = answers.stringColumn(JudgedAnswers.RUN);
        for (int row = 0; row < answers.rowCount(); row++) {
            rows.computeIfAbsent(names.get(row), _ -> new ArrayList<>()).add(row);
        }
        if (rows.size() < 2) {
            throw new IllegalArgumentException("answers of " + rows.keySet() + ": expected those of two runs at least");
        }
        boolean neither = column.equals(JudgedAnswers.LENGTH) || column.equals(JudgedAnswers.KL);
        var list = List.copyOf(rows.keySet());
        var first = list.getFirst();
        return Differences.holm(list.stream()
                .skip(1)
                .map(name -> {
                    var prompts = texts(answers, rows.get(name));
                    if (!prompts.equals(texts(answers, rows.get(first)))) {
                        throw new IllegalArgumentException(
                                "\"" + name + "\" and \"" + first
                                        + "\" did not answer the same prompts in the same order, so their answers are no pairs");
                    }
                    return Difference.overPrompts(
                            new Compared(column, "", neither ? Direction.NEITHER : Direction.HIGHER, first, name),
                            numbers(answers, column, rows.get(first)),
                            numbers(answers, column, rows.get(name)),
                            prompts);
                })
                .toList());
    }

    private static List<String> texts(Table answers, List<Integer> rows) {
        return rows.stream()
                .map(answers.stringColumn(JudgedAnswers.PROMPT)::get)
                .toList();
    }

    private static double[] numbers(Table answers, String column, List<Integer> rows) {
        var numbers = answers.numberColumn(column);
        return rows.stream().mapToDouble(numbers::getDouble).toArray();
    }

    /**
     * The best setting of a sweep against each of the others by a metric. Where the sweep has tried its best settings
     * once more with fresh seeds ({@code confirm}), these alone count: the setting that the search found the best
     * against those behind it, paired over the fresh seeds, with p corrected by Holm's method. Else it is the best
     * setting over the seeds of the search, the second best first; p and intervals are of all of them together, for the
     * best was picked for being so. A setting that did not finish with every seed is left out, but for the best one of
     * a confirmation, without which there is no comparison.
     *
     * @throws IllegalArgumentException where no two settings were tried with the same two seeds at least
     */
    public static Differences of(SweepResult sweep, String metric) {
        boolean confirmed = !sweep.confirmation().isEmpty();
        var settings = SettingsBySeed.of(sweep, metric);
        var names = settings.names();
        double[][] values = settings.values();
        if (!confirmed) {
            return Differences.ofBest(compared(Metric.of(metric), "", "a", "b"), names, values);
        }
        return Differences.holm(IntStream.range(1, values.length)
                .mapToObj(i -> Difference.overSeeds(
                        compared(Metric.of(metric), "", names.get(i), names.getFirst()), values[i], values[0]))
                .toList());
    }

    /** By the share of questions that at least one of k sampled answers gets right, question by question. */
    public static Difference of(MajorityVote a, MajorityVote b, int k) {
        var prompts = a.ballots().stream().map(MajorityVote.Ballot::prompt).toList();
        if (!prompts.equals(
                b.ballots().stream().map(MajorityVote.Ballot::prompt).toList())) {
            throw new IllegalArgumentException(
                    "the two did not answer the same questions in the same order, so their answers are no pairs");
        }
        return Difference.overPrompts(
                new Compared("pass@" + k, Difference.SHARE, Direction.HIGHER, "the first", "the second"),
                a.passAt(k).each(),
                b.passAt(k).each(),
                prompts);
    }

    private static Compared compared(Run a, Run b, Metric metric) {
        var names = Labels.names(List.of(a, b));
        return compared(metric, a.card().kind(), names.get(0), names.get(1));
    }

    private static Compared compared(Runs a, Runs b, Metric metric) {
        a.requireFinished();
        b.requireFinished();
        var names = Labels.names(List.of(a.list().getFirst(), b.list().getFirst()));
        return compared(metric, a.list().getFirst().card().kind(), names.get(0), names.get(1));
    }

    private static Compared compared(Metric metric, String kind, String a, String b) {
        var shown = metric.in(kind);
        var direction = switch (shown.better()) {
            case HIGHER -> Direction.HIGHER;
            case LOWER -> Direction.LOWER;
            case NEITHER -> Direction.NEITHER;
        };
        return new Compared(shown.label(), shown.unit(), direction, a, b);
    }
}
