package trivium.text;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;

/**
 * How a conversation becomes one sequence of tokens, and which of them are trained.
 *
 * <p>Only the template writes special tokens; a text in a message that spells one stays text. Loss falls on what the
 * assistant says up to and including the token that ends it: the model learns to answer, not to ask; of a conversation
 * of several turns it learns every answer.
 *
 * @param form a {@link TurnTemplate} or a {@link JinjaTemplate}
 */
public record ChatTemplate(TemplateForm form) {

    /**
     * The template of a run for which no other was chosen: {@code <|user|>}, {@code <|assistant|>}, {@code <|end|>}. A
     * system message stands before the user's, with a blank line between them.
     */
    public static final ChatTemplate DEFAULT = new ChatTemplate(new TurnTemplate(
            List.of("<|user|>", "<|assistant|>", "<|end|>"),
            "",
            new TurnTemplate.Turn("", "\n\n"),
            new TurnTemplate.Turn("<|user|>", ""),
            new TurnTemplate.Turn("<|assistant|>", "<|end|>"),
            true,
            false));

    /**
     * ChatML: OpenAI's, and that of Qwen and many others. Qwen 2.5's puts a system message of Qwen's own in front of
     * conversations that begin without one, which this one does not.
     */
    public static final ChatTemplate CHATML = new ChatTemplate(new TurnTemplate(
            List.of("<|im_start|>", "<|im_end|>"),
            "",
            new TurnTemplate.Turn("<|im_start|>system\n", "<|im_end|>\n"),
            new TurnTemplate.Turn("<|im_start|>user\n", "<|im_end|>\n"),
            new TurnTemplate.Turn("<|im_start|>assistant\n", "<|im_end|>\n"),
            false,
            false));

    /** Llama 2's (Touvron et al. 2023). Its tokenizer puts the space before an answer itself. */
    public static final ChatTemplate LLAMA2 = new ChatTemplate(new TurnTemplate(
            List.of("<s>", "</s>"),
            "",
            new TurnTemplate.Turn("<<SYS>>\n", "\n<</SYS>>\n\n"),
            new TurnTemplate.Turn("<s>[INST] ", " [/INST]"),
            new TurnTemplate.Turn("", " </s>"),
            true,
            true));

    /** Llama 3's. */
    public static final ChatTemplate LLAMA3 = new ChatTemplate(new TurnTemplate(
            List.of("<|begin_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"),
            "<|begin_of_text|>",
            new TurnTemplate.Turn("<|start_header_id|>system<|end_header_id|>\n\n", "<|eot_id|>"),
            new TurnTemplate.Turn("<|start_header_id|>user<|end_header_id|>\n\n", "<|eot_id|>"),
            new TurnTemplate.Turn("<|start_header_id|>assistant<|end_header_id|>\n\n", "<|eot_id|>"),
            false,
            true));

    /** What people call the templates above, in cards too. */
    private static final Map<String, ChatTemplate> NAMED =
            Map.of("default", DEFAULT, "chatml", CHATML, "llama2", LLAMA2, "llama3", LLAMA3);

    public ChatTemplate {
        Objects.requireNonNull(form, "a chat template needs a form");
    }

    /** Tokens of a prompt and its answer; ids from {@code promptLength} on are trained. */
    public record Example(int[] ids, int promptLength) {

        /** The same with a mark for each token. */
        public Chat chat() {
            var trained = new boolean[ids.length];
            Arrays.fill(trained, Math.min(promptLength, ids.length), ids.length, true);
            return new Chat(ids, trained);
        }
    }

    /**
     * A template in Jinja that writes these special tokens, such as {@code "<|im_end|>"}.
     *
     * @throws IllegalArgumentException if it cannot be read or rendered, or nothing ends an answer
     */
    public static ChatTemplate jinja(String source, String... markers) {
        return new ChatTemplate(JinjaTemplate.of(source, markers));
    }

    /**
     * The template that comes with a tokenizer, empty if none does.
     *
     * @throws IllegalArgumentException as for {@link #jinja}
     */
    public static Optional<ChatTemplate> jinja(TokenizerConfig config, Tokenizer tokenizer) {
        return JinjaTemplate.of(config, tokenizer).map(ChatTemplate::new);
    }

    /**
     * This template as a setting: "default", "chatml", "llama2" or "llama3", or the values of its components by name.
     */
    public Object setting() {
        return NAMED.entrySet().stream()
                .filter(named -> named.getValue().equals(this))
                .<Object>map(Map.Entry::getKey)
                .findFirst()
                .orElseGet(form::values);
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
        return new ChatTemplate(
                values.containsKey(JinjaTemplate.JINJA) ? JinjaTemplate.of(values) : TurnTemplate.of(values));
    }

    /** The components of the form by name, of which {@link #of} makes the same template. */
    public Map<String, Object> values() {
        return form.values();
    }

    /** The special tokens a tokenizer needs for this template. */
    public String[] specials() {
        return form.specials();
    }

    /** The special tokens of this template that a tokenizer lacks, with spaces between; empty if it lacks none. */
    public Optional<String> missing(Tokenizer tokenizer) {
        return form.missing(tokenizer);
    }

    /** The tokens the model sees before it answers. */
    public int[] prompt(Tokenizer tokenizer, String prompt) {
        return prompt(tokenizer, List.of(Message.user(prompt)));
    }

    /**
     * The tokens the model sees before it answers the last of these messages.
     *
     * @throws IllegalArgumentException as for {@link #conversation}
     */
    public int[] prompt(Tokenizer tokenizer, List<Message> messages) {
        return form.prompt(tokenizer, messages);
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
        return form.example(tokenizer, prompt, completion);
    }

    /**
     * A conversation to learn every answer of: up to the marker that ends the last one, each answer trained with the
     * marker that ends it.
     *
     * @throws IllegalArgumentException if the assistant says nothing, or as for {@link #conversation}
     */
    public Chat training(Tokenizer tokenizer, List<Message> messages) {
        return form.training(tokenizer, messages);
    }

    /**
     * A whole conversation of any number of turns.
     *
     * @throws IllegalArgumentException for a role that the template does not know, for what a template in Jinja
     *     refuses, or, where a system message stands inside the user's, a system message with no user's message after
     *     it
     */
    public Chat conversation(Tokenizer tokenizer, List<Message> messages) {
        return form.conversation(tokenizer, messages);
    }

    /** The id at which an answer ends. */
    public int stop(Tokenizer tokenizer) {
        return form.stop(tokenizer);
    }
}
