package trivium.text;

import java.util.List;

/** Several ways to cut: each cuts the pieces of the one before. */
record CutChain(List<PreTokenizer> cuts) implements PreTokenizer {

    @Override
    public void cut(char[] text, int from, int to, Pieces pieces) {
        cut(0, text, from, to, pieces);
    }

    private void cut(int level, char[] text, int from, int to, Pieces pieces) {
        if (level == cuts.size()) {
            pieces.add(from, to);
        } else {
            cuts.get(level).cut(text, from, to, (start, end) -> cut(level + 1, text, start, end, pieces));
        }
    }

    /** Digits end no piece that does not end anyway where a space follows a word. */
    @Override
    public int seam(char[] text, int from, int to) {
        boolean onlyDigits = cuts.subList(0, cuts.size() - 1).stream().allMatch(DigitPreTokenizer.class::isInstance);
        return onlyDigits ? cuts.getLast().seam(text, from, to) : to;
    }

    @Override
    public String expression() {
        throw new UnsupportedOperationException("a sequence of pre-tokenizers has no single expression");
    }
}
