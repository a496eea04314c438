package trivium.figure;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.align.PolicyOptimisation;
import trivium.generate.Completions;
import trivium.generate.Sampling;
import trivium.generate.Written;
import trivium.run.Run;
import trivium.text.ChatTemplate;

/**
 * What two models made of the same prompts, side by side. Words that changed are marked, tokens shaded by how sure the
 * model was that wrote them.
 *
 * @param prompts what both were given
 * @param before what the first model made of each
 * @param after what the second model made of each
 */
public record BeforeAfter(List<String> prompts, Side before, Side after) {

    /**
     * One model's part.
     *
     * @param name heads the column
     * @param texts one for each prompt
     * @param notes a line below each text, such as its reward; empty where there is nothing to say
     */
    public record Side(String name, List<Written> texts, List<String> notes) {

        public Side {
            texts = List.copyOf(texts);
            notes = List.copyOf(notes);
            if (texts.size() != notes.size()) {
                throw new IllegalArgumentException(texts.size() + " texts and " + notes.size() + " notes under \""
                        + name + "\": expected one of each for every prompt");
            }
        }

        /** Without notes. */
        public Side(String name, List<Written> texts) {
            this(name, texts, Collections.nCopies(texts.size(), ""));
        }

        private Side first(int count) {
            return new Side(name, texts.subList(0, count), notes.subList(0, count));
        }
    }

    public BeforeAfter {
        prompts = List.copyOf(prompts);
        if (before.texts().size() != prompts.size() || after.texts().size() != prompts.size()) {
            throw new IllegalArgumentException(prompts.size() + " prompts, "
                    + before.texts().size() + " completions before and "
                    + after.texts().size() + " after: expected one of each for every prompt");
        }
    }

    /** Completions with their log-probabilities, in columns called "before" and "after". */
    public static BeforeAfter of(List<String> prompts, List<Written> before, List<Written> after) {
        return new BeforeAfter(prompts, new Side("before", before), new Side("after", after));
    }

    /** What both answer at temperature 0.7, in up to 80 tokens, with the same dice. */
    public static BeforeAfter of(List<String> prompts, Run before, Run after) {
        return of(prompts, written(before, prompts), written(after, prompts));
    }

    /**
     * What an alignment's held-out prompts were answered before and after, with their rewards below (table "rewards").
     * How sure the models were, it does not say.
     */
    public static BeforeAfter of(Run aligned) {
        var rewards = aligned.table(PolicyOptimisation.REWARDS);
        return new BeforeAfter(
                rewards.stringColumn("prompt").asList(), side(rewards, "before"), side(rewards, "after"));
    }

    private static Side side(Table rewards, String when) {
        var texts = rewards.stringColumn(when + "_text").asList();
        var notes = IntStream.range(0, texts.size())
                .mapToObj(row -> note(rewards, "reward", when, row)
                        + (rewards.containsColumn("gold_" + when)
                                ? ", " + note(rewards, "gold", "gold_" + when, row)
                                : ""))
                .toList();
        return new Side(when, texts.stream().map(Written::of).toList(), notes);
    }

    private static String note(Table rewards, String what, String column, int row) {
        return what + " " + Labels.number(rewards.numberColumn(column).getDouble(row));
    }

    private static List<Written> written(Run run, List<String> prompts) {
        var completions = Completions.of(run.model(), run.tokenizer());
        var sampling = Sampling.atTemperature(0.7).maxTokens(80);
        return completions.written(completions.replies(prompts, ChatTemplate.DEFAULT, sampling));
    }

    /** The first {@code count} prompts, or all where there are fewer. */
    public BeforeAfter first(int count) {
        int kept = Math.clamp(count, 0, prompts.size());
        return new BeforeAfter(prompts.subList(0, kept), before.first(kept), after.first(kept));
    }

    /** Columns "prompt", "before" and "after", a row for each prompt. */
    public Table table() {
        return Table.create(
                "completions",
                StringColumn.create("prompt", prompts),
                StringColumn.create("before", before.texts().stream().map(Written::text)),
                StringColumn.create("after", after.texts().stream().map(Written::text)));
    }

    /** What changed in the text of a row. */
    WordDiff changes(int row) {
        return WordDiff.of(
                before.texts().get(row).text(), after.texts().get(row).text());
    }

    /** Whether the shading means anything. */
    boolean isScored() {
        return Stream.of(before, after).flatMap(side -> side.texts().stream()).anyMatch(Written::isScored);
    }

    /** The table as a fragment of HTML, styled inline, readable on light and dark themes and without colours. */
    public String html() {
        return Shading.html(this);
    }

    @Override
    public String toString() {
        return table().toString();
    }
}
