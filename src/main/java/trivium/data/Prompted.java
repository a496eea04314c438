package trivium.data;

import java.util.List;
import trivium.data.files.Transcript;
import trivium.text.Message;

/** What was said of one or more answers to messages: a comparison, a judged answer, an answer in steps. */
public interface Prompted {

    /** What is answered, earlier turns included; roles are system, user and assistant. */
    List<Message> promptMessages();

    /**
     * What is answered as one text, for tables and people: the user's words where nothing else stands before the
     * answers, otherwise a {@linkplain Transcript transcript}. Models are given the {@link #promptMessages}.
     */
    default String prompt() {
        return Transcript.prompt(promptMessages());
    }

    /** Whether one question is answered, without a system message. */
    default boolean isSingleTurn() {
        return promptMessages().size() == 1 && promptMessages().getFirst().isUser();
    }

    /** How the dialogue begins: the prompt up to the first answer in it. */
    default String opening() {
        return Transcript.opening(promptMessages());
    }
}
