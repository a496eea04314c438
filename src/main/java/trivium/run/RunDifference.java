package trivium.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.model.Models;
import trivium.text.Numbers;

/**
 * What differs between two runs in recipe, data, outcome and machine. Names, times and durations don't count.
 *
 * @param a the one run, by its name or id
 * @param b the other
 * @param lines only what differs
 * @param equal how many settings, hashes, metrics and facts are the same; settings of the model count where both runs
 *     name them
 */
public record RunDifference(String a, String b, List<Line> lines, int equal) {

    private static final String DATA_HASH = "SHA-256";
    private static final String MODEL = "model";

    /**
     * One difference.
     *
     * @param part "recipe", "data", "outcome" or "machine"
     * @param name of the setting, metric or fact
     * @param a its value in the one run, or "" if it has none
     * @param b its value in the other
     */
    public record Line(String part, String name, String a, String b) {}

    public RunDifference {
        lines = List.copyOf(lines);
    }

    /** Between two runs in memory. */
    public static RunDifference of(Run a, Run b) {
        return of(new StoredRun(a.card(), newest(a)), new StoredRun(b.card(), newest(b)));
    }

    private static Map<String, Double> newest(Run run) {
        var newest = new LinkedHashMap<String, Double>();
        run.metrics().columnNames().stream().filter(run::has).forEach(name -> newest.put(name, run.last(name)));
        return newest;
    }

    static RunDifference of(StoredRun a, StoredRun b) {
        var lines = new ArrayList<Line>();
        int all = 0;
        var other = parts(b);
        for (var part : parts(a).entrySet()) {
            var mine = part.getValue();
            var its = other.get(part.getKey());
            var names = new LinkedHashSet<>(mine.keySet());
            names.addAll(its.keySet());
            if (part.getKey().equals("recipe")) {
                names.removeAll(ofOneModel(a.card(), b.card()));
            }
            all += names.size();
            names.stream()
                    .filter(name -> !Objects.equals(mine.get(name), its.get(name)))
                    .filter(name -> !isSameData(part.getKey(), name, mine, its))
                    .map(name -> line(part.getKey(), name, mine.get(name), its.get(name)))
                    .forEach(lines::add);
        }
        return new RunDifference(a.card().label(), b.card().label(), lines, all - lines.size());
    }

    /** Whether a difference is only in how the same data is named: by its file, or as the records in a run's folder. */
    private static boolean isSameData(String part, String name, Map<String, Object> mine, Map<String, Object> its) {
        return part.equals("data")
                && RunCard.DATA.contains(name)
                && !"".equals(mine.get(DATA_HASH))
                && Objects.equals(mine.get(DATA_HASH), its.get(DATA_HASH));
    }

    /**
     * The settings of the model where only one of the runs names them: the other one has the model of the run that it
     * started from.
     */
    private static Set<String> ofOneModel(RunCard a, RunCard b) {
        var named = a.recipe().containsKey(MODEL) ? a : b;
        if (!named.recipe().containsKey(MODEL)
                || a.recipe().containsKey(MODEL) && b.recipe().containsKey(MODEL)) {
            return Set.of();
        }
        try {
            var settings = new LinkedHashMap<String, Object>();
            RunRow.flatten("", Models.config(named.recipe(), named.id()).settings(), settings);
            settings.put("vocabulary", "");
            return settings.keySet();
        } catch (IllegalArgumentException e) {
            return Set.of(MODEL); // a kind of model that this version lacks
        }
    }

    private static Map<String, Map<String, Object>> parts(StoredRun run) {
        var card = run.card();
        var recipe = new LinkedHashMap<String, Object>();
        recipe.put("kind", card.kind());
        recipe.put("start", card.parent());
        recipe.put("seed", card.origin().seed());
        RunRow.flatten("", card.shownRecipe(), recipe);
        var data = new LinkedHashMap<String, Object>();
        RunCard.DATA.stream().filter(recipe::containsKey).sorted().forEach(name -> data.put(name, recipe.remove(name)));
        data.put(DATA_HASH, card.origin().dataHash());
        var outcome = new LinkedHashMap<String, Object>();
        outcome.put("outcome", card.outcome().status().text());
        outcome.putAll(run.newest());
        outcome.remove(Metric.SECONDS.name()); // differs always: the time is no result
        var machine = new LinkedHashMap<String, Object>();
        machine.put("commit", card.origin().commit());
        machine.putAll(card.origin().environment());
        var parts = new LinkedHashMap<String, Map<String, Object>>();
        parts.put("recipe", recipe);
        parts.put("data", data);
        parts.put("outcome", outcome);
        parts.put("machine", machine);
        return parts;
    }

    /** Numbers as people read them; those that differ further behind with as many digits as show it. */
    private static Line line(String part, String name, Object a, Object b) {
        var line = new Line(part, name, text(name, a, false), text(name, b, false));
        return line.a().equals(line.b()) ? new Line(part, name, text(name, a, true), text(name, b, true)) : line;
    }

    private static String text(String name, Object value, boolean exactly) {
        if (!(value instanceof Number number) || Numbers.isName(name)) {
            return value == null ? "" : value.toString();
        }
        return exactly ? Numbers.exact(number.doubleValue()) : Numbers.value(number.doubleValue());
    }

    /** Whether recipe, data and outcome are the same, whatever the machine. */
    public boolean isSame() {
        return lines.stream().allMatch(line -> line.part().equals("machine"));
    }

    /** A row for each difference: columns "part", "name" and one for each run. */
    public Table table() {
        return Table.create(
                a + " and " + b + ": " + lines.size() + " different, " + equal + " equal",
                StringColumn.create("part", lines.stream().map(Line::part)),
                StringColumn.create("name", lines.stream().map(Line::name)),
                StringColumn.create(a, lines.stream().map(Line::a)),
                StringColumn.create(a.equals(b) ? b + " (2)" : b, lines.stream().map(Line::b)));
    }

    /** Saves the table as .csv, .md or .tex, see {@link TableExport}. */
    public Path save(String file) {
        return TableExport.save(table(), Path.of(file));
    }

    @Override
    public String toString() {
        var text = new StringBuilder(a + " and " + b + ": " + lines.size() + " different, " + equal + " equal");
        for (var line : lines) {
            text.append("\n  ")
                    .append(line.part())
                    .append(": ")
                    .append(line.name())
                    .append(' ');
            text.append(line.a()).append(" | ").append(line.b());
        }
        return text.toString();
    }
}
