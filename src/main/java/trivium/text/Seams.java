package trivium.text;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Cuts text between any two characters that no merge can ever bring together, which does not change its tokens.
 *
 * <p>A merge of tokens l and r joins the last character of l with the first of r; characters that meet in no merge are
 * never joined.
 */
final class Seams implements Scan {

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
        int edge = symbols.writtenEdge(character, first);
        if (edge != Symbols.NONE) {
            ids.add(edge);
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
    public int end(char[] text, int start, int to) {
        return seam(text, start + 1, to);
    }

    @Override
    public int seam(char[] text, int from, int to) {
        int i = Math.max(1, from);
        i += i < to && Character.isLowSurrogate(text[i]) && Character.isHighSurrogate(text[i - 1]) ? 1 : 0;
        int left = i < to ? symbols.edge(before(text, i), false) : Symbols.NONE;
        for (int c; i < to; i += Character.charCount(c)) {
            c = Symbols.character(text, i, to);
            int right = symbols.edge(c, true);
            if (left != Symbols.NONE && right != Symbols.NONE && meeting.get(left, right) < 0) {
                return i;
            }
            left = symbols.edge(c, false);
        }
        return to;
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
