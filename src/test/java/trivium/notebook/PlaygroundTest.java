package trivium.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.data.Conversation;
import trivium.data.Conversations;
import trivium.finetune.FineTuning;
import trivium.model.Llama;
import trivium.model.Transformer;
import trivium.pretrained.Export;
import trivium.pretrained.Pretrained;
import trivium.run.Origin;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizers;

/** Which models a playground asks as in a conversation. */
class PlaygroundTest {

    @TempDir
    Path folder;

    private Run again(Run run, String name) {
        return Pretrained.load(Export.of(run).huggingFace(folder.resolve(name)));
    }

    private static Run tuned(Run base) {
        var lessons = Conversations.of(
                new Conversation("Go on: One day", " Lily was happy."),
                new Conversation("Go on: Then", " Tom was sad."));
        return FineTuning.of(base, lessons).steps(1).batchSize(1).run();
    }

    @Test
    void aBaseThatBringsATemplateDoesNotConverse() throws Exception {
        var base = Pretrained.load(Path.of("datasets", "toytown-1m"));
        assertEquals(
                List.of(), base.template().missing(base.tokenizer()).stream().toList(), "it brings a template");
        assertFalse(Playground.converses(base));
        assertTrue(Playground.converses(tuned(base)));

        var instructed = Export.of(base).huggingFace(folder.resolve("instructed"));
        var config = instructed.resolve("tokenizer_config.json");
        var end = "\"eos_token\": \"<|end|>\"";
        Files.writeString(config, Files.readString(config).replaceFirst("\"eos_token\": \"[^\"]*\"", end));
        assertTrue(Files.readString(config).contains(end));
        assertTrue(Playground.converses(Pretrained.load(instructed)), "what it writes ends where an answer does");
        assertFalse(Playground.converses(again(base, "base")));
    }

    /** Of a run of its own the export says so by the token that ends what the model writes. */
    @Test
    void whatWasTaughtToAnswerStillConversesWhenItIsLoaded() {
        var letters = Tokenizers.characters(List.of("Go on: One day Lily was happy. Then Tom sad."));
        var model = Transformer.of(
                Llama.of(64, 8, 2, 2, 1),
                letters.withSpecials(ChatTemplate.DEFAULT.specials()).size(),
                1);
        var card = RunCard.begin("pretrain", null, Map.of(), Origin.here(0, ""));
        var base = new Run(card, model, letters.withSpecials(ChatTemplate.DEFAULT.specials()), Map.of());
        assertFalse(Playground.converses(base));
        assertFalse(Playground.converses(again(base, "own-base")));
        assertTrue(Playground.converses(again(tuned(base), "own-tuned")));
    }
}
