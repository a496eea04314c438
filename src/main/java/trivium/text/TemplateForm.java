package trivium.text;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import trivium.text.ChatTemplate.Example;

/** What a {@link ChatTemplate} is made of: texts around turns, or a text in Jinja. */
public sealed interface TemplateForm permits TurnTemplate, JinjaTemplate {

    /** The special tokens that this template writes. */
    List<String> markers();

    /** The components by name, of which {@link ChatTemplate#of} makes the same template. */
    Map<String, Object> values();

    /**
     * The tokens the model sees before it answers the last of these messages.
     *
     * @throws IllegalArgumentException as for {@link #conversation}
     */
    int[] prompt(Tokenizer tokenizer, List<Message> messages);

    /**
     * A whole conversation of any number of turns.
     *
     * @throws IllegalArgumentException for a role that the template does not know, or, where a system message stands
     *     inside the user's, a system message with no user's message after it
     */
    Chat conversation(Tokenizer tokenizer, List<Message> messages);

    /** The id at which an answer ends. */
    int stop(Tokenizer tokenizer);

    /** The special tokens a tokenizer needs for this template. */
    default String[] specials() {
        return markers().toArray(String[]::new);
    }

    /** The special tokens of this template that a tokenizer lacks, with spaces between; empty if it lacks none. */
    default Optional<String> missing(Tokenizer tokenizer) {
        var missing = markers().stream()
                .filter(name -> tokenizer.special(name).isEmpty())
                .collect(Collectors.joining(" "));
        return Optional.of(missing).filter(names -> !names.isEmpty());
    }

    /**
     * The answer to these messages: earlier answers among them are given, and only this one is learned, up to the
     * marker that ends it.
     */
    default Example example(Tokenizer tokenizer, List<Message> prompt, String completion) {
        var messages = Stream.concat(prompt.stream(), Stream.of(Message.assistant(completion)))
                .toList();
        return new Example(training(tokenizer, messages).ids(), prompt(tokenizer, prompt).length);
    }

    /**
     * A conversation to learn every answer of: up to the marker that ends the last one, each answer trained with the
     * marker that ends it.
     *
     * @throws IllegalArgumentException if the assistant says nothing, or as for {@link #conversation}
     */
    default Chat training(Tokenizer tokenizer, List<Message> messages) {
        var chat = conversation(tokenizer, messages);
        int end = chat.ids().length;
        while (end > 0 && !chat.trained()[end - 1]) {
            end--;
        }
        if (end == 0) {
            throw new IllegalArgumentException(nothingToLearn(messages));
        }
        return new Chat(Arrays.copyOf(chat.ids(), end), Arrays.copyOf(chat.trained(), end));
    }

    private static String nothingToLearn(List<Message> messages) {
        var begins = messages.isEmpty() ? "" : messages.getFirst().content().strip();
        boolean answers = messages.stream()
                .anyMatch(message -> message.role().equals(Message.ASSISTANT)
                        && !message.content().isBlank());
        return "the conversation that begins \"" + begins.substring(0, Math.min(60, begins.length()))
                + "\" has nothing to learn: "
                + (answers
                        ? "the chat template marks no token of its answers as the assistant's; put {% generation %}"
                                + " and {% endgeneration %} around the answer in the template, or use"
                                + " .template(ChatTemplate.CHATML)"
                        : "the assistant says nothing in it; leave it out, or give it an answer");
    }

    /** The id of a special token of this template. */
    default int id(Tokenizer tokenizer, String special) {
        return tokenizer.special(special).orElseThrow(() -> {
            var missing = missing(tokenizer).orElseThrow();
            var names = Stream.of(specials()).map(name -> '"' + name + '"').collect(Collectors.joining(", "));
            return new IllegalArgumentException("this tokenizer lacks " + missing
                    + ", which mark who speaks; run.withTemplateTokens() adds them to a run, use tokenizer.withSpecials("
                    + names
                    + ") before a model is trained");
        });
    }
}
