package trivium.data.files;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import trivium.text.Message;

/**
 * Several turns of a chat as one text, in the words of HH-RLHF (Bai et al. 2022):
 *
 * <pre>{@code
 * Human: …
 *
 * Assistant: …
 *
 * Human: …
 * }</pre>
 *
 * A single question stands without "Human:"; what a system message says goes before everything, as a paragraph of its
 * own. Files are read in these words, and tables show prompts of several turns in them; models are given messages.
 */
public final class Transcript {

    private static final String ASSISTANT = "\n\nAssistant:";
    private static final Pattern TURN = Pattern.compile("(?:^|\n\n)(Human|Assistant):");

    private static final Pattern FIRST_SPEAKER = Pattern.compile("(^|\n\n)Human: ");

    private Transcript() {}

    /** Messages as one prompt. */
    public static String prompt(List<Message> messages) {
        var system = new ArrayList<String>();
        int first = 0;
        while (first < messages.size() && messages.get(first).role().equals(Message.SYSTEM)) {
            system.add(messages.get(first++).content());
        }
        var turns = messages.subList(first, messages.size());
        if (!turns.isEmpty()) {
            system.add(
                    turns.size() == 1 && turns.getFirst().role().equals(Message.USER)
                            ? turns.getFirst().content()
                            : turns.stream().map(Transcript::turn).collect(Collectors.joining("\n\n")));
        }
        return String.join("\n\n", system);
    }

    /** What follows a prompt: the first message's text, and whatever comes after it as turns. */
    static String answer(List<Message> messages) {
        var later = messages.stream().skip(1).map(Transcript::turn);
        return Stream.concat(messages.stream().limit(1).map(Message::content), later)
                .collect(Collectors.joining("\n\n"));
    }

    private static String turn(Message message) {
        String who = switch (message.role()) {
            case Message.USER -> "Human";
            case Message.ASSISTANT -> "Assistant";
            default ->
                message.role().substring(0, 1).toUpperCase(Locale.ROOT)
                        + message.role().substring(1);
        };
        return who + ": " + message.content();
    }

    /** Whether a text is a transcript: it begins with a person's turn. */
    static boolean is(String text) {
        return text.startsWith("\n\nHuman:") || text.startsWith("Human:");
    }

    /** The turns of a transcript that asks for an answer: without an "Assistant:" at its end with nothing behind it. */
    static List<Message> question(String transcript) {
        var messages = parse(transcript);
        var last = messages.getLast();
        return last.isAssistant() && last.content().isEmpty() ? messages.subList(0, messages.size() - 1) : messages;
    }

    /** The turns of a transcript, each without the space around it. */
    static List<Message> parse(String transcript) {
        var messages = new ArrayList<Message>();
        var turns = TURN.matcher(transcript);
        String role = "";
        int start = 0;
        while (turns.find()) {
            if (!role.isEmpty()) {
                messages.add(new Message(
                        role, transcript.substring(start, turns.start()).strip()));
            }
            role = turns.group(1).equals("Human") ? Message.USER : Message.ASSISTANT;
            start = turns.end();
        }
        messages.add(new Message(role, transcript.substring(start).strip()));
        return messages;
    }

    /**
     * How a conversation begins: its messages up to the first answer, or the text of a prompt up to the first answer in
     * it. Conversations that begin alike are about the same thing, for the data sets of chats have each dialogue at
     * several lengths.
     */
    public static String opening(List<Message> messages) {
        return opening(prompt(
                messages.stream().takeWhile(message -> !message.isAssistant()).toList()));
    }

    private static String opening(String prompt) {
        int answer = prompt.indexOf(ASSISTANT);
        return answer < 0
                ? prompt
                : FIRST_SPEAKER.matcher(prompt.substring(0, answer)).replaceFirst("$1");
    }
}
