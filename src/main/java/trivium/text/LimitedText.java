package trivium.text;

import java.util.concurrent.CancellationException;

/**
 * A text of which only so many characters may be read, counted over all reads, for matchers that would go on for ever.
 * One thread at a time.
 */
final class LimitedText implements CharSequence {

    private static final int BETWEEN_INTERRUPTS = 1 << 16;

    private final String text;
    private long left;

    /** @param reads how many characters may be read in all */
    LimitedText(String text, long reads) {
        this.text = text;
        this.left = reads;
    }

    /** All allowed reads are used up. */
    static final class LimitExceeded extends RuntimeException {
        private static final long serialVersionUID = 1;

        private LimitExceeded() {
            super("too many reads of a text", null, false, false);
        }
    }

    @Override
    public char charAt(int index) {
        if (--left < 0) {
            throw new LimitExceeded();
        }
        if ((left & BETWEEN_INTERRUPTS - 1) == 0 && Thread.interrupted()) {
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
