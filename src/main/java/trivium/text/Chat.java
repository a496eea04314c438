package trivium.text;

/**
 * A conversation as tokens.
 *
 * @param ids the tokens, (T)
 * @param trained for each token whether the loss counts its prediction, (T)
 */
public record Chat(int[] ids, boolean[] trained) {

    public Chat {
        if (ids.length != trained.length) {
            throw new IllegalArgumentException(ids.length + " tokens cannot have " + trained.length + " marks");
        }
    }

    /** The tokens one by one, to be shown with those that are trained in colour. */
    public Pieces pieces(Tokenizer tokenizer) {
        return Pieces.of(tokenizer, this);
    }
}
