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
 */
public record Png(byte[] bytes, String text) implements View {

    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

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
    public boolean equals(Object other) {
        return other instanceof Png(var theirs, var words) && Arrays.equals(bytes, theirs) && text.equals(words);
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
