package trivium.text;

import java.util.List;

/**
 * Cuts between two characters that no merge can ever bring together, for vocabularies that don't cut text at all, as
 * Llama 2's: the tokens are those of the whole text, and each part is short and comes again.
 *
 * <p>A merge of tokens l and r joins the last character of l with the first of r; characters that meet in no merge are
 * never joined.
 */
final class Seams implements PreTokenizer {

    private final Symbols symbols;
    private final PairTable meeting;

    Seams(Symbols symbols, List<String> tokens, List<Merge> merges) {
        this.symbols = symbols;
        this.meeting = new PairTable(4 * merges.size());
        for (var merge : merges) {
            var left = tokens.get(merge.left());
            var right = tokens.get(merge.right());
            int last = left.codePointBefore(left.length());
            int first = right.codePointAt(0);
            // A byte's token may be meant as such, or as the text "<0x0A>" put together by merges.
            meet(symbols.covers(last) ? symbols.edge(last, false) : merge.left(),
                    symbols.covers(first) ? symbols.edge(first, true) : merge.right());
            meet(merge.left(), symbols.covers(first) ? symbols.edge(first, true) : merge.right());
            meet(symbols.covers(last) ? symbols.edge(last, false) : merge.left(), merge.right());
            meet(merge.left(), merge.right());
        }
    }

    private void meet(int left, int right) {
        meeting.put(left, right, 0);
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
        int start = i > 1 && Character.isLowSurrogate(text[i - 1]) && Character.isHighSurrogate(text[i - 2]) ? i - 2 : i - 1;
        return Symbols.character(text, start, i);
    }

    @Override
    public String expression() {
        throw new UnsupportedOperationException("seams follow from the merges, not from an expression");
    }
}
