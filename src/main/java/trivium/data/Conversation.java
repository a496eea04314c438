package trivium.data;

import static java.util.Objects.requireNonNull;

import java.util.List;
import trivium.data.files.Transcript;
import trivium.text.Message;

/**
 * A conversation to learn from: what system and users say is given, what the assistant says is learned, in every turn.
 *
 * @param messages at least one, the last of which is the assistant's; roles are system, user and assistant
 */
public record Conversation(List<Message> messages) {

    public Conversation {
        messages = List.copyOf(messages);
        messages.forEach(Message::requireSpeaker);
        if (messages.isEmpty() || !messages.getLast().isAssistant()) {
            throw new IllegalArgumentException("a conversation should end with an answer of the assistant, but "
                    + (messages.isEmpty()
                            ? "has no messages"
                            : "its last message is the " + messages.getLast().role() + "'s"));
        }
    }

    /** One question and its answer. */
    public Conversation(String prompt, String completion) {
        this(List.of(
                Message.user(requireNonNull(prompt, "a conversation needs a prompt")),
                Message.assistant(requireNonNull(completion, "a conversation needs a completion"))));
    }

    /** {@code Conversation.of(system("Be kind."), user("Hi!"), assistant("Hello."))}. */
    public static Conversation of(Message... messages) {
        return new Conversation(List.of(messages));
    }

    /** What stands before the last answer. */
    public List<Message> promptMessages() {
        return messages.subList(0, messages.size() - 1);
    }

    /**
     * What stands before the last answer as one text, for tables and people: the user's words where nothing else does,
     * otherwise a {@linkplain Transcript transcript}. Models are given the {@link #messages}.
     */
    public String prompt() {
        return Transcript.prompt(promptMessages());
    }

    /** The last answer. */
    public String completion() {
        return messages.getLast().content();
    }

    /** Whether this is one question and its answer, without a system message. */
    public boolean isSingleTurn() {
        return messages.size() == 2 && messages.getFirst().isUser();
    }

    /** How the conversation begins: the prompt up to the first answer in it. */
    public String opening() {
        return Transcript.opening(messages);
    }
}
