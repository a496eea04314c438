package trivium.model;

import java.util.Map;

/** What fresh models of one shape are made from, once the tokenizer has said how large its vocabulary is. */
public interface ModelConfig {

    /** The longest sequence T that its models can see, in tokens. */
    int context();

    /** Whether its models look at tokens after the one they predict; see {@link LanguageModel#looksAhead}. */
    default boolean looksAhead() {
        return false;
    }

    /** A fresh model for a vocabulary of this size, its weights drawn with this seed. */
    LanguageModel fresh(int vocabulary, long seed);

    /** The shape in a run's settings, by name and in the order to be shown: numbers and short texts. */
    Map<String, Object> settings();

    /** How many parameters a model of this shape has with a vocabulary of this size; counted without making one. */
    long parameters(int vocabulary);
}
