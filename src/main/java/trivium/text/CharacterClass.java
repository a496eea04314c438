package trivium.text;

/** The classes of characters by which pre-tokenizers cut, in UTF-16 text; half a surrogate pair is {@link #OTHER}. */
final class CharacterClass {

    static final byte OTHER = 0;
    static final byte LETTER = 1;
    static final byte NUMBER = 2;
    /** White space as Unicode has it; all of it is in the basic plane. */
    static final byte SPACE = 3;

    /** The class of every character of the basic plane. */
    private static final byte[] CLASSES = new byte[Character.MIN_SUPPLEMENTARY_CODE_POINT];

    static {
        for (int c = 0; c < CLASSES.length; c++) {
            CLASSES[c] = classify(c);
        }
    }

    private CharacterClass() {}

    static byte at(char[] text, int i, int to) {
        return isPair(text, i, to) ? classify(Character.toCodePoint(text[i], text[i + 1])) : CLASSES[text[i]];
    }

    static boolean isSpace(char c) {
        return CLASSES[c] == SPACE;
    }

    /** 2 for a surrogate pair, else 1. */
    static int length(char[] text, int i, int to) {
        return isPair(text, i, to) ? 2 : 1;
    }

    /** Where the characters of this class end that stand from {@code from} on. */
    static int run(char[] text, int from, int to, byte kind) {
        int i = from;
        while (i < to && at(text, i, to) == kind) {
            i += length(text, i, to);
        }
        return i;
    }

    static boolean isPair(char[] text, int i, int to) {
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
