package trivium.report;

import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.align.PolicyOptimisation;
import trivium.align.RewardShift;
import trivium.figure.Labels;
import trivium.generate.GeneratedText;
import trivium.generate.Sampling;
import trivium.report.WordDiff.Segment;
import trivium.run.Run;
import trivium.run.TableExport;
import trivium.text.Numbers;

/**
 * Completions of the same prompts by several models, side by side, such as before fine-tuning, after it and after
 * alignment. Words that changed from one model to the next are marked; tokens are shaded by their log-probability under
 * the model that wrote them.
 *
 * @param prompts what all were given
 * @param sides what each model made of them, in the order of their training; at least one, each under a name of its own
 * @param summary what all of them come to, with its interval, in a sentence below the table; empty where nothing is
 *     measured
 */
public record BeforeAfter(List<String> prompts, List<Side> sides, String summary) {

    private static final String PROMPT = "prompt";
    private static final String BEFORE = "before";
    private static final String AFTER = "after";

    /**
     * One model's part.
     *
     * @param name heads the column
     * @param texts one for each prompt
     * @param notes a line below each text, such as its reward; empty where there is nothing to say
     */
    public record Side(String name, List<GeneratedText> texts, List<String> notes) {

        public Side {
            texts = List.copyOf(texts);
            notes = List.copyOf(notes);
            if (texts.size() != notes.size()) {
                throw new IllegalArgumentException(texts.size() + " texts and " + notes.size() + " notes under \""
                        + name + "\": expected one of each for every prompt");
            }
        }

        /** Without notes. */
        public Side(String name, List<GeneratedText> texts) {
            this(name, texts, Collections.nCopies(texts.size(), ""));
        }

        private Side first(int count) {
            return new Side(name, texts.subList(0, count), notes.subList(0, count));
        }
    }

    public BeforeAfter {
        prompts = List.copyOf(prompts);
        sides = List.copyOf(sides);
        if (sides.isEmpty()) {
            throw new IllegalArgumentException("a comparison needs what at least one model wrote");
        }
        var names = new HashSet<>(Set.of(PROMPT));
        for (var side : sides) {
            if (side.texts().size() != prompts.size()) {
                throw new IllegalArgumentException(prompts.size() + " prompts and "
                        + side.texts().size() + " completions under \"" + side.name()
                        + "\": expected one for every prompt");
            }
            if (!names.add(side.name())) {
                throw new IllegalArgumentException(
                        "two columns are called \"" + side.name() + "\"; give each model a name of its own");
            }
        }
    }

    /** Without a summary. */
    public BeforeAfter(List<String> prompts, List<Side> sides) {
        this(prompts, sides, "");
    }

    /** Completions with their log-probabilities, in columns called "before" and "after". */
    public static BeforeAfter of(List<String> prompts, List<GeneratedText> before, List<GeneratedText> after) {
        return new BeforeAfter(prompts, List.of(new Side(BEFORE, before), new Side(AFTER, after)));
    }

    /**
     * What the runs answer at temperature 0.7, in up to 80 tokens, all with the same random numbers. A column is called
     * as its run was named ({@link Run#named}); the columns of two runs without names are "before" and "after", those
     * of more runs say what the runs are, such as "fine-tuning", or their ids where two are the same.
     *
     * <p>Each is asked in its own chat template; a base model, which has learned none, in that of the first run here
     * that began with another.
     */
    public static BeforeAfter of(List<String> prompts, Run... runs) {
        var names = names(List.of(runs));
        var template = Stream.of(runs)
                .filter(run -> run.card().parent() != null)
                .findFirst()
                .map(Run::template);
        return new BeforeAfter(
                prompts,
                IntStream.range(0, runs.length)
                        .mapToObj(i -> {
                            boolean base =
                                    template.isPresent() && runs[i].card().parent() == null;
                            return new Side(
                                    names.get(i), written(base ? runs[i].with(template.get()) : runs[i], prompts));
                        })
                        .toList());
    }

    private static List<String> names(List<Run> runs) {
        boolean unnamed = runs.stream().allMatch(run -> run.card().name() == null);
        if (runs.size() == 2 && unnamed) {
            return List.of(BEFORE, AFTER);
        }
        return Labels.names(runs);
    }

    /**
     * The answers to an alignment's held-out prompts before and after it, with their rewards below (table "rewards"),
     * and below all of them the mean rewards with the interval of their change ({@link RewardShift}). The
     * log-probabilities of the tokens are not known.
     */
    public static BeforeAfter of(Run aligned) {
        var rewards = aligned.table(PolicyOptimisation.REWARDS);
        return new BeforeAfter(
                rewards.stringColumn(PROMPT).asList(),
                List.of(side(rewards, BEFORE), side(rewards, AFTER)),
                "All: " + RewardShift.of(aligned) + "; one seed.");
    }

    private static Side side(Table rewards, String when) {
        var texts = rewards.stringColumn(when + "_text").asList();
        var notes = IntStream.range(0, texts.size())
                .mapToObj(row -> note(rewards, "reward", when, row)
                        + (rewards.containsColumn("gold_" + when)
                                ? ", " + note(rewards, "gold", "gold_" + when, row)
                                : ""))
                .toList();
        return new Side(when, texts.stream().map(GeneratedText::of).toList(), notes);
    }

    private static String note(Table rewards, String what, String column, int row) {
        return what + " " + Numbers.brief(rewards.numberColumn(column).getDouble(row));
    }

    private static List<GeneratedText> written(Run run, List<String> prompts) {
        var completions = run.completions();
        var sampling = Sampling.atTemperature(0.7).maxTokens(80);
        return completions.written(completions.replies(prompts, run.template(), sampling));
    }

    /** The first {@code count} prompts, or all where there are fewer; the summary stays that of all. */
    public BeforeAfter first(int count) {
        int kept = Math.clamp(count, 0, prompts.size());
        return new BeforeAfter(
                prompts.subList(0, kept),
                sides.stream().map(side -> side.first(kept)).toList(),
                summary);
    }

    /** Columns "prompt" and one for each side under its name, such as "before" and "after"; a row for each prompt. */
    public Table table() {
        var table = Table.create("completions", StringColumn.create(PROMPT, prompts));
        sides.forEach(side -> table.addColumns(
                StringColumn.create(side.name(), side.texts().stream().map(GeneratedText::text))));
        return table;
    }

    /** Saves the table as .csv, .md or .tex, see {@link TableExport}. */
    public Path save(String file) {
        return TableExport.save(table(), Path.of(file));
    }

    /**
     * The text of a row, cut where words change: of the first side those that the second lacks, of each other those
     * that the one before it lacks.
     */
    List<Segment> changes(int row, int side) {
        var text = sides.get(side).texts().get(row).text();
        if (sides.size() == 1) {
            return text.isEmpty() ? List.of() : List.of(new Segment(text, false));
        }
        return side == 0
                ? WordDiff.of(text, text(row, 1)).before()
                : WordDiff.of(text(row, side - 1), text).after();
    }

    private String text(int row, int side) {
        return sides.get(side).texts().get(row).text();
    }

    /** Whether the log-probabilities are known, so that tokens can be shaded. */
    boolean isScored() {
        return sides.stream().flatMap(side -> side.texts().stream()).anyMatch(GeneratedText::isScored);
    }

    /** The sentence that explains the marks in the first column, or in the others. */
    String legend(boolean first) {
        if (sides.size() == 2) {
            var name = sides.get(first ? 0 : 1).name();
            return name.equals(first ? BEFORE : AFTER) ? "words only " + name : "words only under “" + name + "”";
        }
        return first ? "words that the next column lacks" : "words that the column before lacks";
    }

    /** The table as a fragment of HTML, styled inline, readable on light and dark themes and without colours. */
    public String html() {
        return Shading.html(this);
    }

    @Override
    public String toString() {
        return table() + (summary.isEmpty() ? "" : "\n" + summary);
    }
}
