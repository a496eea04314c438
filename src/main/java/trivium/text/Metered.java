package trivium.text;

import java.util.concurrent.CancellationException;

/** A text that may be looked at so often and no more, for matchers that would go on for ever. One thread at a time. */
final class Metered implements CharSequence {

    private static final int BETWEEN_INTERRUPTS = 1 << 16;

    private final String text;
    private long left;

    /** @param looks how many characters may be asked for */
    Metered(String text, long looks) {
        this.text = text;
        this.left = looks;
    }

    /** The looks are used up. */
    static final class Exhausted extends RuntimeException {
        private static final long serialVersionUID = 1;

        private Exhausted() {
            super("too many looks at a text", null, false, false);
        }
    }

    @Override
    public char charAt(int index) {
        if (--left < 0) {
            throw new Exhausted();
        }
        if (left % BETWEEN_INTERRUPTS == 0 && Thread.interrupted()) {
            throw new CancellationException("cutting text into pieces was interrupted");
        }
        return text.charAt(index);
    }

    @Override
    public int length() {
        return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return text.substring(start, end);
    }

    @Override
    public String toString() {
        return text;
    }
}
