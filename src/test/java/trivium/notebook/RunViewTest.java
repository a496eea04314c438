package trivium.notebook;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
}
