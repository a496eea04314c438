package trivium.exercise;

/** The loss of a text in a unit that doesn't depend on the tokenizer. */
@FunctionalInterface
public interface BitsPerByte {

    /**
     * Bits of surprise for each byte of the text.
     *
     * @param losses of each token of the text, in nats
     * @param text what the tokens say together; its bytes are those of UTF-8
     * @return bits per byte
     */
    double of(double[] losses, String text);
}
