package trivium.data.files;

import java.util.Objects;

/**
 * What somebody says in a chat.
 *
 * @param role "system", "user", "assistant" or "tool"
 */
public record Message(String role, String content) {

    public static final String SYSTEM = "system";
    public static final String USER = "user";
    public static final String ASSISTANT = "assistant";

    public Message {
        Objects.requireNonNull(role, "a message needs a role");
        Objects.requireNonNull(content, "a message needs content");
    }

    boolean answers() {
        return role.equals(ASSISTANT);
    }
}
