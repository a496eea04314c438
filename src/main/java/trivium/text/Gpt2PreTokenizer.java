package trivium.text;

/**
 * GPT-2's expression, scanned by hand over characters; the tests compare the two. Source: Radford et al. 2019,
 * {@code encoder.py}.
 */
record Gpt2PreTokenizer() implements Scan {

    @Override
    public String expression() {
        return "'(?:[sdmt]|ll|ve|re)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
    }

    @Override
    public int seam(char[] text, int from, int to) {
        return spaceAfterWord(text, from, to);
    }

    /** The first space from {@code from} on that follows something else than white space, or {@code to}. */
    static int spaceAfterWord(char[] text, int from, int to) {
        for (int i = Math.max(from, 1); i < to; i++) {
            if (text[i] == ' ' && !CharacterClass.isSpace(text[i - 1])) {
                return i;
            }
        }
        return to;
    }

    @Override
    public int end(char[] text, int start, int to) {
        char first = text[start];
        if (first == '\'') {
            int suffix = contraction(text, start + 1, to);
            if (suffix > 0) {
                return start + 1 + suffix;
            }
        }
        int body = first == ' ' ? start + 1 : start;
        if (body < to) {
            byte kind = CharacterClass.at(text, body, to);
            if (kind != CharacterClass.SPACE) {
                return CharacterClass.run(text, body, to, kind);
            }
        }
        int end = CharacterClass.run(text, start, to, CharacterClass.SPACE);
        // The last space of a run belongs to the word after it, so a run that is not at the text's end gives it up.
        return end == to || end == start + 1 ? end : end - 1;
    }

    /**
     * The length of the contraction's letters at {@code i}: 's, 't, 'm, 'd have one, 'll, 've, 're two, anything else
     * none.
     */
    private static int contraction(char[] text, int i, int to) {
        if (i >= to) {
            return 0;
        }
        char next = i + 1 < to ? text[i + 1] : 0;
        return switch (text[i]) {
            case 's', 'd', 'm', 't' -> 1;
            case 'l' -> next == 'l' ? 2 : 0;
            case 'v', 'r' -> next == 'e' ? 2 : 0;
            default -> 0;
        };
    }
}
