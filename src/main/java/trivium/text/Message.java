package trivium.text;

import java.util.Objects;

/**
 * What somebody says in a conversation.
 *
 * @param role {@link #SYSTEM}, {@link #USER} or {@link #ASSISTANT}; files know others, such as "tool"
 */
public record Message(String role, String content) {

    /** Says how to behave, before the others speak. */
    public static final String SYSTEM = "system";

    /** Asks. */
    public static final String USER = "user";

    /** Answers: the model, or the texts that it shall learn. */
    public static final String ASSISTANT = "assistant";

    public Message {
        Objects.requireNonNull(role, "a message needs a role");
        Objects.requireNonNull(content, "a message needs content");
    }

    /**
     * Refuses messages of others than system, user and assistant, such as a tool's.
     *
     * @throws IllegalArgumentException naming the role
     */
    public void requireSpeaker() {
        if (!hasSpeaker()) {
            throw new IllegalArgumentException("a message's role is \"" + role
                    + "\", but a conversation has \"system\", \"user\" and \"assistant\"");
        }
    }

    /** Whether this is said by system, user or assistant. */
    public boolean hasSpeaker() {
        return role.equals(SYSTEM) || isUser() || isAssistant();
    }

    public boolean isUser() {
        return role.equals(USER);
    }

    public boolean isAssistant() {
        return role.equals(ASSISTANT);
    }

    public static Message system(String content) {
        return new Message(SYSTEM, content);
    }

    public static Message user(String content) {
        return new Message(USER, content);
    }

    public static Message assistant(String content) {
        return new Message(ASSISTANT, content);
    }
}
