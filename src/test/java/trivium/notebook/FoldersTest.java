package trivium.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.data.Conversations;
import trivium.data.Corpus;
import trivium.data.TokenFile;
import trivium.data.files.FileNames;
import trivium.data.profile.Overlap;
import trivium.data.profile.Profile;
import trivium.data.profile.TokenProfile;
import trivium.finetune.FineTuning;
import trivium.model.Gpt;
import trivium.pretrain.Pretraining;
import trivium.report.Report;
import trivium.run.PastRun;
import trivium.run.RunDifference;
import trivium.run.RunOptions;
import trivium.run.RunStore;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;

/** Where somebody's files are is nobody's business on what is handed on: cards, tables, reports. */
class FoldersTest {

    private static final String SECRET = "ada-lovelace";
    private static final Tokenizer WORDS = Tokenizers.characters(List.of("abcdef .\n"))
            .withSpecials(ChatTemplate.DEFAULT.specials())
            .withSpecials(Tokenizer.END_OF_TEXT);

    @TempDir
    Path folder;

    private static void assertHidden(String text, String what) {
        int at = text.indexOf(SECRET);
        assertFalse(
                at >= 0, () -> what + ": " + text.substring(Math.max(0, at - 80), Math.min(text.length(), at + 80)));
    }

    @Test
    void noFolderLeavesTheCardButWhereTrainingAgainNeedsIt() throws IOException {
        var home = Files.createDirectories(folder.resolve(SECRET));
        var text = Files.writeString(home.resolve("stories.txt"), "abc def.\nfed cba. ".repeat(40));
        var more = Files.writeString(home.resolve("more.txt"), "abc\n\n".repeat(9));
        var lines = Files.writeString(
                home.resolve("lessons.jsonl"),
                "{\"prompt\": \"ab\", \"completion\": \"c\"}\n{\"prompt\": \"cd\", \"completion\": \"e\"}\n");
        var tokens = TokenFile.build(
                home.resolve("tokens.bin"),
                List.of("abc def", "fed cba", "abcdef").iterator(),
                WORDS,
                TokenFile.Listener.SILENT);
        var corpus = Corpus.text(text);
        var read = Corpus.read(text, more);
        var store = RunStore.open(folder.resolve("store"));
        var base = pretrain(Pretraining.of(Gpt.of(16, 8, 1, 1), WORDS, corpus), store, "base");
        var both = pretrain(Pretraining.of(Gpt.of(16, 8, 1, 1), WORDS, read), store, "both");
        var packed = pretrain(Pretraining.of(Gpt.of(4, 8, 1, 1), WORDS, tokens), store, "packed");
        var lessons = Conversations.read(lines);
        var tuned = FineTuning.of(base, lessons)
                .epochs(1)
                .validation(0.5)
                .keep(store.folder("tuned"))
                .run();
        for (var run : List.of(base, both, packed, tuned)) {
            var card = Files.readString(store.folder(run.id()).resolve("run.json"));
            var rest = card.lines()
                    .filter(line ->
                            !line.contains("\"data\": ") && !line.strip().startsWith('"' + home.toString()))
                    .reduce("", (all, line) -> all + line + "\n");
            assertHidden(rest, "run.json of " + run.id());
            assertHidden(RunView.card(run).html() + RunView.card(run).text(), "the card");
        }
        assertHidden(Report.of(base, both, packed, tuned).html(), "the report");
        assertTrue(Report.of(base).html().contains("stories.txt"), "the file's name is there");
        assertTrue(Report.of(base).html().contains(corpus.sha256()), "and the content's hash");
        assertHidden(store.table().write().toString("csv"), "the table of runs");
        assertTrue(store.table().write().toString("csv").contains("stories.txt"));
        assertHidden(RunDifference.of(base, both).toString(), "the difference");
        var page = folder.resolve("page.md");
        Report.of(base, tuned).save(page);
        assertHidden(Files.readString(page), "the page");
        assertHidden(
                DataView.card(Profile.of(corpus)).html()
                        + DataView.card(Profile.of(corpus)).text(),
                "a data card");
        assertHidden(
                DataView.card(Profile.of(lessons)).html()
                        + DataView.card(Profile.of(lessons)).text(),
                "a data card");
        var overlap = OverlapView.card(Overlap.of(corpus, read));
        assertHidden(overlap.html() + overlap.text(), "an overlap");
        var file = TokenFileView.card(TokenProfile.of(tokens, WORDS));
        assertHidden(file.html() + file.text(), "a token file");

        // what training again needs is there
        Files.delete(store.folder("base").resolve("data.jsonl.gz"));
        for (var id : List.of("base", "packed")) {
            assertEquals(
                    store.load(id).last("loss"),
                    PastRun.rerun(store, id, Map.of(), RunOptions.NONE).last("loss"));
        }
    }

    private static trivium.run.Run pretrain(Pretraining recipe, RunStore store, String id) {
        return recipe.steps(2)
                .batchSize(2)
                .evaluations(1)
                .validation(0.4)
                .keep(store.folder(id))
                .run();
    }

    @Test
    void onlyAbsolutePathsAreShortened() {
        var home = Path.of("").toAbsolutePath().getRoot().resolve("home").resolve("ada");
        var a = home.resolve("a.txt").toString();
        assertEquals("a.txt", FileNames.shown(a));
        assertEquals(
                "a.txt, ada; 3 documents",
                FileNames.shown(a + ", " + home + "; 3 documents", List.of(a + ", " + home)));
        assertEquals("../data/a.txt", FileNames.shown("../data/a.txt"));
        assertEquals("corpus, of a kind", FileNames.shown("corpus, of a kind"));
        assertEquals(home.getRoot().toString(), FileNames.shown(home.getRoot().toString()));
        assertEquals("a, b.txt", FileNames.shown(home.resolve("a, b.txt").toString()));
    }
}
