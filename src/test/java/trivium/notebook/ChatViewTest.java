package trivium.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import trivium.model.Gpt;
import trivium.model.Transformer;
import trivium.run.Origin;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;
import trivium.widget.FrontEnd;
import trivium.widget.Widgets;

/** A conversation led through the front end's messages. */
class ChatViewTest {

    private final Map<String, String> models = new ConcurrentHashMap<>(); // description to model
    private final Map<String, Object> html = new ConcurrentHashMap<>(); // model to what it shows

    private static Run run(Tokenizer tokenizer) {
        var card = RunCard.begin("finetune", null, Map.of(), Origin.here(0, ""));
        return new Run(card, Transformer.of(Gpt.of(60, 16, 1, 1), tokenizer.size(), 1), tokenizer, Map.of());
    }

    private void open(Run run) {
        attach();
        assertTrue(Views.of(ChatView.of(run)).orElseThrow().text().contains("system prompt"));
    }

    private void attach() {
        Widgets.attach(new FrontEnd() {
            @Override
            public void open(String model, Map<String, Object> state) {
                models.put(String.valueOf(state.get("description")), model);
            }

            @Override
            public void update(String model, Map<String, Object> changes) {
                if (changes.get("value") instanceof String text) {
                    html.put(model, text.replace("&quot;", "\""));
                }
            }
        });
    }

    @AfterEach
    void nobodyLooks() {
        Widgets.attach(null);
    }

    /** Waits until something that is shown holds these words. */
    private String shown(String words) throws InterruptedException {
        for (int i = 0; i < 1_000; i++) {
            for (var each : html.values()) {
                if (each.toString().contains(words)) {
                    return each.toString();
                }
            }
            Thread.sleep(10);
        }
        throw new AssertionError("nothing says " + words + ": " + html);
    }

    @Test
    void turnsFollowOneAnotherUntilTheContextIsFull() throws InterruptedException {
        open(run(Tokenizers.characters(List.of("abc")).withSpecials(ChatTemplate.DEFAULT.specials())));
        Widgets.changed(models.get("tokens at most"), Map.of("value", 20.0));
        Widgets.changed(models.get("as JSON Lines"), Map.of("value", true));
        say("ab");
        assertTrue(shown("\"role\":\"assistant\"").contains("\"content\":\"ab\""));
        say("cab");
        var both = shown("\"content\":\"cab\"},{\"role\":\"assistant\"");
        assertEquals(2, both.split("\"role\":\"assistant\"", -1).length - 1, both);
        say("abc".repeat(20));
        assertTrue(shown("context takes 60").contains("begin anew"));
    }

    /** The page says Enter first and what was typed after it. */
    @Test
    void enterSendsWhatWasTyped() throws InterruptedException {
        open(run(Tokenizers.characters(List.of("abc")).withSpecials(ChatTemplate.DEFAULT.specials())));
        Widgets.changed(models.get("tokens at most"), Map.of("value", 5.0));
        Widgets.changed(models.get("as JSON Lines"), Map.of("value", true));
        Widgets.entered(models.get("you"));
        Widgets.changed(models.get("you"), Map.of("value", "cab"));
        assertTrue(shown("\"role\":\"assistant\"").contains("\"content\":\"cab\""));
    }

    @Test
    void aLineBreakAtTheEndOfAPromptIsNotRead() throws InterruptedException {
        attach();
        var shown = Playground.of("ab", List.of(run(Tokenizers.characters(List.of("abc\n")))));
        assertTrue(Views.of(shown).isPresent());
        Widgets.changed(models.get("prompt"), Map.of("value", "a\nca\n\n"));
        for (int i = 0; i < 500 && !html.containsKey(models.get("prompt")); i++) {
            Thread.sleep(10);
        }
        assertEquals("a\nca", html.get(models.get("prompt")));
    }

    private void say(String text) {
        Widgets.changed(models.get("you"), Map.of("value", text));
        Widgets.pressed(models.get("send"));
    }

    @Test
    void aModelWithoutTheTemplatesTokensIsRefused() {
        var refusal = assertThrows(
                IllegalArgumentException.class, () -> ChatView.of(run(Tokenizers.characters(List.of("abc")))));
        assertTrue(refusal.getMessage().contains("play(prompt, run)"), refusal.getMessage());
    }
}
