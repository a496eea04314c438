package trivium.text;

/**
 * Cuts text into the pieces inside which byte pairs are merged, exactly as GPT-2 does with the regular expression
 *
 * <pre>{@code '(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+}</pre>
 *
 * <p>Scanned by hand over characters; the tests compare it with the expression. Source: Radford et al. 2019,
 * {@code encoder.py}.
 */
final class PreTokens {

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

    private PreTokens() {}

    /** The end of the piece that begins at {@code start}; at least one character further on. */
    static int end(char[] text, int start) {
        char first = text[start];
        if (first == '\'') {
            int suffix = contraction(text, start + 1);
            if (suffix > 0) {
                return start + 1 + suffix;
            }
        }
        int body = first == ' ' ? start + 1 : start;
        if (body < text.length) {
            byte kind = kind(text, body);
            if (kind != SPACE) {
                return run(text, body, kind);
            }
        }
        int end = run(text, start, SPACE);
        // The last space of a run belongs to the word after it, so a run that is not at the text's end gives it up.
        return end == text.length || end == start + 1 ? end : end - 1;
    }

    /**
     * The length of the contraction's letters at {@code i}: 's, 't, 'm, 'd have one, 'll, 've, 're two, anything else
     * none.
     */
    private static int contraction(char[] text, int i) {
        if (i >= text.length) {
            return 0;
        }
        char next = i + 1 < text.length ? text[i + 1] : 0;
        return switch (text[i]) {
            case 's', 'd', 'm', 't' -> 1;
            case 'l' -> next == 'l' ? 2 : 0;
            case 'v', 'r' -> next == 'e' ? 2 : 0;
            default -> 0;
        };
    }

    private static int run(char[] text, int from, byte kind) {
        int i = from;
        while (i < text.length && kind(text, i) == kind) {
            i += isPair(text, i) ? 2 : 1;
        }
        return i;
    }

    private static byte kind(char[] text, int i) {
        return isPair(text, i) ? classify(Character.toCodePoint(text[i], text[i + 1])) : CLASSES[text[i]];
    }

    private static boolean isPair(char[] text, int i) {
        return Character.isHighSurrogate(text[i]) && i + 1 < text.length && Character.isLowSurrogate(text[i + 1]);
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
