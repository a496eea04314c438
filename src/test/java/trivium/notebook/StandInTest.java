package trivium.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.align.Reward;
import trivium.data.Label;
import trivium.data.Label.Verdict;
import trivium.data.PreferenceLabels;
import trivium.model.Gpt;
import trivium.model.Transformer;
import trivium.run.Origin;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizers;

/** No page has spoken up in a test: it is as when a program runs a notebook. */
class StandInTest {

    private static final Reward SHORTER = Reward.of("the shorter one", (prompt, answer) -> -answer.length());
    private static final List<String> PROMPTS =
            IntStream.range(0, 20).mapToObj(i -> "p" + i).toList();

    @TempDir
    Path folder;

    private static Run fresh() {
        var letters = Tokenizers.characters(List.of("p0123456789abc")).withSpecials(ChatTemplate.DEFAULT.specials());
        var model = Transformer.of(Gpt.of(160, 16, 1, 1), letters.size(), 1);
        return new Run(RunCard.begin("pretrain", null, Map.of(), Origin.here(0, "")), model, letters, Map.of());
    }

    @Test
    void theRuleChoosesAndItsLabelsAreNotAPersons() {
        var file = folder.resolve("labels.jsonl");
        var said = Notebook.label(PROMPTS, file, SHORTER, List.of(fresh())).toString();
        assertTrue(said.contains("a stand-in has labelled 20 pairs") && said.contains("the shorter one"), said);
        assertFalse(Files.exists(file), "the person's file is as it was");
        var labels = Notebook.labels(PROMPTS, file).list();
        assertEquals(20, labels.size());
        assertTrue(labels.stream()
                .allMatch(label -> label.chosen().length() <= label.rejected().length()));
        assertTrue(labels.stream().anyMatch(label -> label.verdict() == Verdict.FIRST));
        assertTrue(labels.stream().anyMatch(label -> label.verdict() == Verdict.SECOND));

        Reward longer = (prompt, answer) -> answer.length();
        Notebook.label(PROMPTS, file, longer, List.of(fresh()));
        labels = Notebook.labels(PROMPTS, file).list();
        assertEquals(20, labels.size(), "an earlier stand-in's labels are forgotten");
        assertTrue(labels.stream()
                .allMatch(label -> label.chosen().length() >= label.rejected().length()));
    }

    @Test
    void aPersonsLabelsCountOnceThereAreTenAndOnlyOfThesePrompts() {
        var file = folder.resolve("mine.jsonl");
        var labels = new PreferenceLabels(file, List.of()).with(new Label("of another text", "a", "b", Verdict.FIRST));
        for (int i = 0; i < 9; i++) {
            labels = labels.with(new Label("p" + i, "longer", "short", Verdict.FIRST));
        }
        var refusal = assertThrows(IllegalStateException.class, () -> Notebook.labels(PROMPTS, file));
        assertTrue(refusal.getMessage().startsWith("9 of the 20 pairs"), refusal.getMessage());
        labels.with(new Label("p9", "longer", "short", Verdict.FIRST));
        assertEquals(10, Notebook.labels(PROMPTS, file).list().size());

        var said = Notebook.label(PROMPTS, file, SHORTER, List.of(fresh())).toString();
        assertTrue(said.startsWith("10 labels of a person"), said);
        assertTrue(Notebook.labels(PROMPTS, file).list().stream()
                .allMatch(label -> label.chosen().equals("longer")));
    }

    @Test
    void ofFewPromptsSomeMayBeTiesButNotAll() {
        var file = folder.resolve("few.jsonl");
        var few = PROMPTS.subList(0, 5);
        var labels = new PreferenceLabels(file, List.of());
        for (int i = 0; i < 4; i++) {
            labels = labels.with(new Label("p" + i, "one", "two", i < 2 ? Verdict.FIRST : Verdict.TIE));
        }
        var refusal = assertThrows(IllegalStateException.class, () -> Notebook.labels(few, file));
        assertTrue(refusal.getMessage().contains("2 of the 5 pairs")
                && refusal.getMessage().contains("and 3 are needed"));
        assertEquals(4, Notebook.labels(PROMPTS.subList(0, 4), file).list().size(), "two of four are half");
        labels.with(new Label("p4", "one", "two", Verdict.TIE));
        assertEquals(5, Notebook.labels(few, file).list().size(), "all there are");
        var ties = assertThrows(IllegalStateException.class, () -> Notebook.labels(PROMPTS.subList(2, 5), file));
        assertTrue(ties.getMessage().startsWith("All 3 labels in "), ties.getMessage());
    }
}
