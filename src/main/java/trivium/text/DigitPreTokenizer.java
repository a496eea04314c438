package trivium.text;

/**
 * Cuts numbers off, as Hugging Face's Digits.
 *
 * @param individual each digit is a piece; otherwise each run of them
 */
record DigitPreTokenizer(boolean individual) implements Scan {

    @Override
    public int end(char[] text, int start, int to) {
        int end = start;
        while (end < to && CharacterClass.at(text, end, to) != CharacterClass.NUMBER) {
            end++;
        }
        if (end > start) {
            return end;
        }
        return individual
                ? start + CharacterClass.length(text, start, to)
                : CharacterClass.run(text, start, to, CharacterClass.NUMBER);
    }

    @Override
    public String expression() {
        return individual ? "\\p{N}" : "\\p{N}+";
    }
}
