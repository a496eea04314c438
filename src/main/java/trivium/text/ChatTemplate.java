package trivium.text;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
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
 * learns to answer, not to ask. What the model is given and what it learns are encoded apart, so that a prompt has the
 * same tokens in training as in generation.
 *
 * @param markers the special tokens in the texts of this template
 * @param begin stands once, before everything
 * @param system around a system message; with {@code systemInUser} inside the user's message, before its content
 * @param assistant its {@code after} has the marker at which an answer ends
 */
public record ChatTemplate(
        List<String> markers, String begin, Turn system, Turn user, Turn assistant, boolean systemInUser) {

    /** What stands before and after a message. */
    public record Turn(String before, String after) {}

    /**
     * The template used throughout: {@code <|user|>}, {@code <|assistant|>}, {@code <|end|>}. A system message stands
     * before the user's, with a blank line between them.
     */
    public static final ChatTemplate DEFAULT = new ChatTemplate(
            List.of("<|user|>", "<|assistant|>", "<|end|>"),
            "",
            new Turn("", "\n\n"),
            new Turn("<|user|>", ""),
            new Turn("<|assistant|>", "<|end|>"),
            true);

    /** ChatML: OpenAI's, and that of Qwen and many others. */
    public static final ChatTemplate CHATML = new ChatTemplate(
            List.of("<|im_start|>", "<|im_end|>"),
            "",
            new Turn("<|im_start|>system\n", "<|im_end|>\n"),
            new Turn("<|im_start|>user\n", "<|im_end|>\n"),
            new Turn("<|im_start|>assistant\n", "<|im_end|>\n"),
            false);

    /** Llama 2's (Touvron et al. 2023). Its tokenizer puts the space before an answer itself. */
    public static final ChatTemplate LLAMA2 = new ChatTemplate(
            List.of("<s>", "</s>"),
            "",
            new Turn("<<SYS>>\n", "\n<</SYS>>\n\n"),
            new Turn("<s>[INST] ", " [/INST]"),
            new Turn("", " </s>"),
            true);

    /** Llama 3's. */
    public static final ChatTemplate LLAMA3 = new ChatTemplate(
            List.of("<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"),
            "<|begin_of_text|>",
            new Turn("<|start_header_id|>system<|end_header_id|>\n\n", "<|eot_id|>"),
            new Turn("<|start_header_id|>user<|end_header_id|>\n\n", "<|eot_id|>"),
            new Turn("<|start_header_id|>assistant<|end_header_id|>\n\n", "<|eot_id|>"),
            false);

    /** Tokens of a prompt and its answer; ids from {@code promptLength} on are trained. */
    public record Example(int[] ids, int promptLength) {

        /** The same with a mark for each token. */
        public Chat chat() {
            var trained = new boolean[ids.length];
            Arrays.fill(trained, promptLength, ids.length, true);
            return new Chat(ids, trained);
        }
    }

    public ChatTemplate {
        markers = List.copyOf(markers);
        if (sections(markers, assistant.after()).stream().noneMatch(AddedTokens.Section::isToken)) {
            throw new IllegalArgumentException("nothing ends an answer: none of the markers " + markers
                    + " is in what stands after the assistant's message, \"" + assistant.after() + "\"");
        }
    }

    /** The special tokens a tokenizer needs for this template. */
    public String[] specials() {
        return markers.toArray(String[]::new);
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
        int[] given = prompt(tokenizer, prompt);
        var chat = conversation(tokenizer, List.of(Message.user(prompt), Message.assistant(completion)));
        int end = IntStream.range(0, chat.ids().length)
                .filter(i -> chat.trained()[i])
                .max()
                .orElseThrow();
        return new Example(Arrays.copyOf(chat.ids(), end + 1), given.length);
    }

    /**
     * A whole conversation of any number of turns.
     *
     * @throws IllegalArgumentException for a role it does not know, or a system message with no user's message after it
     *     where it would stand inside of it
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
            var missing = Stream.of(specials())
                    .filter(name -> tokenizer.special(name).isEmpty())
                    .collect(Collectors.joining(" "));
            var names = Stream.of(specials()).map(name -> '"' + name + '"').collect(Collectors.joining(", "));
            return new IllegalArgumentException("this tokenizer lacks " + missing
                    + ", which mark who speaks; use tokenizer.withSpecials(" + names + ")");
        });
    }
}
