package trivium.notebook;

import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;

/**
 * An image in PNG and the words that stand for it. The Base64 is made here: the encoders of some kernels drop an
 * image's last bytes.
 *
 * @param bytes the PNG file; not copied, not to be changed
 * @param text what the image shows, in a line
 * @param width pixels of the page it takes, which may be fewer than the image has; 0 for all it has
 */
public record Png(byte[] bytes, String text, int width) implements View {

    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

    /** An image as wide as it is. */
    public Png(byte[] bytes, String text) {
        this(bytes, text, 0);
    }

    /** @throws IllegalArgumentException if the bytes are no PNG */
    public Png {
        Objects.requireNonNull(text, "text");
        if (bytes.length < 8 || !Arrays.equals(SIGNATURE, Arrays.copyOf(bytes, 8))) {
            throw new IllegalArgumentException(
                    "The image \"" + text + "\" is not a PNG file: its first eight bytes differ from"
                            + " the PNG signature. Encode it with ImageIO or XChart's \"png\" first.");
        }
    }

    @Override
    public Map<String, String> bundle() {
        return Map.of("text/plain", text, "image/png", Base64.getEncoder().encodeToString(bytes));
    }

    @Override
    public Map<String, Object> metadata() {
        return width == 0 ? Map.of() : Map.of("image/png", Map.of("width", width));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Png(var theirs, var words, var wide)
                && Arrays.equals(bytes, theirs)
                && text.equals(words)
                && width == wide;
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(bytes) + text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }
}
