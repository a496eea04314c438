package trivium.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.StreamSupport;
import trivium.cli.VerifyPretrained.Check;
import trivium.model.JsonFields;
import trivium.run.Run;
import trivium.text.JinjaTemplate;
import trivium.text.Message;
import trivium.text.TokenizerConfig;

/** Compares a chat as a folder's template writes it, and its tokens, with what transformers made of both. */
final class VerifyChat {

    private VerifyChat() {}

    /** A check of the text and one of the ids; none where the folder expects no chat. */
    static List<Check> checks(Run run, Path folder, JsonFields expected) {
        if (!expected.has("chat")) {
            return List.of();
        }
        if (TokenizerConfig.read(folder).chatTemplate().isEmpty()) {
            return List.of(new Check("chat", true, "not checked: the folder has no chat template"));
        }
        if (!(run.template().form() instanceof JinjaTemplate template)) {
            return List.of(new Check("chat", false, "the folder's chat template was not read: " + run.card()));
        }
        var chat = StreamSupport.stream(expected.list("chat").spliterator(), false)
                .map(turn -> new JsonFields(turn.getAsJsonObject(), "a turn of the chat", ""))
                .map(turn -> new Message(turn.text("role"), turn.text("content")))
                .toList();
        var text = template.render(chat, false);
        int[] ids = template.conversation(run.tokenizer(), chat).ids();
        int[] wanted = VerifyPretrained.ids(expected.list("rendered_ids"));
        boolean rendered = text.equals(expected.text("rendered"));
        boolean equal = Arrays.equals(ids, wanted);
        return List.of(
                new Check("chat", rendered, rendered ? "rendered to the expected text" : "rendered to " + text),
                new Check(
                        "ids of the chat",
                        equal,
                        equal
                                ? "all " + wanted.length + " are equal"
                                : Arrays.toString(ids) + " instead of " + Arrays.toString(wanted)));
    }
}
