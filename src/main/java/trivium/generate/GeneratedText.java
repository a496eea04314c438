package trivium.generate;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What a model wrote, piece by piece, with how sure it was of each.
 *
 * @param pieces in order; together they are the text
 */
public record GeneratedText(List<Piece> pieces) {

    /**
     * One token; or several, where only together they make whole characters.
     *
     * @param text of the piece
     * @param logProb log p under the model that wrote it, in nats, at most 0; the sum where there are several tokens,
     *     NaN where nobody knows
     */
    public record Piece(String text, double logProb) {}

    public GeneratedText {
        pieces = List.copyOf(pieces);
    }

    /** A text of which nothing is known but what it says. */
    public static GeneratedText of(String text) {
        return new GeneratedText(List.of(new Piece(text, Double.NaN)));
    }

    /** All of it. */
    public String text() {
        return pieces.stream().map(Piece::text).collect(Collectors.joining());
    }

    /** Whether a log-probability is known for any piece. */
    public boolean isScored() {
        return pieces.stream().anyMatch(piece -> !Double.isNaN(piece.logProb()));
    }

    @Override
    public String toString() {
        return text();
    }
}
