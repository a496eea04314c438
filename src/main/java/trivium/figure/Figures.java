package trivium.figure;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;
import tech.tablesaw.api.Table;
import trivium.align.RewardModel;
import trivium.data.Comparisons;
import trivium.data.Label;
import trivium.data.PreferenceLabels;
import trivium.measure.Calibration;
import trivium.measure.Share;
import trivium.run.Finding;
import trivium.run.Metric;
import trivium.run.Run;
import trivium.run.Runs;
import trivium.run.Trained;

/**
 * The figures of training: what goes in are runs, tables or plain arrays, what comes out is a {@link Figure}. Values
 * that are missing, not a number or infinite are left out; where nothing remains, the figure says "no data yet". Things
 * by name are drawn in the order of their map, of a {@code Map.of}, which has none, by name.
 */
public final class Figures {

    private static final String ONE_JUDGE = "One seed of the judge: the intervals are over prompts.";

    private Figures() {}

    /** Says that nothing here is known of other seeds: a line is one training. */
    private static Figure ofSeeds(int lines, Figure figure) {
        return lines == 0 ? figure : figure.caption(lines == 1 ? "One seed." : "Each line is one seed.");
    }

    /**
     * Training and validation loss over steps. Runs share a panel, and the title says which ends lowest, where their
     * losses are measured alike: on the same validation data, with the same tokenizer and task, in the same unit. Other
     * runs get panels of their own.
     */
    public static Figure loss(Trained... runs) {
        return loss(Axis.STEPS, runs);
    }

    /** Training and validation loss over steps, tokens or seconds, see {@link #loss(Trained...)}. */
    public static Figure loss(Axis axis, Trained... runs) {
        return ofSeeds(runs.length, Curves.loss(LossConditions.groups(named(runs)), axis));
    }

    /**
     * Training and validation loss over steps, under names for this figure, see {@link #loss(Trained...)}. Names that
     * the runs themselves have ({@link Run#named}) stand in every figure.
     */
    public static Figure loss(Map<String, Run> runs) {
        return ofSeeds(runs.size(), Curves.loss(LossConditions.groups(Labels.inOrder(runs)), Axis.STEPS));
    }

    /**
     * Training and validation loss of tables of metrics by name: columns "loss" and "validation_loss". Tables do not
     * say what their losses were measured on; that it was the same is up to the caller.
     */
    public static Figure loss(Axis axis, Map<String, Table> metrics) {
        return Curves.loss(List.of(new LossConditions.Group(Metric.LOSS.unit(), Labels.inOrder(metrics))), axis);
    }

    /** One metric of several runs; losses and bits per byte as in {@link #loss(Trained...)}. */
    public static Figure compare(String metric, Trained... runs) {
        var named = named(runs);
        var groups = LossConditions.measures(metric)
                ? LossConditions.groups(named)
                : List.of(new LossConditions.Group(Metric.of(metric).unit(), tables(named)));
        return ofSeeds(runs.length, Curves.metric(Labels.title(metric), groups, Axis.STEPS, metric));
    }

    /** One metric of several tables by name. */
    public static Figure compare(String metric, Axis axis, Map<String, Table> tables) {
        return Curves.metric(Labels.title(metric), Labels.inOrder(tables), axis, metric);
    }

    /**
     * A panel for each metric of a run; metrics it does not have are left out.
     *
     * @throws IllegalArgumentException for a metric that the run does not have and nobody declared: a misspelling
     */
    public static Figure metrics(Trained trained, String... metrics) {
        var run = trained.run();
        for (var metric : metrics) {
            if (!run.metrics().containsColumn(metric) && !Metric.isDeclared(metric)) {
                throw new IllegalArgumentException(run.label() + " has no metric \"" + metric + "\"; there is "
                        + String.join(", ", run.metrics().columnNames()));
            }
        }
        var title = run.card().name() == null ? "The " + Labels.kind(run.card().kind()) : run.label();
        var first = Arrays.stream(metrics).filter(run::has).findFirst();
        return ofSeeds(
                1,
                Curves.panels(
                        title
                                + first.map(metric -> ": " + Curves.fromTo(run.metrics(), metric))
                                        .orElse(""),
                        run.card().kind(),
                        run.metrics(),
                        Axis.STEPS,
                        List.of(metrics)));
    }

    /**
     * A panel for each metric of a table; a metric with a column {@code …_std} beside it gets a band of one standard
     * deviation.
     */
    public static Figure metrics(String title, Table table, Axis axis, String... metrics) {
        return Curves.panels(title, "", table, axis, List.of(metrics));
    }

    /**
     * One column of a table over another: a curve where x only grows, points elsewhere and in the colours of ranges.
     *
     * @param x the column along x and the scales of both axes
     * @param color a column whose values have colours, at most 12 different ones where they are no numbers; more than
     *     seven numbers are put into fifths of the rows; empty for one colour
     * @param smoothing about so many rows, in the order of x, whose mean is drawn; 1 for none
     * @throws IllegalArgumentException if a column is not there, holds no numbers, or no row has both values
     */
    public static Figure relation(Table table, Axis x, String y, String color, int smoothing) {
        return Relation.of(table, x, y, color, smoothing);
    }

    /** The columns of a table that hold numbers, for the axes of {@link #relation}. */
    public static List<String> numericColumns(Table table) {
        return Relation.numeric(table);
    }

    /** The columns of a table whose values can have colours in {@link #relation}. */
    public static List<String> colorColumns(Table table) {
        return Relation.colors(table);
    }

    /**
     * What these findings on a run were told by: a panel for each metric that shows one, with a line at the step in
     * which it was seen; probes as bars where all were seen before the first step; the loss where there are none.
     */
    public static Figure findings(Run run, List<Finding> findings) {
        return WhatWentWrong.of(run, findings);
    }

    /**
     * Rewards of completions before and after: two histograms, their means, and, where there are as many after as
     * before, an interval of the mean change, value by value (answers to the same prompts in the same order; where the
     * two have nothing to do with each other the interval is only a little wide).
     */
    public static Figure rewardShift(double[] before, double[] after, String label) {
        return Distributions.shift(before, after, label);
    }

    /**
     * Rewards of completions before and after, and beside them the mean reward over the steps, a column of
     * {@code metrics}.
     */
    public static Figure rewardShift(double[] before, double[] after, String label, Table metrics, String metric) {
        return Distributions.shiftAndPath(before, after, label, metrics, metric);
    }

    /**
     * What an alignment changed: rewards of held-out prompts before and after (table "rewards"), and the mean reward
     * over the steps.
     */
    public static Figure rewardShift(Run run) {
        var rewards = run.table("rewards");
        return rewardShift(
                        rewards.numberColumn("before").asDoubleArray(),
                        rewards.numberColumn("after").asDoubleArray(),
                        "reward",
                        run.metrics(),
                        "reward")
                .caption("One seed: the interval is over prompts.");
    }

    /**
     * The shift of a score for several runs side by side: a panel for each run but the first, its scores over those of
     * the first, with the mean change and its 95 % interval, prompt by prompt.
     *
     * @param answers as {@link trivium.align.JudgedAnswers#table} makes them: columns "run", "prompt" and the score;
     *     all runs answer the same prompts in the same order
     * @param score a column, such as "reward"
     */
    public static Figure rewardShifts(Table answers, String score) {
        return new AnswerComparison(answers).shifts(score);
    }

    /**
     * How often the answer of each run is better than that of the first run to the same prompt, a tie counting half,
     * with Wilson's 95 % interval over prompts.
     *
     * @param answers as in {@link #rewardShifts(Table, String)}
     * @param score a column, such as "gold"
     */
    public static Figure winRates(Table answers, String score) {
        return new AnswerComparison(answers).winRates(score);
    }

    /**
     * A score against the length of the answers, with a line of least squares and the correlation for each run.
     *
     * @param answers columns "run", "prompt", "length" and the score
     * @param score a column, such as "reward"
     */
    public static Figure lengthAgainstReward(Table answers, String score) {
        return new AnswerComparison(answers).lengthAgainst(score);
    }

    /**
     * Where on the answers a training moved the log-probabilities: the mean change at each position, a curve for each
     * group, with its 95 % interval. Positions that less than a tenth of the answers reach are left out.
     *
     * @param moved as {@link trivium.align.LogProbShift#table} makes it: columns "group", "text", "position", "token",
     *     "before" and "after" (log p in nats)
     */
    public static Figure movedByPosition(Table moved) {
        return LogProbChanges.byPosition(moved);
    }

    /**
     * The tokens whose log-probabilities moved most over all answers of a group, each with its mean change and the 95 %
     * interval of that mean over answers. Tokens in fewer than five answers are left out.
     *
     * @param moved as in {@link #movedByPosition}
     * @param group such as "chosen"
     * @param most how many tokens
     * @throws IllegalArgumentException if the table has rows, but none of this group
     */
    public static Figure movedByToken(Table moved, String group, int most) {
        return LogProbChanges.byToken(moved, group, most);
    }

    /**
     * Shares by name, before and after, such as exact match by kind of question, in percent with Wilson's 95 %
     * intervals; the caption says how many answers they are of.
     *
     * @param before one for each label, as {@link trivium.measure.ExactMatch} and the judges' accuracies are
     * @param after likewise
     */
    public static Figure bars(String title, List<String> labels, List<Share> before, List<Share> after) {
        return Bars.pairs(title, labels, before, after);
    }

    /**
     * Amounts by name, before and after, with the values on the bars; shares have intervals where they come as such.
     */
    public static Figure bars(String title, String yLabel, List<String> labels, double[] before, double[] after) {
        return Bars.pairs(title, yLabel, labels, before, after);
    }

    /** What a model expects in one place: words and their probabilities (0 … 1), most probable first. */
    public static Figure words(String title, List<String> words, double[] probabilities) {
        return Bars.words(title, words, probabilities);
    }

    /**
     * How long texts are: a histogram for each name, with its median. The longest hundredth may be left out of the
     * picture, and the axis then says so.
     *
     * @param title what is seen
     * @param unit what lengths are counted in: "words"
     * @param samples lengths by name
     */
    public static Figure lengths(String title, String unit, Map<String, int[]> samples) {
        return LengthHistograms.of(title, unit, Labels.inOrder(samples));
    }

    /**
     * How long the answers of several runs are: columns "run", "prompt" and "length" (tokens), see
     * {@link #rewardShifts(Table, String)}.
     */
    public static Figure lengths(Table answers) {
        return new AnswerComparison(answers).lengths();
    }

    /**
     * How often words come, as shares of all words.
     *
     * @param what is counted, in the plural: "words"
     * @param names from the top
     * @param shares 0 … 1
     */
    public static Figure frequencies(String title, String what, List<String> names, double[] shares) {
        return Bars.shares(title, "share of all " + what + " (%)", names, shares, List.of("name", "share"));
    }

    /**
     * A value over two settings of a sweep, the best cell framed. Trials with the same settings are averaged, and where
     * they differ in their seed only (columns "seed"; or, of {@code overSeeds().table()}, "…_low" and "…_high") a cell
     * says how far the mean's 95 % interval reaches; a cell without a finished trial is empty.
     *
     * @param table one row a trial
     * @param x the setting from left to right
     * @param y the setting from bottom to top
     * @param value what the cells show
     */
    public static Figure heatMap(Table table, String x, String y, String value, Best best) {
        return HeatMap.of(FinishedTrials.finished(table), x, y, value, best);
    }

    /**
     * Like {@link #heatMap(Table, String, String, String, Best)}; the lowest of losses is best, the highest of other
     * values.
     */
    public static Figure heatMap(Table table, String x, String y, String value) {
        return heatMap(table, x, y, value, Best.of(value));
    }

    /**
     * A value as a surface over two settings of a search, with lines of equal value and the trials on it, the best
     * ringed. Settings with many values are logarithmic where they suit a logarithmic scale
     * ({@link trivium.measure.LogScale}).
     *
     * @param trials one row a trial, of which only finished ones count
     * @param x the setting from left to right
     * @param y the setting from bottom to top
     * @param value a column of results
     */
    public static Figure contour(Table trials, String x, String y, String value, Best best) {
        return Contour.of(FinishedTrials.finished(trials), x, y, value, best);
    }

    /**
     * Like {@link #contour(Table, String, String, String, Best)}; the lowest of losses is best, the highest of other
     * values.
     */
    public static Figure contour(Table trials, String x, String y, String value) {
        return contour(trials, x, y, value, Best.of(value));
    }

    /**
     * The results of finished trials over one setting after the other, a panel each, with the mean over the other
     * settings and its 95 % interval: of settings with at most eight values for each value (Student's t), of others as
     * a local linear regression along the axis, which is logarithmic where the values suit it
     * ({@link trivium.measure.LogScale}).
     */
    public static Figure slice(Table trials, String value, Best best, String... settings) {
        return Slices.of(FinishedTrials.finished(trials), value, best, List.of(settings));
    }

    /**
     * Two goals of a search against each other: every finished trial, and the Pareto front of those that no other trial
     * beats in one goal without being worse in the other.
     *
     * @param x a column, such as "kl"
     * @param bestX which of its values are good
     * @param y another, such as "reward"
     * @param bestY which of its values are good
     */
    public static Figure pareto(Table trials, String x, Best bestX, String y, Best bestY) {
        return Pareto.of(FinishedTrials.finished(trials), new Pareto.Goal(x, bestX), new Pareto.Goal(y, bestY));
    }

    /**
     * Over-optimisation: the reward that is optimised and the gold reward against the distance from the reference, in
     * the order of the steps. Columns "kl" (nats), "reward" and "gold".
     */
    public static Figure rewardAgainstKl(Table metrics) {
        if (metrics.rowCount() > 0 && !metrics.columnNames().containsAll(List.of("kl", "reward"))) {
            throw new IllegalArgumentException("a figure of the reward against the KL needs the columns \"kl\" and"
                    + " \"reward\", but there are " + metrics.columnNames() + ": give the metrics of an alignment");
        }
        return OverOptimisation.of(metrics, "kl", "reward", "gold");
    }

    /**
     * What several algorithms earn for the distance that they go: the reward that is optimised and the gold reward
     * against √KL, over all β and steps, with the 95 % interval of the mean over seeds, the hull of all, and for the
     * gold reward the law of Gao and others ({@link trivium.measure.OverOptimisationLaw}), which says where it turns.
     *
     * @param table columns "algorithm", "beta", "seed", "step", "kl", "reward" and "gold"; rows of step 0 are of the
     *     reference ({@link trivium.align.FrontierTable})
     * @throws IllegalArgumentException if the table lacks one of these columns
     */
    public static Figure frontier(Table table) {
        return Frontier.of(table);
    }

    /**
     * The law of each algorithm's gold reward in {@link #frontier}: columns "algorithm", "law", "alpha", "beta",
     * "explained" (share of the variance), "turn" (the √KL at which gold turns; missing where it is not seen to, or
     * where the law explains less than half of the variance or turns before the nearest distance above 0 that was
     * measured) and "remark", which says why none is given.
     */
    public static Table frontierLaws(Table table) {
        return Frontier.laws(table);
    }

    /**
     * Whether a judge's preferences can be believed: the share of these pairs on which it is right against what it
     * predicts, σ of the difference of raw scores, with intervals by prompts; the title gives the expected calibration
     * error ({@link Calibration}).
     */
    public static Figure calibration(RewardModel judge, Comparisons comparisons) {
        return JudgeCalibration.predicted(Calibration.byProbability(judge.margins(comparisons), comparisons.prompts()))
                .caption(ONE_JUDGE);
    }

    /**
     * On how many of these pairs a judge is right, by how far apart it scores the two answers: five bins of as many
     * pairs each, with intervals by prompts.
     */
    public static Figure accuracyByMargin(RewardModel judge, Comparisons comparisons) {
        return JudgeCalibration.byMargin(Calibration.byMargin(judge.margins(comparisons), comparisons.prompts()))
                .caption(ONE_JUDGE);
    }

    /**
     * What a person's labels owe to where an answer stood and how long it was: the share of the answers at 1 and of the
     * longer ones among those that were chosen, each with its interval.
     */
    public static Figure labelBias(PreferenceLabels labels) {
        return LabelBias.of(Map.of("", labels.list()));
    }

    /** The same of several people by name; of two, the caption says how well they agree (Cohen's κ). */
    public static Figure labelBias(Map<String, PreferenceLabels> people) {
        var lists = new LinkedHashMap<String, List<Label>>();
        Labels.inOrder(people).forEach((name, labels) -> lists.put(name, labels.list()));
        return LabelBias.of(lists);
    }

    /**
     * A metric's mean over seeds with the 95 % interval of that mean (Student's t over the seeds), at the steps that
     * all seeds of a group have.
     *
     * @param groups by name, the tables of metrics of runs that differ in their seed only
     */
    public static Figure overSeeds(String metric, Axis axis, Map<String, List<Table>> groups) {
        return OverSeeds.of(metric, axis, Labels.inOrder(groups));
    }

    /** A metric's mean over runs that differ in their seed only, with its 95 % interval. */
    public static Figure overSeeds(String metric, Trained... runs) {
        var tables = runs(runs).map(Run::metrics).toList();
        var name = runs.length == 0
                ? ""
                : runs[0].run().card().name() == null
                        ? Labels.kind(runs[0].run().card().kind())
                        : runs[0].run().label();
        return overSeeds(metric, Axis.STEPS, runs.length == 0 ? Map.of() : Map.of(name, tables));
    }

    /**
     * A metric's mean over the seeds of each series with the mean's 95 % interval; one seed has a line and no interval.
     * Series are called as they were named ({@link Runs#named}).
     */
    public static Figure overSeeds(String metric, Runs... series) {
        var names = Labels.names(
                Stream.of(series).map(runs -> runs.list().getFirst()).toList());
        var groups = new LinkedHashMap<String, List<Table>>();
        for (int i = 0; i < series.length; i++) {
            groups.put(names.get(i), series[i].list().stream().map(Run::metrics).toList());
        }
        return overSeeds(metric, Axis.STEPS, groups);
    }

    /** The validation loss over seeds, or where a series has none the loss, see {@link #overSeeds(String, Runs...)}. */
    public static Figure loss(Runs... series) {
        boolean validated = Stream.of(series)
                .flatMap(runs -> runs.list().stream())
                .allMatch(run -> run.has(Metric.VALIDATION_LOSS.name()));
        return overSeeds((validated ? Metric.VALIDATION_LOSS : Metric.LOSS).name(), series);
    }

    /** How the rewards of an alignment's completions lay at each step: median, middle half, middle 80 %. */
    public static Figure quantiles(Run aligned) {
        if (!aligned.has("reward")) {
            throw new IllegalArgumentException(aligned.label() + " has no metric \"reward\": its kind is "
                    + aligned.card().kind() + ", and the completions of an alignment are rewarded");
        }
        return ofSeeds(1, quantiles(aligned.metrics(), Axis.STEPS, "reward"));
    }

    /**
     * Rewards, or anything else there are many of at each step, as quantiles over training: median, middle half, middle
     * 80 %.
     *
     * @param table one row a completion with its value; or a run's metrics, which have the quantiles of each step in
     *     columns such as "reward_p10" and "gold_p90"
     * @param axis the column that says when, such as {@link Axis#STEPS}
     * @param value what is shown, such as "reward"
     */
    public static Figure quantiles(Table table, Axis axis, String value) {
        return Quantiles.of(table, axis, value);
    }

    /** The learning rate of runs, over steps. */
    public static Figure schedule(Trained... runs) {
        return Schedules.of(tables(named(runs)));
    }

    /** The learning rate of tables of metrics by name: column "learning_rate". */
    public static Figure schedule(Map<String, Table> metrics) {
        return Schedules.of(Labels.inOrder(metrics));
    }

    /**
     * A learning rate before anything is trained: {@code schedule(2_000, step -> cosine.valueAt(step, 0))}.
     *
     * @param steps how many
     * @param rate of each step, counted from 0
     */
    public static Figure schedule(int steps, IntToDoubleFunction rate) {
        return Schedules.of(steps, rate);
    }

    /**
     * Distributions over three things, such as what a policy may answer, in a triangle: a corner is certainty of one of
     * them, and paths end in a marker.
     *
     * @param title what is seen, in a sentence
     * @param corners names of the three, which are columns of the tables: left, right and top
     * @param paths tables of probabilities by name, one row a step
     * @param points further distributions by name, (3) each
     */
    public static Figure simplex(
            String title, List<String> corners, Map<String, Table> paths, Map<String, double[]> points) {
        return Simplex.of(title, corners, Labels.inOrder(paths), Labels.inOrder(points));
    }

    /**
     * Where one head looks: a row for each token that asks, a column for each token that is looked at.
     *
     * @param head as the title says it: "layer 2, head 1"
     * @param tokens (T)
     * @param weights (T, T), each row after the softmax
     */
    public static Figure attention(String head, List<String> tokens, double[][] weights) {
        return AttentionMap.of(head, tokens, weights);
    }

    /**
     * Where one head of a run's model looks while it reads a text, in which the names of special tokens stand for
     * these: {@code attention(base, "Mia went to the market.", 2, 1)}.
     *
     * @param layer counted from 1
     * @param head counted from 1
     * @throws IllegalArgumentException for a model without attention, a layer or head it does not have, or a text that
     *     is empty or longer than its context
     */
    public static Figure attention(Run run, String text, int layer, int head) {
        return AttentionMap.of(run, text, layer, head);
    }

    /**
     * Where one head looks at several phases, side by side.
     *
     * @param weights columns "run", "layer" and "head" (the same in all rows), "position" and "looks" (the token that
     *     looks), "at" and "looked_at", "weight"; of each run every position with every other
     */
    public static Figure attention(Table weights) {
        return AttentionMap.ofPhases(weights);
    }

    /**
     * What models would say next after each of their blocks, a panel for each run: the logit lens.
     *
     * @param lens columns "run", "block" (0 is the embedding), "position" (from 1), "read", "says" and "probability"
     */
    public static Figure logitLens(Table lens) {
        return LogitLens.of(lens);
    }

    /**
     * What each phase of a training changed, in panels: every measure with its intervals, the KL to the phase before by
     * position and by token, and how much of each layer changed.
     *
     * @param measures columns "measure", "run", "value", "low", "high" and "unit"
     * @param positions columns "run", "position", "kl", "low" and "high"
     * @param tokens columns "run", "token" and "kl"
     * @param layers columns "run", "layer", "size", "before" and "effective_rank", a row for each tensor
     */
    public static Figure changes(Table measures, Table positions, Table tokens, Table layers) {
        return new PhaseChanges(measures).figure(positions, tokens, layers);
    }

    /**
     * Every finished trial of a sweep as a line through its settings to its result. The others are left out, and the
     * title says how many remain.
     */
    public static Figure parallel(Table trials, String value, Best best, String... hyperparameters) {
        return ParallelCoordinates.of(FinishedTrials.finished(trials), value, best, List.of(hyperparameters));
    }

    /** The best result after each trial, in the table's order; of trials that finished or were pruned. */
    public static Figure bestSoFar(Table trials, String value, Best best) {
        return bestSoFar(Map.of("best so far", trials), value, best);
    }

    /** The best result after each trial of several searches by name. */
    public static Figure bestSoFar(Map<String, Table> searches, String value, Best best) {
        return BestSoFar.of(Labels.inOrder(searches), value, best, null);
    }

    /**
     * The best result after each trial, as a mean over several runs of each search with the mean's 95 % interval over
     * these (Student's t), at the trials that all of them have.
     *
     * @param searches by name, the tables of runs of a search that differ in their seed only
     */
    public static Figure bestSoFar(String value, Best best, Map<String, List<Table>> searches) {
        return BestSoFar.overRepeats(Labels.inOrder(searches), value, best);
    }

    /**
     * The best result of several searches by name over what their trials had taken until then.
     *
     * @param spent a column to be added up over all trials in the table's order, such as "tokens" or "trial_seconds";
     *     results are those of finished trials, for a pruned one was measured after fewer steps
     * @throws IllegalArgumentException if a table lacks that column
     */
    public static Figure bestSoFar(Map<String, Table> searches, String value, Best best, String spent) {
        searches.values().forEach(trials -> Points.requireColumns(trials, List.of(spent)));
        return BestSoFar.of(Labels.inOrder(searches), value, best, spent);
    }

    /**
     * How much of the differences between finished trials each setting explains alone, and which pairs explain together
     * that neither does alone, with two standard errors to either side: a functional analysis of variance of a random
     * forest ({@link trivium.measure.Fanova}).
     */
    public static Figure importance(Table trials, String value, String... hyperparameters) {
        return Importance.of(FinishedTrials.finished(trials), value, List.of(hyperparameters));
    }

    /**
     * A loss against the size of what made it, on logarithmic axes, with the line L = a · x^−b of least squares between
     * the logarithms.
     *
     * @param runs one row a run
     * @param size the column of sizes, such as "parameters" or "tokens"
     * @param loss the column of losses
     * @throws IllegalArgumentException if the table lacks one of the two
     */
    public static Figure scaling(Table runs, String size, String loss) {
        if (!runs.isEmpty()) {
            Points.requireColumns(runs, List.of(size, loss));
        }
        return Scaling.of(runs, size, loss);
    }

    private static Stream<Run> runs(Trained... trained) {
        return Arrays.stream(trained).map(Trained::run);
    }

    private static Map<String, Run> named(Trained... runs) {
        var named = new LinkedHashMap<String, Run>();
        var list = runs(runs).toList();
        if (list.size() == 1 && list.getFirst().card().name() == null) {
            named.put("the " + Labels.kind(list.getFirst().card().kind()), list.getFirst());
            return named;
        }
        var names = Labels.names(list);
        for (int i = 0; i < list.size(); i++) {
            named.put(names.get(i), list.get(i));
        }
        return named;
    }

    private static Map<String, Table> tables(Map<String, Run> runs) {
        var tables = new LinkedHashMap<String, Table>();
        runs.forEach((name, run) -> tables.put(name, run.metrics()));
        return tables;
    }
}
