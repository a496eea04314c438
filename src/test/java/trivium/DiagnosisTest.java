package trivium;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.data.Corpus;
import trivium.model.Gpt;
import trivium.notebook.Views;
import trivium.pretrain.Pretraining;
import trivium.report.Diagnosis;
import trivium.report.Report;
import trivium.run.Finding;
import trivium.run.Origin;
import trivium.run.PastRun;
import trivium.run.Progress;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.run.RunOptions;
import trivium.run.RunStore;
import trivium.run.Status;
import trivium.run.Symptom;
import trivium.text.Tokenizer;

/** What is found is said everywhere where a run shows, and stops a training only where that was asked for. */
class DiagnosisTest {

    private static final Corpus TEXT = Corpus.of(
            "the cat sat on the mat and looked at the rain", "a dog ran after the red ball in the park",
            "the bird sang a song about the sun and the sea", "one fish swam in the blue sea until the night came");

    private static final Tokenizer LETTERS = Tokenizer.characters(TEXT);

    /** The classical fault. */
    private static Pretraining diverging() {
        return Pretraining.of(Gpt.of(16, 16, 1, 2), LETTERS, TEXT)
                .steps(12)
                .batchSize(4)
                .learningRate(3)
                .evaluations(1);
    }

    private static List<String> names(Run run) {
        return run.findings().stream().map(Finding::name).toList();
    }

    @Test
    void aTrainingThatDivergesSaysSoAndGoesOn() {
        var heard = new ArrayList<String>();
        var run = diverging().progress(hearing(heard)).run();
        assertEquals(
                List.of("learning-rate-too-high", "loss-diverges"), names(run).subList(0, 2));
        var finding = run.card().findings().get(1);
        assertTrue(finding.step() <= 10, finding.text());
        assertTrue(heard.contains(finding.text()), heard.toString());
        assertEquals(12, run.metrics().rowCount());
        assertTrue(run.card().toString().contains("loss-diverges"), run.card().toString());
        assertInstanceOf(Status.Diverged.class, run.card().outcome().status());
    }

    @Test
    void itStopsWhereItWasToldTo() {
        var run = diverging().stopWhen("loss-diverges").run();
        var finding = run.card().findings().getLast();
        var status = assertInstanceOf(
                Status.StoppedByFinding.class, run.card().outcome().status());
        assertEquals(finding.step(), status.step());
        assertEquals(finding.step(), run.metrics().rowCount());
        assertEquals(List.of("loss-diverges"), run.card().recipe().get("stop_when"));
    }

    @Test
    void aFaultThatNobodyKnowsIsRefused() {
        var refusal = assertThrows(
                IllegalArgumentException.class,
                () -> diverging().stopWhen("bad-luck").run());
        assertTrue(refusal.getMessage().contains("loss-diverges"), refusal.getMessage());
    }

    @Test
    void aSavedRunAndOneWithoutFindingsOnItsCardAreDiagnosedAlike(@TempDir Path folder) {
        var run = diverging().keep(folder.resolve("hot")).run();
        var again = RunStore.open(folder).load("hot");
        assertEquals(run.card().findings(), again.card().findings());
        assertEquals(names(run), names(again));
        var diagnosis = Diagnosis.of(again);
        assertEquals(diagnosis.findings().size(), diagnosis.table().rowCount());
        assertTrue(diagnosis.figure("loss-diverges").png().length > 0);
        assertThrows(IllegalArgumentException.class, () -> diagnosis.figure("overfitting"));
        var unknown = assertThrows(IllegalArgumentException.class, () -> diagnosis.figure("overfiting"));
        assertTrue(unknown.getMessage().contains("there are")
                && unknown.getMessage().contains("overfitting"));
    }

    @Test
    void ofARunThatWasNotTrainedHereNothingIsClaimed() {
        var trained = diverging().run();
        var card = RunCard.begin("pretrained", null, Map.of(), new Origin(0, "", "", Map.of()));
        var loaded = Diagnosis.of(new Run(card, trained.model(), LETTERS, Map.of()));
        assertTrue(loaded.verdict().contains("was not trained here"), loaded.verdict());
    }

    @Test
    void ofSeveralFindingsTheFirstIsTheOneToMendFirst() {
        var symptom = new Symptom("a", "b", "c");
        var both = new Diagnosis(
                diverging().run(),
                List.of(new Finding("duplicates", 0, symptom), new Finding("overfitting", 9, symptom)));
        assertTrue(both.toString().contains("duplicates (mend this first"), both.toString());
    }

    @Test
    void aRunThatWasStoppedIsTrainedAgainToTheSameEnd(@TempDir Path folder) {
        var store = RunStore.open(folder);
        var run = store.save(diverging().stopWhen("any").run());
        var again = PastRun.rerun(store, run.id(), Map.of(), RunOptions.NONE);
        assertEquals(run.card().outcome().status(), again.card().outcome().status());
        assertEquals(run.metrics().rowCount(), again.metrics().rowCount());
    }

    @Test
    void itIsSaidInACellAndOnThePage(@TempDir Path folder) throws IOException {
        var run = diverging().run();
        var sentence = run.card().findings().getFirst().symptom().seen();
        var html = html(Diagnosis.of(run));
        assertTrue(html.contains(sentence), html.substring(0, Math.min(500, html.length())));
        assertTrue(html(run).contains(sentence));
        Report.of(run).save(folder.resolve("page.md"));
        assertTrue(Files.readString(folder.resolve("page.md")).contains("Found: loss"), "on the page");
    }

    private static String html(Object value) {
        return String.valueOf(Views.of(value).orElseThrow().bundle().get("text/html"));
    }

    private static Progress hearing(List<String> notes) {
        return new Progress() {
            @Override
            public void note(String text) {
                notes.add(text);
            }
        };
    }
}
