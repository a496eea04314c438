package trivium;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static trivium.Trivium.changes;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import tech.tablesaw.api.Row;
import tech.tablesaw.api.Table;
import trivium.align.PolicyOptimisation;
import trivium.align.Reward;
import trivium.align.Rloo;
import trivium.data.Conversation;
import trivium.data.Conversations;
import trivium.data.Corpus;
import trivium.finetune.FineTuning;
import trivium.measure.DocumentBits;
import trivium.model.Gpt;
import trivium.model.Lora;
import trivium.notebook.Html;
import trivium.notebook.Views;
import trivium.pretrain.Pretraining;
import trivium.report.Changes;
import trivium.run.Run;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizer;

/** The three phases of a tiny model, and what each changed. */
class ChangesTest {

    private static final Corpus CORPUS = corpus();
    private static final Tokenizer CHARACTERS =
            Tokenizer.characters(CORPUS).withSpecials(ChatTemplate.DEFAULT.specials());
    private static final Run BASE = Pretraining.of(Gpt.of(40, 16, 2, 2), CHARACTERS, CORPUS)
            .steps(60)
            .batchSize(8)
            .learningRate(0.01)
            .evaluations(1)
            .validation(0.3)
            .workers(1)
            .run();
    private static final Run TUNED = FineTuning.of(BASE, lessons())
            .validation(0.4)
            .steps(80)
            .batchSize(8)
            .learningRate(0.01)
            .freeze("blocks.0")
            .workers(1)
            .run();
    private static final Reward LENGTH = (prompt, completion) -> completion.length();
    private static final Run ALIGNED = PolicyOptimisation.of(TUNED, lessons().prompts())
            .reward(LENGTH)
            .gold((prompt, completion) -> -completion.length())
            .algorithm(Rloo.numGenerations(4))
            .batchSize(4)
            .maxTokens(8)
            .heldOut(6)
            .steps(3)
            .learningRate(0.01)
            .workers(1)
            .run();
    private static final Changes ALL = changes(BASE, TUNED, ALIGNED);

    private static Corpus corpus() {
        var documents = new ArrayList<String>();
        for (int i = 0; i < 60; i++) {
            documents.add(
                    "the cat " + "sat on the mat. ".repeat(1 + i % 2) + (char) ('a' + i % 26) + (char) ('a' + i / 26));
        }
        return new Corpus("cats", documents);
    }

    private static Conversations lessons() {
        var list = new ArrayList<Conversation>();
        for (int i = 0; i < 40; i++) {
            list.add(new Conversation("the " + (char) ('a' + i % 26) + (char) ('a' + i / 26), "cat"));
        }
        return new Conversations("lessons", list);
    }

    private static Row row(Table table, String measure, String run) {
        for (var row : table) {
            if (row.getString("measure").equals(measure) && row.getString("run").equals(run)) {
                return row;
            }
        }
        throw new AssertionError("no " + measure + " of " + run + " in\n" + table.printAll());
    }

    @Test
    void bitsPerByteAreThoseOfTheTextThatTheBaseHeldBack() {
        var heldBack = CORPUS.split(0.3).validation().documents();
        for (var run : List.of(BASE, TUNED)) {
            double expected = DocumentBits.of(run.model(), CHARACTERS, heldBack).perByte();
            var row = row(ALL.table(), "bits per byte", run == BASE ? "pre-training" : "fine-tuning");
            assertEquals(expected, row.getDouble("value"), 1e-9);
            assertEquals(heldBack.size(), row.getInt("n"));
            assertTrue(row.getDouble("low") < expected && expected < row.getDouble("high"));
        }
        double change = row(ALL.table(), "bits per byte", "fine-tuning").getDouble("change");
        assertTrue(change > 0, "it has forgotten some");
    }

    /** The base never ends an answer where the template does; the tuned model has learned one answer and its end. */
    @Test
    void formAndExactMatchComeWithFineTuning() {
        assertEquals(0, row(ALL.table(), "right form and end", "pre-training").getDouble("value"));
        assertTrue(row(ALL.table(), "right form and end", "fine-tuning").getDouble("value") > 0.8);
        assertEquals(0, row(ALL.table(), "exact match", "pre-training").getDouble("value"));
        var tuned = row(ALL.table(), "exact match", "fine-tuning");
        assertEquals(
                Trivium.exactMatch(TUNED, lessons().split(0.4).validation()).value(), tuned.getDouble("value"));
        assertEquals(lessons().split(0.4).validation().size(), tuned.getInt("n"));
    }

    @Test
    void rewardsAreThoseThatTheAlignmentWroteDownOrOfTheJudgesGiven() {
        var rewards = ALIGNED.table(PolicyOptimisation.REWARDS);
        var recorded = row(ALL.table(), "gold reward", "alignment");
        assertEquals(rewards.doubleColumn("gold_after").mean(), recorded.getDouble("value"), 1e-9);
        assertEquals(
                rewards.doubleColumn("gold_after").mean()
                        - rewards.doubleColumn("gold_before").mean(),
                recorded.getDouble("change"),
                1e-9);
        assertTrue(
                ALL.notes().stream().anyMatch(note -> note.contains("reward(judge)")),
                ALL.notes().toString());

        var asked = changes(TUNED, ALIGNED)
                .prompts(List.of("the aa", "the ba", "the ca"))
                .reward("characters", LENGTH);
        var row = row(asked.table(), "characters", "fine-tuning");
        assertEquals(3, row.getInt("n"));
        assertTrue(row.getDouble("value") > 0);
    }

    @Test
    void aFrozenLayerHasNotChangedAndTheOthersHave() {
        for (var row : ALL.layers()) {
            if (row.getString("run").equals("fine-tuning")) {
                boolean frozen = row.getString("tensor").startsWith("blocks.0.");
                assertEquals(frozen, row.getDouble("size") == 0, row.getString("tensor"));
                assertEquals(frozen ? 1 : row.getInt("layer"), row.getInt("layer"));
            }
        }
    }

    @Test
    void anAdapterOfRankTwoChangesByRankTwoAtMost() {
        var adapted = FineTuning.of(BASE, lessons())
                .lora(Lora.rank(2))
                .steps(5)
                .learningRate(0.01)
                .workers(1)
                .run();
        var table = changes(BASE, adapted).layers();
        int changed = 0;
        for (var row : table) {
            if (!row.isMissing("rank") && row.getInt("rank") > 0) {
                changed++;
                assertTrue(row.getInt("rank") <= 2, row.getString("tensor"));
            }
        }
        assertEquals(12, changed, "six matrices in each of two blocks");
    }

    /** The divergence of answers is the sum over their positions, and a run is no way from itself. */
    @Test
    void divergenceByPositionAddsUp() {
        double sum = 0;
        for (var row : ALL.positions()) {
            if (row.getString("run").equals("fine-tuning")) {
                sum += row.getDouble("kl") * row.getInt("n");
            }
        }
        int answers = row(ALL.table(), "right form and end", "fine-tuning").getInt("n");
        double whole = row(ALL.table(), "KL to the phase before", "fine-tuning").getDouble("value");
        assertTrue(whole > 1, "from text to an answer");
        assertEquals(whole, sum / answers, 0.02 * whole, "but for positions that few reach");

        var same = changes(TUNED, TUNED.named("again"));
        assertEquals(0, row(same.table(), "KL to the phase before", "again").getDouble("value"), 1e-9);
        assertEquals(0, row(same.table(), "length", "again").getDouble("change"));
        assertEquals(0, same.layers().doubleColumn("size").max());
    }

    @Test
    void theyShowThemselvesInACell() {
        var view = (Html) Views.of(ALL).orElseThrow();
        assertEquals(3, view.html().split("<img", -1).length - 1, "panels, attention, lens");
        assertTrue(view.text().contains("bits per byte"), view.text());
        assertTrue(ALL.toString().contains("self-BLEU"));
        assertEquals("logit_lens", ALL.lens().orElseThrow().table().name());
    }

    @Test
    void whatCannotBeMeasuredIsLeftOutWithASentence() {
        var other = Pretraining.of(Gpt.of(40, 16, 1, 2), CHARACTERS, CORPUS)
                .steps(1)
                .workers(1)
                .run();
        var changes = changes(BASE.named("first"), other.named("second"));
        assertTrue(changes.lens().isEmpty());
        assertFalse(changes.table().stringColumn("measure").contains("length"));
        var notes = String.join("\n", changes.notes());
        for (var sentence : List.of(
                "answers: none of the runs was trained on prompts; give some with prompts(…)",
                "attention and logit lens: the runs differ in layers or heads")) {
            assertTrue(notes.contains(sentence), notes);
        }
    }

    @Test
    void aRewardThatThrowsLeavesTheRest() {
        var changes = changes(TUNED, ALIGNED)
                .prompts(List.of("the aa", "the ba"))
                .samples(1)
                .reward((_, _) -> {
                    throw new IllegalStateException("no");
                });
        assertTrue(changes.table().stringColumn("measure").contains("length"));
        var notes = String.join("\n", changes.notes());
        assertTrue(notes.contains("the reward \"reward\" threw java.lang.IllegalStateException: no"), notes);
        assertTrue(notes.contains("diversity: it compares answers to one prompt"), notes);
    }

    @Test
    void anInterruptEndsIt() {
        var changes = changes(BASE, TUNED);
        Thread.currentThread().interrupt();
        assertThrows(CancellationException.class, changes::table);
        Thread.interrupted();
        assertFalse(changes.table().isEmpty(), "and it can be asked again");
    }

    @Test
    void oneRunIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> changes(BASE));
        assertThrows(IllegalArgumentException.class, () -> ALL.samples(0));
        assertThrows(IllegalArgumentException.class, () -> ALL.prompts(List.of()));
    }
}
