package trivium.text;

/**
 * What stands between white space, with the space before it; scanned by hand, compared with the expression in tests.
 */
record WordPreTokenizer() implements Scan {

    @Override
    public int end(char[] text, int start, int to) {
        int body = text[start] == ' ' ? start + 1 : start;
        if (body < to && !CharacterClass.isSpace(text[body])) {
            int end = body + 1;
            while (end < to && !CharacterClass.isSpace(text[end])) {
                end++;
            }
            return end;
        }
        int end = start + 1;
        while (end < to && CharacterClass.isSpace(text[end])) {
            end++;
        }
        return end == to || end == start + 1 ? end : end - 1;
    }

    @Override
    public String expression() {
        return " ?\\S+|\\s+(?!\\S)|\\s+";
    }

    @Override
    public int seam(char[] text, int from, int to) {
        return Gpt2PreTokenizer.spaceAfterWord(text, from, to);
    }
}
