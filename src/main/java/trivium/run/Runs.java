package trivium.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.measure.Summary;
import trivium.text.Numbers;
import trivium.train.Length;

/**
 * Runs of one recipe that differ in their seed alone: {@code recipe.seeds(5)}.
 *
 * @param list in the order they were trained, at least one, no two with one seed
 */
public record Runs(List<Run> list) implements Iterable<Run> {

    /** What the name of a kept run has between the series' name and the seed. */
    private static final String SEED = "-seed-";

    public Runs {
        list = List.copyOf(list);
        if (list.isEmpty()) {
            throw new IllegalArgumentException("a series of runs needs at least one run");
        }
        var seeds = new LinkedHashSet<Long>();
        for (var run : list) {
            if (!seeds.add(seed(run))) {
                throw new IllegalArgumentException("two runs of a series have the seed " + seed(run)
                        + ": expected runs that differ in their seed");
            }
            if (!run.card().kind().equals(list.getFirst().card().kind())) {
                throw new IllegalArgumentException("a series of runs is of one recipe, but "
                        + list.getFirst().label() + " is of kind "
                        + list.getFirst().card().kind() + " and "
                        + run.label() + " of kind " + run.card().kind());
            }
        }
    }

    /** See {@link Recipe#seeds}. */
    static <R extends Recipe<R>> Runs train(R recipe, int count) {
        if (count < 1) {
            throw new IllegalArgumentException(count + " seeds: expected at least 1");
        }
        long first = recipe.optimisation().seed();
        var runs = new ArrayList<Run>();
        for (int i = 0; i < count; i++) {
            if (i > 0 && Thread.currentThread().isInterrupted()) {
                break;
            }
            var each = recipe.seed(first + i).with(options(recipe.options(), first + i, i, count));
            if (i > 0 && recipe.optimisation().length() instanceof Length.Minutes) {
                // what differs should be the seed alone
                each = each.steps(((Number) runs.getFirst().card().recipe().get("steps")).longValue());
            }
            try {
                runs.add(each.run().run());
            } catch (CancellationException e) {
                if (runs.isEmpty()) {
                    throw e;
                }
                Thread.currentThread().interrupt(); // as a training that is stopped between its steps leaves it
            }
        }
        return new Runs(runs);
    }

    private static RunOptions options(RunOptions all, long seed, int done, int count) {
        var heard = all.progress(
                new SeedProgress(all.progress(), "seed " + seed + " (" + (done + 1) + " of " + count + ")"));
        var folder = all.folder();
        return folder == null
                ? heard
                : new RunOptions(heard.progress(), folder(folder, seed), all.every(), all.trackers());
    }

    private static Path folder(Path all, long seed) {
        return all.resolve(all.getFileName() + SEED + seed);
    }

    @Override
    public Iterator<Run> iterator() {
        return list.iterator();
    }

    /** How many. */
    public int count() {
        return list.size();
    }

    /** The seeds, in the order of the runs. */
    public List<Long> seeds() {
        return list.stream().map(Runs::seed).toList();
    }

    private static long seed(Run run) {
        return run.card().origin().seed();
    }

    /** What to call the series: the name that its runs have, or their kind. */
    public String label() {
        var first = list.getFirst().card();
        return first.name() == null ? first.kind() : first.name();
    }

    /** These runs, each with this name, which legends and tables then say of the series. */
    public Runs named(String name) {
        return new Runs(list.stream().map(run -> run.named(name)).toList());
    }

    /**
     * Those that did all that was asked for. Leaving out seeds that diverged makes a recipe look better than it is.
     *
     * @throws IllegalArgumentException if none did
     */
    public Runs finished() {
        var finished = list.stream().filter(Runs::isFinished).toList();
        if (finished.isEmpty()) {
            throw new IllegalArgumentException("no run of the series finished: " + endings());
        }
        return new Runs(finished);
    }

    private static boolean isFinished(Run run) {
        return run.card().outcome().status().isFinished();
    }

    private String endings() {
        return list.stream()
                .filter(run -> !isFinished(run))
                .map(run -> "seed " + seed(run) + " "
                        + run.card().outcome().status().text())
                .collect(Collectors.joining("; "));
    }

    /**
     * Refuses a series of which a run did not finish: a mean over the others says nothing about the recipe.
     *
     * @throws IllegalStateException which says what became of them
     */
    public void requireFinished() {
        if (!list.stream().allMatch(Runs::isFinished)) {
            throw new IllegalStateException(
                    "not all runs of " + label() + " finished (" + endings()
                            + "); take finished() for the others alone, which leaves out what the recipe does with these seeds");
        }
    }

    /** The newest value of a metric of each run, such as "validation_loss", in the order of the runs. */
    public double[] values(String metric) {
        return list.stream().mapToDouble(run -> run.last(metric)).toArray();
    }

    /** Mean and spread over the seeds of the newest values of a metric, with the mean's 95 % interval (Student's). */
    public Summary summary(String metric) {
        return Summary.of(values(metric));
    }

    /**
     * A row a metric that all runs have: columns "metric", "mean", the ends "low" and "high" of the 95 % interval of
     * the mean (missing with one seed), "sd" (n − 1; missing with one seed) and "seeds", of the runs' newest values.
     */
    public Table table() {
        var metric = StringColumn.create("metric");
        var numbers = List.of(
                DoubleColumn.create("mean"),
                DoubleColumn.create("low"),
                DoubleColumn.create("high"),
                DoubleColumn.create("sd"));
        var seeds = IntColumn.create("seeds");
        for (var name : list.getFirst().metrics().columnNames()) {
            if (name.equals(MetricsTable.STEP) || !list.stream().allMatch(run -> run.has(name))) {
                continue;
            }
            var summary = summary(name);
            boolean several = summary.count() > 1;
            double[] row = {
                summary.mean(),
                several ? summary.interval().low() : Double.NaN,
                several ? summary.interval().high() : Double.NaN,
                several ? summary.standardDeviation() : Double.NaN
            };
            metric.append(name);
            for (int i = 0; i < row.length; i++) {
                numbers.get(i).append(row[i]);
            }
            seeds.append(summary.count());
        }
        var table = Table.create(toString(), metric);
        numbers.forEach(table::addColumns);
        return table.addColumns(seeds);
    }

    /** "pretrain, 5 seeds from 42: validation loss mean 2.317 (95 % interval …), sd 0.012, n = 5". */
    @Override
    public String toString() {
        var text = label() + ", "
                + (count() == 1
                        ? "one seed (" + seeds().getFirst() + ")"
                        : Numbers.count(count(), "seed") + " " + seeds());
        for (var metric : List.of(Metric.VALIDATION_LOSS, Metric.REWARD)) {
            if (list.stream().allMatch(run -> run.has(metric.name()))) {
                return text + ": " + metric.label() + " " + summary(metric.name())
                        + (endings().isEmpty() ? "" : "; " + endings());
            }
        }
        return text + (endings().isEmpty() ? "" : "; " + endings());
    }
}
