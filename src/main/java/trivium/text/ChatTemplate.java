package trivium.text;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How a prompt and its answer become one sequence of tokens, and which of them are trained.
 *
 * <pre>{@code <|user|> prompt <|assistant|> completion <|end|>}</pre>
 *
 * Loss falls on the completion and {@code <|end|>} only: the model learns to answer, not to ask.
 */
public record ChatTemplate(String user, String assistant, String end) {

    /** The template used throughout: {@code <|user|>}, {@code <|assistant|>}, {@code <|end|>}. */
    public static final ChatTemplate DEFAULT = new ChatTemplate("<|user|>", "<|assistant|>", "<|end|>");

    /** Tokens of a prompt and its answer; ids from {@code promptLength} on are trained. */
    public record Example(int[] ids, int promptLength) {}

    /** The special tokens a tokenizer needs for this template. */
    public String[] specials() {
        return new String[] {user, assistant, end};
    }

    /** The tokens the model sees before it answers, up to and including {@code <|assistant|>}. */
    public int[] prompt(Tokenizer tokenizer, String prompt) {
        int[] text = tokenizer.encode(prompt);
        int[] ids = new int[text.length + 2];
        ids[0] = id(tokenizer, user);
        System.arraycopy(text, 0, ids, 1, text.length);
        ids[ids.length - 1] = id(tokenizer, assistant);
        return ids;
    }

    /** The whole conversation, with the boundary between what is given and what is learned. */
    public Example example(Tokenizer tokenizer, String prompt, String completion) {
        int[] given = prompt(tokenizer, prompt);
        int[] answer = tokenizer.encode(completion);
        int[] ids = Arrays.copyOf(given, given.length + answer.length + 1);
        System.arraycopy(answer, 0, ids, given.length, answer.length);
        ids[ids.length - 1] = stop(tokenizer);
        return new Example(ids, given.length);
    }

    /** The id at which an answer ends. */
    public int stop(Tokenizer tokenizer) {
        return id(tokenizer, end);
    }

    private int id(Tokenizer tokenizer, String special) {
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
