package trivium.text;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Cuts text between any two characters that no merge can ever bring together, which does not change its tokens.
 *
 * <p>A merge of tokens l and r joins the last character of l with the first of r; characters that meet in no merge are
 * never joined.
 */
final class Seams implements PreTokenizer {

    /** The length of "<0x0A>". */
    private static final int BYTE_LENGTH = 6;

    private final Symbols symbols;
    private final PairTable meeting;

    Seams(Symbols symbols, List<String> tokens, List<Merge> merges) {
        this.symbols = symbols;
        this.meeting = new PairTable(1 << 10);
        for (var merge : merges) {
            for (int last : edges(tokens.get(merge.left()), false)) {
                for (int first : edges(tokens.get(merge.right()), true)) {
                    meeting.put(last, first, 0);
                }
            }
        }
    }

    /** The tokens that this one may begin or end with; {@code <0x0A>} is a byte or the text it is written with. */
    private int[] edges(String token, boolean first) {
        int character = first ? token.codePointAt(0) : token.codePointBefore(token.length());
        var ids = IntStream.builder();
        if (symbols.covers(character)) {
            ids.add(symbols.edge(character, first));
        }
        int from = first ? 0 : token.length() - BYTE_LENGTH;
        if (from >= 0 && token.length() >= BYTE_LENGTH) {
            int id = symbols.ofByteToken(token.substring(from, from + BYTE_LENGTH));
            if (id >= 0) {
                ids.add(id);
            }
        }
        return ids.build().toArray();
    }

    @Override
    public void cut(char[] text, int from, int to, Pieces pieces) {
        for (int start = from, end; start < to; start = end) {
            end = seam(text, start + 1, to);
            pieces.add(start, end);
        }
    }

    @Override
    public int seam(char[] text, int from, int to) {
        for (int i = Math.max(1, from); i < to; i++) {
            boolean inside = Character.isLowSurrogate(text[i]) && Character.isHighSurrogate(text[i - 1]);
            if (!inside && apart(before(text, i), Symbols.character(text, i, to))) {
                return i;
            }
        }
        return to;
    }

    /** A character without tokens may become one with its neighbours. */
    private boolean apart(int left, int right) {
        return symbols.covers(left)
                && symbols.covers(right)
                && meeting.get(symbols.edge(left, false), symbols.edge(right, true)) < 0;
    }

    private static int before(char[] text, int i) {
        int start = i > 1 && Character.isLowSurrogate(text[i - 1]) && Character.isHighSurrogate(text[i - 2])
                ? i - 2
                : i - 1;
        return Symbols.character(text, start, i);
    }

    @Override
    public String expression() {
        throw new UnsupportedOperationException("seams follow from the merges, not from an expression");
    }
}
