package trivium.text;

/** Cuts before every {@code ▁}. */
record MetaspacePreTokenizer() implements Scan {

    @Override
    public int end(char[] text, int start, int to) {
        return seam(text, start + 1, to);
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
