package trivium.model;

import java.util.Optional;
import trivium.tensor.Precision;

/**
 * What every phase asks of a model: parameters in one flat vector, a training pass, and step-by-step decoding.
 *
 * <p>A model answers {@code outputs()} numbers at each position: the logits of the next token (then {@code outputs()}
 * is the vocabulary's size), or, for reward models, one scalar score.
 *
 * <p>{@code LanguageModelContract}, among the tests, says in full what is asked of an implementation, and tries it.
 */
public interface LanguageModel {

    /** Numbers per position: the vocabulary's size V, or 1 for a model that scores. */
    int outputs();

    /** The longest sequence T the model can see, in tokens. */
    int context();

    /** V, how many tokens it reads; as many as it has outputs unless it scores. */
    default int vocabulary() {
        return outputs();
    }

    /**
     * Whether what it answers at a position depends on tokens after it. Such a model predicts hidden tokens, not next
     * ones, and has no decoder.
     */
    default boolean looksAhead() {
        return false;
    }

    /**
     * Whether its passes leave out the padding at the right end of rows ({@link Pass#rowLayout}), so that a pass for so
     * many positions takes as many positions of text, of however many rows. Outputs ({@link Pass#outputs}) have a place
     * for padding all the same.
     */
    default boolean skipsPadding() {
        return false;
    }

    /**
     * The weights, the same object at each call: one flat float32 vector with named views. What is trained of them,
     * {@link Parameters#freeze} says.
     */
    Parameters parameters();

    /**
     * Weights that this model reads beside its {@link #parameters}, that no training of it changes, and that all its
     * copies share: those beneath an adapter. They are saved with the others, and their names are apart.
     */
    default Optional<Parameters> beneath() {
        return Optional.empty();
    }

    /**
     * Buffers for training or scoring up to {@code rows} sequences of up to {@code time} tokens, or more sequences that
     * are shorter and have no more tokens in all. A pass belongs to one thread at a time (but for
     * {@link Pass#gradient(int, boolean, trivium.tensor.Floats)}); several passes may share the model's parameters.
     */
    Pass pass(int rows, int time);

    /** The same with its products in this precision, where the model offers it; else in float32. */
    default Pass pass(int rows, int time, Precision precision) {
        return pass(rows, time);
    }

    /**
     * The same that keeps little of a training step's forward, the stream before each block, and computes the rest
     * again on the way back: gradient checkpointing (Chen et al. 2016), to the same bits.
     *
     * @throws IllegalArgumentException from a model that cannot
     */
    default Pass checkpointingPass(int rows, int time, Precision precision) {
        throw new IllegalArgumentException("a model of the class " + getClass().getSimpleName()
                + " keeps all that it computes until the gradient is known: leave out gradientCheckpointing(true)");
    }

    /** State for generating up to {@code rows} sequences side by side, each up to {@code context()} tokens. */
    Decoder decoder(int rows);

    /** How rows that are generated side by side are spread over decoders. */
    enum Batching {

        /**
         * A row's numbers may depend in their last bits on the rows beside it: rows are cut into parts by their number
         * alone, so that the number of workers changes nothing, and the places of those that are done stay free.
         */
        CUT,

        /** A row's numbers are its own to the last bit; each worker has a decoder. */
        APART,

        /**
         * The same, but one decoder for all rows, whose steps the workers share ({@link Decoder#share}), is faster:
         * weights that fit no cache are read once for all.
         */
        TOGETHER
    }

    /** What suits this model's decoders. */
    default Batching batching() {
        return Batching.CUT;
    }

    /**
     * What it takes to use this model on {@code rows} sequences of {@code time} tokens, so that what the machine cannot
     * hold is refused before it is tried; empty for a model that cannot tell.
     */
    default Optional<Size> size(int rows, int time, Size.Use use) {
        return Optional.empty();
    }

    /** A model of the same shape with its own copy of the {@link #parameters}, frozen alike. */
    LanguageModel copy();

    /**
     * A copy of this model's body, frozen alike, with a fresh head that answers one scalar per position, for reward
     * models and value functions.
     *
     * @param seed of the head's weights
     * @throws IllegalArgumentException for a model that cannot be given one
     */
    default LanguageModel withScalarHead(long seed) {
        throw new IllegalArgumentException("a model of the class " + getClass().getSimpleName()
                + " cannot score, as a reward model has to: the class does not say how to give it a scalar head"
                + " (LanguageModel.withScalarHead)");
    }

    /**
     * A copy of this model, frozen alike, with a vocabulary of {@code size} tokens: the further ones come last, and
     * their rows in embedding and head begin as the mean of the others'. So a new token is at first as likely as the
     * mean of the logits says, and what the model says of the others changes by that alone.
     *
     * @throws IllegalArgumentException for fewer tokens than there are, or a model that cannot be given more
     */
    default LanguageModel withVocabulary(int size) {
        throw new IllegalArgumentException("a model of the class " + getClass().getSimpleName()
                + " cannot be given new tokens: the class does not say how its vocabulary grows"
                + " (LanguageModel.withVocabulary); pre-train with tokenizer.withSpecials(…)");
    }

    /**
     * This model, as it is, with a fresh adapter beside it, which changes nothing yet and is all that is trained. The
     * weights stay where they are: the adapted model reads them here, and whoever changes them changes both.
     *
     * @param seed of the adapter's numbers
     * @throws IllegalArgumentException for a model that cannot be given one, or has one
     */
    default LanguageModel withAdapter(Lora lora, long seed) {
        throw new IllegalArgumentException("a model of the class " + getClass().getSimpleName()
                + " cannot be given an adapter: the class does not say where it would stand"
                + " (LanguageModel.withAdapter); leave out lora(…)");
    }

    /** Everything but the weights, as the JSON that {@code Models.load} reads back. */
    String toJson();
}
