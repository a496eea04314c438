package trivium.text;

import java.util.List;
import java.util.stream.IntStream;

/**
 * A conversation as tokens.
 *
 * @param ids the tokens, (T)
 * @param trained for each token whether it is learned, that is whether loss falls on predicting it, (T)
 */
public record Chat(int[] ids, boolean[] trained) {

    /**
     * One token as it is shown.
     *
     * @param text a short printable form, see {@link Tokenizer#show}
     */
    public record Piece(String text, boolean trained) {}

    public Chat {
        if (ids.length != trained.length) {
            throw new IllegalArgumentException(ids.length + " tokens cannot have " + trained.length + " marks");
        }
    }

    /** The tokens one by one, to be shown with those that are trained in colour. */
    public List<Piece> pieces(Tokenizer tokenizer) {
        return IntStream.range(0, ids.length)
                .mapToObj(i -> new Piece(tokenizer.show(ids[i]), trained[i]))
                .toList();
    }
}
