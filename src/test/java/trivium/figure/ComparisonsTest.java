package trivium.figure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import trivium.generate.TableModel;
import trivium.report.BeforeAfter;
import trivium.report.Report;
import trivium.run.Origin;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.run.Status;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;

/** Losses share a panel, and one is called the lowest, only where they are measured alike; runs go by their names. */
class ComparisonsTest {

    private final Run small = run("pretrain-1", "pretrain", "stories", Map.of("validation", 0.05), 0.3);
    private final Run large = run("pretrain-2", "pretrain", "stories", Map.of("validation", 0.05), 0);
    private final Run tuned = run("finetune-1", "finetune", "lessons", Map.of("validation", 0.1), 0);

    @Test
    void lossesOnTheSameDataAreCompared() {
        assertEquals(
                "Loss of 2 runs: pretrain-2 ends with the lowest validation loss, 2.09",
                Figures.loss(small, large).title());
    }

    @Test
    void oneSeedIsSaidToBeOneSeed() {
        assertEquals("One seed.", Figures.loss(small).caption());
        assertEquals("Each line is one seed.", Figures.loss(small, large).caption());
        assertEquals("One seed.", Figures.metrics(small, "loss").caption());
        assertEquals(
                "Each line is one seed.",
                Figures.compare("validation_loss", small, large).caption());
    }

    @Test
    void aTieHasNoWinner() {
        var again = run("pretrain-3", "pretrain", "stories", Map.of("validation", 0.05), 0);
        assertEquals(
                "Loss of 2 runs: validation loss ends at 2.09",
                Figures.loss(large, again).title());
        assertEquals(
                "Loss of 3 runs: pretrain-2 and pretrain-3 end with the lowest validation loss, 2.09",
                Figures.loss(small, large, again).title());
    }

    @Test
    void noLossIsLowestWhereDataDiffer() {
        var figure = Figures.loss(small, tuned);
        assertEquals("Losses of 2 runs, not to be compared: validation data or unit differ", figure.title());
        assertEquals(600, figure.table().rowCount(), "all numbers are behind it");
        for (var other : List.of(
                run("b", "pretrain", "other stories", Map.of("validation", 0.05), 0),
                run("b", "pretrain", "stories", Map.of("validation", 0.1), 0),
                run("b", "pretrain", "stories", Map.of("validation", 0.05, "task", "masked tokens"), 0),
                run("b", "reward-model", "stories", Map.of("validation", 0.05), 0),
                withTokenizer(large, "ab"))) {
            assertFalse(Figures.loss(small, other).title().contains("lowest"), other.toString());
        }
        // three runs, two panels: within a panel there is a lowest
        assertTrue(Figures.compare("validation_loss", small, tuned).title().contains("not to be compared"));
        assertFalse(Figures.compare("learning_rate", small, tuned).title().contains("not to be compared"));
    }

    @Test
    void namesStandInThePlaceOfIds() {
        var named = large.named("lr 3e-3");
        assertEquals(
                "Loss of lr 3e-3: validation loss ends at 2.09",
                Figures.loss(named).title());
        assertEquals(
                "Loss of 2 runs: lr 3e-3 ends with the lowest validation loss, 2.09",
                Figures.loss(small, named).title());
        var kinds = Figures.loss(small, tuned).table().stringColumn("run").unique();
        assertEquals(Set.of("pre-training", "fine-tuning"), Set.copyOf(kinds.asList()), "better than ids");
        var mine = new LinkedHashMap<String, Run>();
        mine.put("α = 1", small);
        mine.put("α = 2", large);
        assertEquals(
                "Loss of 2 runs: α = 2 ends with the lowest validation loss, 2.09",
                Figures.loss(mine).title());
        assertEquals("α = 1", Figures.loss(mine).table().getString(0, "run"));
        var twins =
                Figures.loss(small.named("same"), named.named("same")).table().stringColumn("run");
        assertEquals(
                List.of("same (pretrain-1)", "same (pretrain-2)"),
                twins.unique().asList().stream().sorted().toList());

        var report = new Report("Lessons", List.of(named, child(tuned, named)));
        var page = report.html();
        assertEquals("lr 3e-3", report.summary().getString(0, "run"));
        assertEquals("lr 3e-3", report.summary().getString(1, "began from"));
        assertTrue(page.contains(">lr 3e-3</text>"), "the chain");
        assertTrue(page.contains("Pre-training: lr 3e-3") && !page.contains("Pre-training: pretrain-2"));
    }

    @Test
    void aNameIsOneLine() {
        for (var bad : List.of("", " ", "two\nlines", "esc\u001b[31m", "back\u202ewards", "x".repeat(81))) {
            var error = assertThrows(IllegalArgumentException.class, () -> small.named(bad));
            assertTrue(error.getMessage().contains("one line"), error.getMessage());
        }
        assertEquals("pretrain-1", small.named("x").named(null).label());
    }

    @Test
    void asManyModelsSideBySideAsThereAre() {
        var names = List.of("pre-training", "fine-tuning", "alignment");
        var aligned = run("align-1", "align", "prompts", Map.of(), 0);
        var three = BeforeAfter.of(List.of("ab"), writing(small), writing(tuned), writing(aligned));
        assertEquals(
                List.of("prompt", "pre-training", "fine-tuning", "alignment"),
                three.table().columnNames());
        assertEquals(names, three.sides().stream().map(BeforeAfter.Side::name).toList());
        var html = three.html();
        assertEquals(4, html.split("<th ").length - 1, "a column for each");
        assertTrue(html.contains("words that the column before lacks"), html);

        var two = BeforeAfter.of(List.of("ab"), writing(small), writing(tuned));
        assertEquals(List.of("prompt", "before", "after"), two.table().columnNames(), "without names");
        var named = BeforeAfter.of(
                List.of("ab"), writing(small).named("A"), writing(small).named("B"));
        assertEquals(List.of("prompt", "A", "B"), named.table().columnNames());
        assertThrows(IllegalArgumentException.class, () -> BeforeAfter.of(List.of("ab")));
    }

    private static Run run(String id, String kind, String data, Map<String, Object> recipe, double worse) {
        var begun = RunCard.begin(kind, null, recipe, Origin.here(7, data));
        var card = new RunCard(id, kind, null, begun.recipe(), begun.outcome(), begun.origin())
                .ended(new Status.Finished());
        return new Run(card, null, null, Map.of(Run.METRICS, Gallery.training(2, worse)));
    }

    private static Run child(Run run, Run parent) {
        var card = run.card();
        var child = new RunCard(card.id(), card.kind(), parent.id(), card.recipe(), card.outcome(), card.origin());
        return new Run(child, null, null, run.tables());
    }

    private static Run withTokenizer(Run run, String letters) {
        return new Run(run.card(), null, Tokenizers.characters(List.of(letters)), run.tables());
    }

    private static Run writing(Run run) {
        Tokenizer tokenizer = Tokenizers.characters(List.of("ab c")).withSpecials(ChatTemplate.DEFAULT.specials());
        return new Run(run.card(), TableModel.random(tokenizer.size(), 24, 0.5, 1), tokenizer, run.tables());
    }
}
