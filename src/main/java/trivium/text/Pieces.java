package trivium.text;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Tokens one by one, to be shown.
 *
 * @param list in order
 * @param chat whether they are a conversation, of which some are trained and others are not
 */
public record Pieces(List<Piece> list, boolean chat) {

    /**
     * One token.
     *
     * @param text a short printable form, see {@link Tokenizer#show}
     * @param special whether it is a marker, which never arises from text
     * @param trained whether loss falls on predicting it
     */
    public record Piece(int id, String text, boolean special, boolean trained) {}

    public Pieces {
        list = List.copyOf(list);
    }

    /** Tokens of text. */
    public static Pieces of(Tokenizer tokenizer, int... ids) {
        return new Pieces(pieces(tokenizer, ids, new boolean[ids.length]), false);
    }

    /** Tokens of a conversation. */
    static Pieces of(Tokenizer tokenizer, Chat chat) {
        return new Pieces(pieces(tokenizer, chat.ids(), chat.trained()), true);
    }

    private static List<Piece> pieces(Tokenizer tokenizer, int[] ids, boolean[] trained) {
        Set<Integer> specials = new HashSet<>();
        tokenizer.specials().forEach(name -> tokenizer.special(name).ifPresent(specials::add));
        return IntStream.range(0, ids.length)
                .mapToObj(i -> new Piece(ids[i], tokenizer.show(ids[i]), specials.contains(ids[i]), trained[i]))
                .toList();
    }

    public int size() {
        return list.size();
    }

    /** How many are trained. */
    public long trained() {
        return list.stream().filter(Piece::trained).count();
    }

    /** "57 tokens, 12 of them trained", or "57 tokens". */
    public String counted() {
        return String.format(Locale.ROOT, "%,d token%s", size(), size() == 1 ? "" : "s")
                + (chat ? String.format(Locale.ROOT, ", %,d of them trained", trained()) : "");
    }

    /** The tokens with spaces between them; those that are trained in square brackets. */
    @Override
    public String toString() {
        var text = new StringBuilder();
        boolean open = false;
        for (var piece : list) {
            text.append(open && !piece.trained ? "]" : "")
                    .append(text.isEmpty() ? "" : " ")
                    .append(!open && piece.trained ? "[" : "")
                    .append(piece.text);
            open = piece.trained;
        }
        return counted() + (chat ? " [in brackets]: " : ": ") + text + (open ? "]" : "");
    }
}
