package trivium.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tech.tablesaw.api.Row;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.align.Reward;
import trivium.data.Conversations;
import trivium.data.Corpus;
import trivium.figure.Figure;
import trivium.figure.Figures;
import trivium.figure.Labels;
import trivium.measure.Verifiable;
import trivium.report.PhaseMaterial.Asked;
import trivium.report.PhaseMaterial.Exam;
import trivium.report.PhaseStudy.Found;
import trivium.run.Metric;
import trivium.run.Progress;
import trivium.run.Run;
import trivium.text.Numbers;

/**
 * What each phase of a training changed: runs in the order of the phases, each of which began with the one before, are
 * asked the same, and the answers are measured (docs/changes.md says how). Nothing is measured before something is
 * asked of it, and then all of it once; in a cell that is when it is shown.
 *
 * <p>What is not given is looked for in the runs: the text that a pre-training held back, the prompts that an alignment
 * held out, the conversations that a fine-tuning held back. What cannot be measured is left out, and {@link #notes}
 * says what and why.
 */
public final class Changes {

    private final List<Run> runs;
    private final PhaseMaterial material;
    private final Map<String, Reward> rewards;
    private final Progress progress;
    private Found found; // once it is measured

    private Changes(List<Run> runs, PhaseMaterial material, Map<String, Reward> rewards, Progress progress) {
        this.runs = runs;
        this.material = material;
        this.rewards = rewards;
        this.progress = progress;
    }

    /**
     * Of these runs, in the order of the phases.
     *
     * @throws IllegalArgumentException for fewer than two
     */
    public static Changes of(Run... runs) {
        if (runs.length < 2) {
            throw new IllegalArgumentException(
                    "what a phase changed shows beside the phase before: expected two runs at"
                            + " least, such as changes(base, tuned), not " + runs.length);
        }
        return new Changes(List.of(runs), PhaseMaterial.FROM_RUNS, Map.of(), Progress.SILENT);
    }

    /** Draws the answers that are measured to these prompts. */
    public Changes prompts(List<String> prompts) {
        if (prompts.isEmpty()) {
            throw new IllegalArgumentException("there are no prompts to answer; give at least one");
        }
        return with(material.asked(
                new Asked(prompts.stream().distinct().toList(), material.asked().samples())));
    }

    /**
     * How many answers are drawn to each prompt, four unless it is said; diversity needs two.
     *
     * @param count at least 1
     */
    public Changes samples(int count) {
        if (count < 1) {
            throw new IllegalArgumentException(count + " answers to each prompt: expected at least 1");
        }
        return with(material.asked(new Asked(material.asked().prompts(), count)));
    }

    /** Counts how many of these conversations are answered exactly as expected. */
    public Changes questions(Conversations questions) {
        return with(material.exam(new Exam(questions, material.exam().verified())));
    }

    /** Counts how many of these prompts a checker finds answered rightly. */
    public Changes verified(Iterable<? extends Verifiable> asked) {
        var list = new ArrayList<Verifiable>();
        asked.forEach(list::add);
        return with(material.exam(new Exam(material.exam().questions(), List.copyOf(list))));
    }

    /** Measures bits per byte on these documents, which no run should have learned from. */
    public Changes text(Corpus heldOut) {
        return with(material.text(heldOut));
    }

    /**
     * What is read for {@link #attention} and {@link #lens}, as it is: names of special tokens in it stand for these.
     * Without it that is the shortest prompt, in the chat template.
     */
    public Changes sentence(String sentence) {
        return with(material.sentence(sentence));
    }

    /** Asks a judge about the answers of every phase. */
    public Changes reward(Reward judge) {
        return reward("reward", judge);
    }

    /** Asks one more judge, or a gold reward, which the table calls by this name. */
    public Changes reward(String name, Reward judge) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("a reward needs a name for the table, such as \"gold\"");
        }
        var more = new LinkedHashMap<>(rewards);
        more.put(name, judge);
        return new Changes(runs, material, more, progress);
    }

    /** The listener that is told how far the measuring is. */
    public Changes progress(Progress listener) {
        return new Changes(runs, material, rewards, listener);
    }

    private Changes with(PhaseMaterial other) {
        return new Changes(runs, other, rewards, progress);
    }

    private synchronized Found found() {
        if (found == null) {
            found = new PhaseStudy(runs, material, rewards, progress).measure();
        }
        return found;
    }

    /**
     * A row for each measure and each run that has it: columns "measure", "run", "value", "low" and "high" (95 %
     * interval), "unit", "n" and "of" (how many of what), "change" (from the run before, on the same prompts, questions
     * or documents), "change_low" and "change_high" (its 95 % interval).
     */
    public Table table() {
        return found().measures().copy();
    }

    /**
     * A row for each tensor and each run but the first: columns "run", "tensor", "layer" (0 for the embedding, blocks
     * from 1, then what follows), "parameters", "size" (‖Δ‖), "before" (‖W‖), "relative" (‖Δ‖ / ‖W‖), and of matrices
     * "rank", "effective_rank" and "full_rank".
     */
    public Table layers() {
        return found().distance().layers().copy();
    }

    /**
     * KL to the phase before at each position of the answers: columns "run", "position" (from 1), "kl" (nats), "low"
     * and "high" (95 % interval), "n" (answers that are as long).
     */
    public Table positions() {
        return found().distance().positions().copy();
    }

    /**
     * The tokens that contribute most to the KL to the phase before: columns "run", "token", "kl" (nats per answer,
     * below 0 for a token that has become rarer), "before" and "after" (how often the phase before and the phase itself
     * expect it in an answer).
     */
    public Table tokens() {
        return found().distance().tokens().copy();
    }

    /** What was left out and why, and what would bring it; a sentence each. */
    public List<String> notes() {
        return found().notes();
    }

    /** The measures of each phase, the divergence from the phase before, and the changes of weights, in panels. */
    public Figure figure() {
        var all = found();
        return Figures.changes(
                all.measures(),
                all.distance().positions(),
                all.distance().tokens(),
                all.distance().layers());
    }

    /** Where the head that changed most looks, at each phase; empty for models without attention. */
    public Optional<Figure> attention() {
        return found().attention().map(Figures::attention);
    }

    /** What each phase would say after each of its blocks; empty for models that are no transformers. */
    public Optional<Figure> lens() {
        return found().lens().map(Figures::logitLens);
    }

    /**
     * {@link #table} for people: a row for each measure, and in a column for each run its value with the 95 % interval
     * and, behind a semicolon, the change from the run before with its interval.
     */
    public Table summary() {
        var names = found().measures().stringColumn("run").unique().asList().stream()
                .sorted(Comparator.comparingInt(Labels.names(runs)::indexOf))
                .toList();
        var table = Table.create("changes", StringColumn.create("measure"));
        names.forEach(name -> table.addColumns(StringColumn.create(name)));
        table.addColumns(StringColumn.create("n"));
        var rows = new LinkedHashMap<String, Map<String, String>>();
        for (var row : found().measures()) {
            var unit = row.getString("unit");
            var name = row.getString("measure") + (unit.isEmpty() ? "" : " (" + shown(unit) + ")");
            var cells = rows.computeIfAbsent(name, _ -> new LinkedHashMap<>());
            cells.put(row.getString("run"), cell(row));
            cells.put("n", Numbers.count(row.getInt("n")) + " " + row.getString("of"));
        }
        rows.forEach((name, cells) -> {
            table.stringColumn("measure").append(name);
            names.forEach(run -> table.stringColumn(run).append(cells.getOrDefault(run, "")));
            table.stringColumn("n").append(cells.get("n"));
        });
        return table;
    }

    private static String shown(String unit) {
        return unit.equals(Metric.SHARE) ? "%" : unit;
    }

    private static String cell(Row row) {
        double scale = row.getString("unit").equals(Metric.SHARE) ? 100 : 1;
        var cell = Numbers.brief(scale * row.getDouble("value")) + ends(row, "low", "high", scale, false);
        return row.isMissing("change")
                ? cell
                : cell + "; " + signed(scale * row.getDouble("change"))
                        + ends(row, "change_low", "change_high", scale, true);
    }

    private static String ends(Row row, String low, String high, double scale, boolean signed) {
        if (row.isMissing(low)) {
            return "";
        }
        double from = scale * row.getDouble(low);
        double to = scale * row.getDouble(high);
        return signed
                ? " (" + signed(from) + " to " + signed(to) + ")"
                : " (" + Numbers.brief(from) + " to " + Numbers.brief(to) + ")";
    }

    private static String signed(double value) {
        return (value > 0 ? "+" : "") + Numbers.brief(value);
    }

    /** {@link #summary}, and what was left out. */
    @Override
    public String toString() {
        var lines = new ArrayList<String>();
        lines.add(summary().print());
        notes().forEach(note -> lines.add("left out: " + note));
        return String.join("\n", lines);
    }
}
