package trivium.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.figure.Labels;
import trivium.pretrained.Pretrained;
import trivium.report.Report;
import trivium.run.Origin;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.run.Status;

class RunViewTest {

    @Test
    void aReportSaysWhereItIs(@TempDir Path folder) {
        var card = RunCard.begin("pretrain", null, Map.of(), Origin.here(7, "")).ended(new Status.Finished());
        var report = new Report("<A>", List.of(new Run(card, null, null, Map.of())));

        assertTrue(RunView.preview(report).html().contains("not saved yet"));
        var saved = RunView.preview(report.save(folder.resolve("my report.html")));
        var link = Pattern.compile("href=\"([^\"]+)\"").matcher(saved.html());
        assertTrue(link.find() && Files.exists(Path.of(link.group(1))), saved.html());
        assertFalse(saved.html().contains("<A>"), "the title is text");
        assertTrue(saved.html().contains("<img") && saved.text().contains("pre-training"), "the chain, the summary");
    }

    /** The folder, what its numbers are and what is recorded, and no curve of a training that was elsewhere. */
    @Test
    void aLoadedModelShowsWhereItCameFrom() {
        var folder = Path.of("datasets", "toytown-1m");
        var run = Pretrained.load(folder);
        var card = RunView.card(run);
        assertTrue(card.html().contains(folder.toString()) && card.html().contains("bfloat16"), card.html());
        assertFalse(card.html().contains("<img"), "there is no loss");
        assertEquals(List.of("toytown-1m"), Labels.names(List.of(run)));
    }
}
