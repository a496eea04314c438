package trivium.text;

/** Cuts before every {@code ▁}. */
record MetaspacePreTokenizer() implements PreTokenizer {

    @Override
    public void cut(char[] text, int from, int to, Pieces pieces) {
        for (int start = from, end; start < to; start = end) {
            end = seam(text, start + 1, to);
            pieces.add(start, end);
        }
    }

    @Override
    public int seam(char[] text, int from, int to) {
        int i = from;
        while (i < to && text[i] != BytePairModel.SPACE) {
            i++;
        }
        return i;
    }

    @Override
    public String expression() {
        return "▁?[^▁]+|▁";
    }
}
