package trivium.text;

/**
 * The expression of OpenAI's cl100k, scanned by hand; Llama 3, OLMo 2 and Qwen cut by it too. The tests compare it with
 * the expression. Source: tiktoken, {@code openai_public.py}.
 *
 * @param digits how many digits a piece has at most: 3, or 1 as Qwen has it
 */
record Cl100kPreTokenizer(int digits) implements Scan {

    @Override
    public int end(char[] text, int start, int to) {
        char first = text[start];
        byte kind = CharacterClass.at(text, start, to);
        if (kind == CharacterClass.LETTER) {
            return CharacterClass.run(text, start, to, CharacterClass.LETTER);
        }
        if (kind == CharacterClass.NUMBER) {
            return number(text, start, to, digits);
        }
        int contraction = first == '\'' ? contraction(text, start, to) : 0;
        if (contraction > 0) {
            return start + contraction;
        }
        int next = start + CharacterClass.length(text, start, to);
        byte nextKind = next < to ? CharacterClass.at(text, next, to) : CharacterClass.SPACE;
        if (nextKind == CharacterClass.LETTER && first != '\r' && first != '\n') {
            return CharacterClass.run(text, next, to, CharacterClass.LETTER);
        }
        if (kind == CharacterClass.OTHER || first == ' ' && nextKind == CharacterClass.OTHER) {
            return lineEnds(text, CharacterClass.run(text, next, to, CharacterClass.OTHER), to);
        }
        return space(text, start, to);
    }

    static int number(char[] text, int start, int to, int digits) {
        int end = start;
        for (int i = 0; i < digits && end < to && CharacterClass.at(text, end, to) == CharacterClass.NUMBER; i++) {
            end += CharacterClass.length(text, end, to);
        }
        return end;
    }

    private static int lineEnds(char[] text, int from, int to) {
        int i = from;
        while (i < to && (text[i] == '\r' || text[i] == '\n')) {
            i++;
        }
        return i;
    }

    /** The length of the contraction at an apostrophe, with it, in any case; 0 if there is none. */
    static int contraction(char[] text, int start, int to) {
        if (start + 1 >= to) {
            return 0;
        }
        int next = start + 2 < to ? text[start + 2] | 0x20 : 0;
        return switch (text[start + 1]) {
            case 's', 'S', '\u017f', 'd', 'D', 'm', 'M', 't', 'T' -> 2;
            case 'l', 'L' -> next == 'l' ? 3 : 0;
            case 'v', 'V', 'r', 'R' -> next == 'e' ? 3 : 0;
            default -> 0;
        };
    }

    /** A run of white space up to its last line end; without one, all but its last if something follows. */
    static int space(char[] text, int start, int to) {
        int lastLineEnd = -1;
        int end = start;
        while (end < to && CharacterClass.isSpace(text[end])) {
            lastLineEnd = text[end] == '\r' || text[end] == '\n' ? end : lastLineEnd;
            end++;
        }
        if (lastLineEnd >= 0) {
            return lastLineEnd + 1;
        }
        return end == to || end == start + 1 ? end : end - 1;
    }

    @Override
    public String expression() {
        return "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}"
                + (digits == 1 ? "" : "{1," + digits + "}")
                + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    }

    @Override
    public int seam(char[] text, int from, int to) {
        return Gpt2PreTokenizer.spaceAfterWord(text, from, to);
    }
}
