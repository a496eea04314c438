package trivium.text;

/**
 * Cuts numbers off, as Hugging Face's Digits.
 *
 * @param individual each digit is a piece; otherwise each run of them
 */
record DigitPreTokenizer(boolean individual) implements PreTokenizer {

    @Override
    public void cut(char[] text, int from, int to, Pieces pieces) {
        for (int start = from, end; start < to; start = end) {
            end = start;
            while (end < to && CharacterClass.at(text, end, to) != CharacterClass.NUMBER) {
                end++;
            }
            if (end == start) {
                end = individual
                        ? start + CharacterClass.length(text, start, to)
                        : CharacterClass.run(text, start, to, CharacterClass.NUMBER);
            }
            pieces.add(start, end);
        }
    }

    @Override
    public String expression() {
        return individual ? "\\p{N}" : "\\p{N}+";
    }
}
