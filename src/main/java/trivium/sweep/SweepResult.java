package trivium.sweep;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.Column;
import trivium.measure.Summary;
import trivium.run.MetricsTable;
import trivium.run.Progress;
import trivium.run.Status;
import trivium.run.TableExport;
import trivium.text.Numbers;

/**
 * What a sweep found.
 *
 * @param trials those that were begun, by number
 * @param outcome how the sweep ended
 * @param goals what trials are ranked by: the sweep's own goals, or those of its search; may be none
 * @param confirmation the best settings once more with fresh seeds, see {@link Sweep#confirm}; no part of
 *     {@link #table}, which has what the search saw
 */
public record SweepResult(List<TrialResult> trials, Status outcome, List<Goal> goals, List<TrialResult> confirmation) {

    /** The column of {@link #table} with the wall clock of each trial. */
    static final String TRIAL_SECONDS = "trial_seconds";

    static final String SECONDS_ARE_NO_METRIC = "\"" + TRIAL_SECONDS + "\" is no goal, for it is the wall clock of a"
            + " trial with its preparation, on a machine that several trials may share, and no metric of it; expected"
            + " a metric, such as \"seconds\" of a training, or the time that the trial's function measures itself";

    public SweepResult {
        trials = List.copyOf(trials);
        goals = List.copyOf(goals);
        confirmation = List.copyOf(confirmation);
    }

    /** Of a sweep without a goal that confirmed nothing. */
    public SweepResult(List<TrialResult> trials, Status outcome) {
        this(trials, outcome, List.of(), List.of());
    }

    private SweepResult of(List<TrialResult> others) {
        return new SweepResult(others, outcome, goals, List.of());
    }

    /**
     * The best settings with fresh seeds, the best of the search first: {@code confirmed().overSeeds().table()}. What
     * these measured is not too good for having been picked, as the numbers of the search are (docs/better.md, "The
     * best of several").
     *
     * @throws IllegalArgumentException if the sweep confirmed nothing
     */
    public SweepResult confirmed() {
        if (confirmation.isEmpty()) {
            throw new IllegalArgumentException(
                    "the sweep confirmed nothing: expected some settings with fresh seeds, as"
                            + " in sweep(…).goal(…).confirm(3, 5), of a sweep that was not interrupted");
        }
        return of(confirmation);
    }

    /**
     * One row a trial, by number: "trial", "outcome", "seed" if there are several, every hyperparameter, every metric,
     * "trial_seconds". A cell is empty where a hyperparameter was not active or a metric not measured.
     */
    public Table table() {
        var columns = new ArrayList<Column<?>>();
        columns.add(IntColumn.create(
                "trial",
                trials.stream().mapToInt(result -> result.trial().number()).toArray()));
        columns.add(StringColumn.create(
                "outcome", trials.stream().map(result -> result.outcome().text())));
        var hyperparameters = names(result -> result.trial().values());
        long[] seeds =
                trials.stream().mapToLong(result -> result.trial().seed()).toArray();
        if (!hyperparameters.contains("seed") && Arrays.stream(seeds).distinct().count() > 1) {
            columns.add(LongColumn.create("seed", seeds));
        }
        for (var hyperparameter : hyperparameters) {
            columns.add(hyperparameterColumn(hyperparameter));
        }
        var metrics = names(TrialResult::metrics);
        metrics.removeAll(hyperparameters); // a metric called as a hyperparameter adds nothing to it
        for (var metric : metrics) {
            var values = trials.stream().map(result -> result.metrics().getOrDefault(metric, Double.NaN));
            columns.add(DoubleColumn.create(metric, values.toArray(Double[]::new)));
        }
        columns.add(DoubleColumn.create(
                TRIAL_SECONDS, trials.stream().mapToDouble(TrialResult::seconds).toArray()));
        MetricsTable.tellApart(columns);
        return Table.create("sweep", columns);
    }

    /** Saves the table as .csv, .md or .tex, see {@link TableExport}. */
    public Path save(String file) {
        return TableExport.save(table(), Path.of(file));
    }

    /**
     * The finished trial with the lowest value of a metric, such as "validation_loss".
     *
     * @throws IllegalArgumentException if there is none, which says how many trials did not finish and why
     */
    public TrialResult lowest(String metric) {
        return best(Goal.lowest(metric));
    }

    /** The finished trial with the highest value of a metric, such as "reward"; see {@link #lowest}. */
    public TrialResult highest(String metric) {
        return best(Goal.highest(metric));
    }

    /** The finished trial that comes nearest to a goal, the first of equals; see {@link #lowest}. */
    public TrialResult best(Goal goal) {
        var found = trials.stream()
                .filter(result -> result.isFinished() && result.metrics().containsKey(goal.metric()))
                .toList();
        if (found.isEmpty()) {
            throw new IllegalArgumentException(
                    noneFinished()
                            ? reasons()
                            : goal.metric().equals(TRIAL_SECONDS)
                                    ? SECONDS_ARE_NO_METRIC
                                    : "no finished trial has a metric \"" + goal.metric() + "\"; there are "
                                            + names(TrialResult::metrics) + exceptions());
        }
        return found.stream()
                .min(Comparator.comparingDouble(
                        result -> goal.cost(result.metrics().get(goal.metric()))))
                .orElseThrow();
    }

    /** The finished trial that comes nearest to the sweep's own goal, the first of {@link #goals}. */
    public TrialResult best() {
        return best(asked(goals).getFirst());
    }

    /**
     * The settings best first, by the sweep's goals as {@link Front#order} has it: one that finished is before all that
     * did not. Means over the seeds where there are several.
     */
    public SweepResult ranked() {
        return ranked(asked(goals));
    }

    private SweepResult ranked(List<Goal> by) {
        var settings = overSeeds().trials();
        var finished = settings.stream().filter(TrialResult::isFinished).toList();
        var order = Front.order(by, finished.stream().map(TrialResult::metrics).toList());
        var ranked = new ArrayList<>(order.stream().map(finished::get).toList());
        settings.stream().filter(result -> !result.isFinished()).forEach(ranked::add);
        return new SweepResult(ranked, outcome, by, List.of());
    }

    /**
     * The Pareto front of the sweep's own goals: the {@link #table} of the settings that finished and that no other
     * dominates, from the best by the first goal on.
     *
     * @throws IllegalArgumentException if the sweep has no goals, or no setting finished with a value of each
     */
    public Table front() {
        return front(goals.toArray(Goal[]::new));
    }

    /**
     * The Pareto front of other goals: {@code front(Goal.highest("reward"), Goal.lowest("kl"))}; see {@link #front()}.
     */
    public Table front(Goal... by) {
        return onFront(by).table();
    }

    /** The trials of {@link #front(Goal...)}; those of the sweep's own goals where none is given. */
    public SweepResult onFront(Goal... by) {
        var chosen = asked(by.length == 0 ? goals : List.of(by));
        var ranked = ranked(chosen).trials().stream()
                .filter(result -> result.isFinished() && Front.isComplete(Front.costs(chosen, result.metrics())))
                .toList();
        if (ranked.isEmpty()) {
            throw new IllegalArgumentException(
                    noneFinished()
                            ? reasons()
                            : chosen.stream().anyMatch(goal -> goal.metric().equals(TRIAL_SECONDS))
                                    ? SECONDS_ARE_NO_METRIC
                                    : "no finished trial has a value of each of " + chosen + "; there are "
                                            + names(TrialResult::metrics) + exceptions());
        }
        int[] ranks = Front.ranks(ranked.stream()
                .map(result -> Front.costs(chosen, result.metrics()))
                .toList());
        return new SweepResult(
                IntStream.range(0, ranks.length)
                        .filter(row -> ranks[row] == 0)
                        .mapToObj(ranked::get)
                        .toList(),
                outcome,
                chosen,
                List.of());
    }

    private static List<Goal> asked(List<Goal> goals) {
        if (goals.isEmpty()) {
            throw new IllegalArgumentException("the sweep has no goal: expected one, as in"
                    + " sweep(…).goal(Goal.lowest(\"validation_loss\")), or ask for best(goal) or front(goals)");
        }
        return goals;
    }

    /** What became of trials that did not finish in a sweep that did: " (of 12 trials 2 diverged, 1 failed)". */
    String exceptions() {
        if (!outcome.isFinished() || trials.stream().allMatch(TrialResult::isFinished)) {
            return "";
        }
        return byEnding().entrySet().stream()
                .filter(ending -> !ending.getValue().getFirst().isFinished())
                .map(this::ending)
                .collect(Collectors.joining(", ", " (of " + trials.size() + " trials ", ")"));
    }

    boolean noneFinished() {
        return trials.stream().noneMatch(TrialResult::isFinished);
    }

    /** Why no trial finished, by how they ended, with the first one's own reason. */
    String reasons() {
        if (trials.isEmpty()) {
            return "the sweep has no trials";
        }
        return (trials.size() == 1
                        ? "the only trial did not finish: "
                        : "none of the " + trials.size() + " trials finished: ")
                + byEnding().entrySet().stream().map(this::ending).collect(Collectors.joining(", "));
    }

    /** "2 failed (trial 3: no room)", with the first one's reason; of pruned trials the number alone. */
    private String ending(Map.Entry<String, List<TrialResult>> ending) {
        var first = ending.getValue().getFirst();
        return ending.getValue().size() + " " + ending.getKey()
                + (first.reason().isEmpty() ? "" : " (trial " + first.trial().number() + ": " + first.reason() + ")");
    }

    private Map<String, List<TrialResult>> byEnding() {
        return trials.stream()
                .collect(Collectors.groupingBy(
                        result -> result.outcome().word(), LinkedHashMap::new, Collectors.toList()));
    }

    /**
     * One row a setting, in the order of the search: each metric is the mean over the seeds that finished, beside it
     * "metric_sd" with their standard deviation (n - 1), "metric_low" and "metric_high" with the ends of the mean's 95
     * % interval (all missing for one seed), and "seeds" says how many they are. A setting has finished if it did so
     * with every seed; else its outcome is that of the first that did not. A setting that was tried twice with one seed
     * counts once, and a metric called as a hyperparameter has no interval, for its column is the hyperparameter's.
     * Where every setting was run once, it is this result.
     */
    public SweepResult overSeeds() {
        var settings = new LinkedHashMap<Map<String, Object>, List<TrialResult>>();
        for (var result : trials) {
            settings.computeIfAbsent(result.trial().values(), _ -> new ArrayList<>())
                    .add(result);
        }
        if (settings.size() == trials.size()) {
            return this;
        }
        var rows = new ArrayList<TrialResult>();
        var hyperparameters = names(result -> result.trial().values());
        for (var results : settings.values()) {
            rows.add(overSeeds(rows.size(), ofEachSeed(results), hyperparameters));
        }
        return of(rows);
    }

    /** The first with each seed. */
    private static List<TrialResult> ofEachSeed(List<TrialResult> results) {
        var bySeed = new LinkedHashMap<Long, TrialResult>();
        results.forEach(result -> bySeed.putIfAbsent(result.trial().seed(), result));
        return List.copyOf(bySeed.values());
    }

    private static TrialResult overSeeds(int number, List<TrialResult> results, Set<String> hyperparameters) {
        var first = results.getFirst().trial();
        var finished = results.stream().filter(TrialResult::isFinished).toList();
        var metrics = new LinkedHashMap<String, Double>();
        for (var metric : new SweepResult(finished, new Status.Finished()).names(TrialResult::metrics)) {
            double[] values = finished.stream()
                    .filter(result -> result.metrics().containsKey(metric))
                    .mapToDouble(result -> result.metrics().get(metric))
                    .toArray();
            var summary = Summary.of(values);
            boolean several = values.length > 1;
            metrics.put(metric, summary.mean());
            if (hyperparameters.contains(metric)) {
                continue;
            }
            metrics.put(metric + "_sd", several ? summary.standardDeviation() : Double.NaN);
            metrics.put(metric + "_low", several ? summary.interval().low() : Double.NaN);
            metrics.put(metric + "_high", several ? summary.interval().high() : Double.NaN);
        }
        metrics.put("seeds", (double) finished.size());
        var outcomes = results.stream().map(TrialResult::outcome);
        return new TrialResult(
                new Trial(number, first.seed(), first.values(), Progress.SILENT),
                metrics,
                outcomes.filter(outcome -> !outcome.isFinished()).findFirst().orElse(new Status.Finished()),
                results.stream().mapToDouble(TrialResult::seconds).sum(),
                List.of());
    }

    private LinkedHashSet<String> names(Function<TrialResult, Map<String, ?>> part) {
        var names = new LinkedHashSet<String>();
        trials.forEach(result -> names.addAll(part.apply(result).keySet()));
        return names;
    }

    private Column<?> hyperparameterColumn(String hyperparameter) {
        var values = trials.stream()
                .map(result -> result.trial().values().get(hyperparameter))
                .toList();
        if (values.stream().allMatch(value -> value == null || value instanceof Integer || value instanceof Long)) {
            var column = LongColumn.create(hyperparameter);
            values.forEach(value -> column.append(value == null ? null : (Long) ((Number) value).longValue()));
            return column;
        }
        if (values.stream().allMatch(value -> value == null || value instanceof Number)) {
            return DoubleColumn.create(
                    hyperparameter,
                    values.stream()
                            .mapToDouble(value -> value == null ? Double.NaN : ((Number) value).doubleValue())
                            .toArray());
        }
        return StringColumn.create(hyperparameter, values.stream().map(value -> value == null ? "" : value.toString()));
    }

    @Override
    public String toString() {
        return Numbers.count(trials.size(), "trial") + ", " + outcome.text() + exceptions();
    }
}
