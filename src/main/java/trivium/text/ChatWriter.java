package trivium.text;

import java.util.Arrays;
import java.util.List;

/** Writes a conversation down in a template, token by token. */
final class ChatWriter {

    private final Tokenizer tokenizer;
    private final TurnTemplate template;
    private final Ids ids = new Ids(256);

    /** The marks of the tokens so far; longer than there are tokens. */
    private boolean[] trained = new boolean[256];

    private int size;

    /** Text that is not encoded yet: texts without a marker between them are encoded together. */
    private final StringBuilder text = new StringBuilder();

    private boolean learning;

    ChatWriter(Tokenizer tokenizer, TurnTemplate template) {
        this.tokenizer = tokenizer;
        this.template = template;
        write(template.begin());
    }

    void messages(List<Message> messages) {
        String system = null;
        for (var message : messages) {
            switch (message.role()) {
                case Message.SYSTEM -> {
                    if (template.systemInUser()) {
                        system = system == null ? message.content() : system + "\n\n" + message.content();
                    } else {
                        turn(template.system(), message.content());
                    }
                }
                case Message.USER -> {
                    question(system, message.content());
                    system = null;
                }
                case Message.ASSISTANT -> {
                    if (system != null) {
                        question(system, "");
                        system = null;
                    }
                    answer(message.content());
                }
                default ->
                    throw new IllegalArgumentException("a message's role is \"" + message.role()
                            + "\", but this template knows \"system\", \"user\" and \"assistant\"");
            }
        }
        if (system != null) {
            throw new IllegalArgumentException(
                    "in this template a system message stands inside the user's message after it, but none follows");
        }
    }

    /** @param system what stands inside the user's message before its content, or null */
    private void question(String system, String content) {
        write(template.user().before());
        if (system == null) {
            text.append(trimmed(content));
        } else {
            // what stands inside the user's message is trimmed as one text, as in Llama 2's template
            boolean first = template.system().before().isEmpty();
            write(template.system().before());
            text.append(first ? strip(system, true, false) : system);
            write(template.system().after());
            text.append(strip(content, false, true));
        }
        write(template.user().after());
    }

    private void turn(TurnTemplate.Turn turn, String content) {
        write(turn.before());
        text.append(trimmed(content));
        write(turn.after());
    }

    /** The trained part begins with the content and ends with the first marker after it. */
    private void answer(String content) {
        write(template.assistant().before());
        learn(true);
        text.append(trimmed(content));
        for (var section : template.sections(template.assistant().after())) {
            write(section);
            if (section.isToken()) {
                learn(false);
            }
        }
    }

    private String trimmed(String content) {
        return strip(content, true, true);
    }

    /** Without the white space at these ends, where the template trims. */
    private String strip(String content, boolean start, boolean end) {
        int from = 0;
        int to = content.length();
        while (template.trim() && start && from < to && isSpace(content.charAt(from))) {
            from++;
        }
        while (template.trim() && end && from < to && isSpace(content.charAt(to - 1))) {
            to--;
        }
        return content.substring(from, to);
    }

    /** White space as Python's {@code str.strip} has it, which the templates of others are written with. */
    private static boolean isSpace(char c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
    }

    /** Writes a text of the template, in which markers are special tokens. */
    void write(String literal) {
        template.sections(literal).forEach(this::write);
    }

    private void write(AddedTokens.Section section) {
        if (section.isToken()) {
            flush();
            add(template.id(tokenizer, section.text()));
        } else {
            text.append(section.text());
        }
    }

    private void learn(boolean learns) {
        flush();
        learning = learns;
    }

    private void flush() {
        if (!text.isEmpty()) {
            for (int id : tokenizer.encode(text.toString())) {
                add(id);
            }
            text.setLength(0);
        }
    }

    private void add(int id) {
        if (size == trained.length) {
            trained = Arrays.copyOf(trained, 2 * size);
        }
        trained[size++] = learning;
        ids.add(id);
    }

    Chat finish() {
        flush();
        return new Chat(ids.toArray(), Arrays.copyOf(trained, size));
    }
}
