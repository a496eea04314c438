package trivium.text;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How a conversation becomes one sequence of tokens, and which of them are trained.
 *
 * <pre>{@code <|user|> prompt <|assistant|> completion <|end|>}</pre>
 *
 * <p>Each message stands between the two texts of its role. In these texts the {@code markers} are special tokens; in
 * messages nothing is. Loss falls on what the assistant says up to and including the marker that ends it: the model
 * learns to answer, not to ask; of a conversation of several turns it learns every answer. What the model is given and
 * what it learns are encoded apart, so that a prompt has the same tokens in training as in generation.
 *
 * @param markers the special tokens in the texts of this template
 * @param begin stands once, before everything
 * @param system around a system message; with {@code systemInUser} inside the user's message, before its content
 * @param assistant its {@code after} has the marker at which an answer ends
 * @param trim whether messages lose the white space around them
 */
public record ChatTemplate(
        List<String> markers,
        String begin,
        Turn system,
        Turn user,
        Turn assistant,
        boolean systemInUser,
        boolean trim) {

    /** What stands before and after a message. */
    public record Turn(String before, String after) {

        Map<String, Object> values() {
            var values = new LinkedHashMap<String, Object>();
            values.put("before", before);
            values.put("after", after);
            return values;
        }
    }

    /**
     * The template of a run for which no other was chosen: {@code <|user|>}, {@code <|assistant|>}, {@code <|end|>}. A
     * system message stands before the user's, with a blank line between them.
     */
    public static final ChatTemplate DEFAULT = new ChatTemplate(
            List.of("<|user|>", "<|assistant|>", "<|end|>"),
            "",
            new Turn("", "\n\n"),
            new Turn("<|user|>", ""),
            new Turn("<|assistant|>", "<|end|>"),
            true,
            false);

    /**
     * ChatML: OpenAI's, and that of Qwen and many others. Qwen 2.5's puts a system message of Qwen's own in front of
     * conversations that begin without one, which this one does not.
     */
    public static final ChatTemplate CHATML = new ChatTemplate(
            List.of("<|im_start|>", "<|im_end|>"),
            "",
            new Turn("<|im_start|>system\n", "<|im_end|>\n"),
            new Turn("<|im_start|>user\n", "<|im_end|>\n"),
            new Turn("<|im_start|>assistant\n", "<|im_end|>\n"),
            false,
            false);

    /** Llama 2's (Touvron et al. 2023). Its tokenizer puts the space before an answer itself. */
    public static final ChatTemplate LLAMA2 = new ChatTemplate(
            List.of("<s>", "</s>"),
            "",
            new Turn("<<SYS>>\n", "\n<</SYS>>\n\n"),
            new Turn("<s>[INST] ", " [/INST]"),
            new Turn("", " </s>"),
            true,
            true);

    /** Llama 3's. */
    public static final ChatTemplate LLAMA3 = new ChatTemplate(
            List.of("<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"),
            "<|begin_of_text|>",
            new Turn("<|start_header_id|>system<|end_header_id|>\n\n", "<|eot_id|>"),
            new Turn("<|start_header_id|>user<|end_header_id|>\n\n", "<|eot_id|>"),
            new Turn("<|start_header_id|>assistant<|end_header_id|>\n\n", "<|eot_id|>"),
            false,
            true);

    /** What people call the templates above, in cards too. */
    private static final Map<String, ChatTemplate> NAMED =
            Map.of("default", DEFAULT, "chatml", CHATML, "llama2", LLAMA2, "llama3", LLAMA3);

    /** Tokens of a prompt and its answer; ids from {@code promptLength} on are trained. */
    public record Example(int[] ids, int promptLength) {

        /** The same with a mark for each token. */
        public Chat chat() {
            var trained = new boolean[ids.length];
            Arrays.fill(trained, Math.min(promptLength, ids.length), ids.length, true);
            return new Chat(ids, trained);
        }
    }

    public ChatTemplate {
        markers = List.copyOf(markers);
        if (markers.contains("")) {
            throw new IllegalArgumentException("a marker of a chat template is an empty text");
        }
        if (sections(markers, assistant.after()).stream().noneMatch(AddedTokens.Section::isToken)) {
            throw new IllegalArgumentException("nothing ends an answer: none of the markers " + markers
                    + " is in what stands after the assistant's message, \"" + assistant.after() + "\"");
        }
    }

    /**
     * This template as a setting: "default", "chatml", "llama2" or "llama3", or the values of its components by name.
     */
    public Object setting() {
        return NAMED.entrySet().stream()
                .filter(named -> named.getValue().equals(this))
                .<Object>map(Map.Entry::getKey)
                .findFirst()
                .orElseGet(this::values);
    }

    /**
     * The values of the components by name: texts, a list of texts, truth values, and maps of these. "trim" is there
     * only if it is true, so that other templates have the values that they had before.
     */
    public Map<String, Object> values() {
        var values = new LinkedHashMap<String, Object>();
        values.put("markers", markers);
        values.put("begin", begin);
        values.put("system", system.values());
        values.put("user", user.values());
        values.put("assistant", assistant.values());
        values.put("systemInUser", systemInUser);
        if (trim) {
            values.put("trim", true);
        }
        return values;
    }

    /**
     * The template that a {@link #setting} says.
     *
     * @throws IllegalArgumentException naming what is missing or of another kind
     */
    public static ChatTemplate of(Object setting) {
        if (NAMED.get(setting) instanceof ChatTemplate named) {
            return named;
        }
        if (!(setting instanceof Map<?, ?> values)) {
            throw new IllegalArgumentException("a chat template should be one of " + new TreeSet<>(NAMED.keySet())
                    + " or an object with its texts, not " + setting);
        }
        var markers = value(values, "markers", List.class, "a list of texts");
        return new ChatTemplate(
                Stream.of(markers.toArray()).map(String::valueOf).toList(),
                value(values, "begin", String.class, "a text"),
                turn(values, "system"),
                turn(values, "user"),
                turn(values, "assistant"),
                value(values, "systemInUser", Boolean.class, "true or false"),
                values.containsKey("trim") && value(values, "trim", Boolean.class, "true or false"));
    }

    private static Turn turn(Map<?, ?> values, String name) {
        var turn = value(values, name, Map.class, "an object with the texts \"before\" and \"after\"");
        return new Turn(value(turn, "before", String.class, "a text"), value(turn, "after", String.class, "a text"));
    }

    private static <T> T value(Map<?, ?> values, String name, Class<T> type, String what) {
        var value = values.get(name);
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException(
                    "\"" + name + "\" of a chat template should be " + what + ", not " + value);
        }
        return type.cast(value);
    }

    /** The special tokens a tokenizer needs for this template. */
    public String[] specials() {
        return markers.toArray(String[]::new);
    }

    /** The special tokens of this template that a tokenizer lacks, with spaces between; empty if it lacks none. */
    public Optional<String> missing(Tokenizer tokenizer) {
        var missing = markers.stream()
                .filter(name -> tokenizer.special(name).isEmpty())
                .collect(Collectors.joining(" "));
        return Optional.of(missing).filter(names -> !names.isEmpty());
    }

    /** The tokens the model sees before it answers. */
    public int[] prompt(Tokenizer tokenizer, String prompt) {
        return prompt(tokenizer, List.of(Message.user(prompt)));
    }

    /** The tokens the model sees before it answers the last of these messages. */
    public int[] prompt(Tokenizer tokenizer, List<Message> messages) {
        var writer = new ChatWriter(tokenizer, this);
        writer.messages(messages);
        writer.write(assistant.before());
        return writer.finish().ids();
    }

    /** A prompt and its answer, with the boundary between what is given and what is learned. */
    public Example example(Tokenizer tokenizer, String prompt, String completion) {
        return example(tokenizer, List.of(Message.user(prompt)), completion);
    }

    /**
     * The answer to these messages: earlier answers among them are given, and only this one is learned, up to the
     * marker that ends it.
     */
    public Example example(Tokenizer tokenizer, List<Message> prompt, String completion) {
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
    public Chat training(Tokenizer tokenizer, List<Message> messages) {
        var chat = conversation(tokenizer, messages);
        int end = chat.ids().length;
        while (end > 0 && !chat.trained()[end - 1]) {
            end--;
        }
        if (end == 0) {
            throw new IllegalArgumentException("the assistant says nothing in this conversation");
        }
        return new Chat(Arrays.copyOf(chat.ids(), end), Arrays.copyOf(chat.trained(), end));
    }

    /**
     * A whole conversation of any number of turns.
     *
     * @throws IllegalArgumentException for a role that the template does not know, or, where a system message stands
     *     inside the user's, a system message with no user's message after it
     */
    public Chat conversation(Tokenizer tokenizer, List<Message> messages) {
        var writer = new ChatWriter(tokenizer, this);
        writer.messages(messages);
        return writer.finish();
    }

    /** The id at which an answer ends. */
    public int stop(Tokenizer tokenizer) {
        var end = sections(assistant.after()).stream()
                .filter(AddedTokens.Section::isToken)
                .findFirst()
                .orElseThrow();
        return id(tokenizer, end.text());
    }

    /** One of this template's texts, cut into markers and what is between. */
    List<AddedTokens.Section> sections(String text) {
        return sections(markers, text);
    }

    private static List<AddedTokens.Section> sections(List<String> markers, String text) {
        return new AddedTokens(IntStream.range(0, markers.size())
                        .mapToObj(i -> new AddedToken(i, markers.get(i), Set.of()))
                        .toList())
                .raw(false)
                .cut(text);
    }

    int id(Tokenizer tokenizer, String special) {
        return tokenizer.special(special).orElseThrow(() -> {
            var missing = missing(tokenizer).orElseThrow();
            var names = Stream.of(specials()).map(name -> '"' + name + '"').collect(Collectors.joining(", "));
            return new IllegalArgumentException("this tokenizer lacks " + missing
                    + ", which mark who speaks; use tokenizer.withSpecials(" + names + ")");
        });
    }
}
