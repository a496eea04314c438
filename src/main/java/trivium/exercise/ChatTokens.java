package trivium.exercise;

import trivium.text.Tokenizer;

/** A prompt and its answer as the tokens that a model is fine-tuned on. */
@FunctionalInterface
public interface ChatTokens {

    /**
     * The tokens of {@code <|user|>prompt<|assistant|>answer<|end|>}.
     *
     * @param words knows the three markers as special tokens
     * @return ids
     */
    int[] of(Tokenizer words, String prompt, String answer);
}
