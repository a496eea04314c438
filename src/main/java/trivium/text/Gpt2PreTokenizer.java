package trivium.text;

/**
 * GPT-2's expression, scanned by hand over characters; the tests compare the two. Source: Radford et al. 2019,
 * {@code encoder.py}.
 */
record Gpt2PreTokenizer() implements PreTokenizer {

    private static final byte OTHER = 0;
    private static final byte LETTER = 1;
    private static final byte NUMBER = 2;
    private static final byte SPACE = 3;

    /** The class of every character of the basic plane. */
    private static final byte[] CLASSES = new byte[Character.MIN_SUPPLEMENTARY_CODE_POINT];

    static {
        for (int c = 0; c < CLASSES.length; c++) {
            CLASSES[c] = classify(c);
        }
    }

    @Override
    public void cut(char[] text, int from, int to, Pieces pieces) {
        for (int start = from, end; start < to; start = end) {
            end = end(text, start, to);
            pieces.add(start, end);
        }
    }

    @Override
    public String expression() {
        return "'(?:[sdmt]|ll|ve|re)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
    }

    @Override
    public int seam(char[] text, int from, int to) {
        return spaceAfterWord(text, from, to);
    }

    /** White space as Unicode has it; all of it is in the basic plane. */
    static boolean isSpace(char c) {
        return CLASSES[c] == SPACE;
    }

    /** The first space from {@code from} on that follows something else than white space, or {@code to}. */
    static int spaceAfterWord(char[] text, int from, int to) {
        for (int i = Math.max(from, 1); i < to; i++) {
            if (text[i] == ' ' && !isSpace(text[i - 1])) {
                return i;
            }
        }
        return to;
    }

    private static int end(char[] text, int start, int to) {
        char first = text[start];
        if (first == '\'') {
            int suffix = contraction(text, start + 1, to);
            if (suffix > 0) {
                return start + 1 + suffix;
            }
        }
        int body = first == ' ' ? start + 1 : start;
        if (body < to) {
            byte kind = kind(text, body, to);
            if (kind != SPACE) {
                return run(text, body, to, kind);
            }
        }
        int end = run(text, start, to, SPACE);
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

    private static int run(char[] text, int from, int to, byte kind) {
        int i = from;
        while (i < to && kind(text, i, to) == kind) {
            i += isPair(text, i, to) ? 2 : 1;
        }
        return i;
    }

    private static byte kind(char[] text, int i, int to) {
        return isPair(text, i, to) ? classify(Character.toCodePoint(text[i], text[i + 1])) : CLASSES[text[i]];
    }

    private static boolean isPair(char[] text, int i, int to) {
        return Character.isHighSurrogate(text[i]) && i + 1 < to && Character.isLowSurrogate(text[i + 1]);
    }

    private static byte classify(int c) {
        return switch (Character.getType(c)) {
            case Character.UPPERCASE_LETTER,
                    Character.LOWERCASE_LETTER,
                    Character.TITLECASE_LETTER,
                    Character.MODIFIER_LETTER,
                    Character.OTHER_LETTER -> LETTER;
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> NUMBER;
            case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> SPACE;
            default -> c >= '\t' && c <= '\r' || c == 0x85 ? SPACE : OTHER;
        };
    }
}
