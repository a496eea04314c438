package trivium.text;

/**
 * The expression of OpenAI's o200k, and Mistral's variant of it, scanned by hand; the tests compare it with the
 * expression. Source: tiktoken, {@code openai_public.py}.
 *
 * @param digits how many digits a piece has at most
 * @param contractions whether {@code 's} and its like belong to the word before them
 */
record O200kPreTokenizer(int digits, boolean contractions) implements Scan {

    private static final String UPPER = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
    private static final String LOWER = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";

    @Override
    public int end(char[] text, int start, int to) {
        char first = text[start];
        byte kind = CharacterClass.at(text, start, to);
        if (kind == CharacterClass.NUMBER) {
            return Cl100kPreTokenizer.number(text, start, to, digits);
        }
        int next = start + CharacterClass.length(text, start, to);
        boolean before = kind != CharacterClass.LETTER && first != '\r' && first != '\n';
        int word = word(text, start, before ? next : -1, to);
        if (word > start) {
            return contractions && word < to && text[word] == '\''
                    ? word + Cl100kPreTokenizer.contraction(text, word, to)
                    : word;
        }
        boolean other = next < to && CharacterClass.at(text, next, to) == CharacterClass.OTHER;
        if (kind == CharacterClass.OTHER || first == ' ' && other) {
            int end = CharacterClass.run(text, next, to, CharacterClass.OTHER);
            while (end < to && (text[end] == '\r' || text[end] == '\n' || text[end] == '/')) {
                end++;
            }
            return end;
        }
        return Cl100kPreTokenizer.space(text, start, to);
    }

    /**
     * Where a word ends, or -1: capitals and then at least one small letter, or else at least one capital; each with
     * the character before it or, where that is a mark, without.
     */
    private static int word(char[] text, int start, int behind, int to) {
        int end = behind > 0 ? withSmall(text, behind, to) : -1;
        end = end < 0 ? withSmall(text, start, to) : end;
        end = end < 0 && behind > 0 ? withCapital(text, behind, to) : end;
        return end < 0 ? withCapital(text, start, to) : end;
    }

    /** Of capitals without a small letter behind them, those up to the last that is a letter of both kinds count. */
    private static int withSmall(char[] text, int start, int to) {
        int lastOfBoth = -1;
        int i = start;
        while (i < to && isUpper(text, i, to)) {
            int next = i + CharacterClass.length(text, i, to);
            lastOfBoth = isLower(text, i, to) ? next : lastOfBoth;
            i = next;
        }
        int end = lowers(text, i, to);
        return end > i ? end : lastOfBoth;
    }

    private static int withCapital(char[] text, int start, int to) {
        int i = start;
        while (i < to && isUpper(text, i, to)) {
            i += CharacterClass.length(text, i, to);
        }
        return i == start ? -1 : lowers(text, i, to);
    }

    private static int lowers(char[] text, int from, int to) {
        int i = from;
        while (i < to && isLower(text, i, to)) {
            i += CharacterClass.length(text, i, to);
        }
        return i;
    }

    private static boolean isUpper(char[] text, int i, int to) {
        return switch (Character.getType(Character.codePointAt(text, i, to))) {
            case Character.UPPERCASE_LETTER, Character.TITLECASE_LETTER -> true;
            default -> isBoth(text, i, to);
        };
    }

    private static boolean isLower(char[] text, int i, int to) {
        return Character.getType(Character.codePointAt(text, i, to)) == Character.LOWERCASE_LETTER
                || isBoth(text, i, to);
    }

    private static boolean isBoth(char[] text, int i, int to) {
        return switch (Character.getType(Character.codePointAt(text, i, to))) {
            case Character.MODIFIER_LETTER,
                    Character.OTHER_LETTER,
                    Character.NON_SPACING_MARK,
                    Character.COMBINING_SPACING_MARK,
                    Character.ENCLOSING_MARK -> true;
            default -> false;
        };
    }

    @Override
    public String expression() {
        var suffix = contractions ? "(?i:'s|'t|'re|'ve|'m|'ll|'d)?" : "";
        return "[^\\r\\n\\p{L}\\p{N}]?" + UPPER + "*" + LOWER + "+" + suffix
                + "|[^\\r\\n\\p{L}\\p{N}]?" + UPPER + "+" + LOWER + "*" + suffix
                + "|\\p{N}" + (digits == 1 ? "" : "{1," + digits + "}")
                + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
    }

    @Override
    public int seam(char[] text, int from, int to) {
        return Gpt2PreTokenizer.spaceAfterWord(text, from, to);
    }
}
