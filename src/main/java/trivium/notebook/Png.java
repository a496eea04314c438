package trivium.notebook;

import java.awt.image.RenderedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import trivium.text.Markup;

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

    /** This picture as PNG, shown {@code width} pixels wide. */
    static Png of(RenderedImage image, String text, int width) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new MemoryCacheImageOutputStream(bytes)) {
            ImageIO.write(image, "png", out);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot encode \"" + text + "\" as PNG: " + e.getMessage(), e);
        }
        return new Png(bytes.toByteArray(), text, width);
    }

    /** As HTML, read aloud as its text. Kept by Jupyter where it does not trust a notebook, unlike SVG elements. */
    public String tag() {
        return tag("", text);
    }

    /** The same with a class, if any, and other words. */
    String tag(String style, String words) {
        return "<img" + (style.isEmpty() ? "" : " class=\"" + style + "\"") + " alt=\"" + Markup.escape(words) + "\""
                + (width == 0 ? "" : " width=\"" + width + "\"") + " src=\"data:image/png;base64," + base64() + "\"/>";
    }

    private String base64() {
        return Base64.getEncoder().encodeToString(bytes);
    }

    /**
     * As {@code image/png}, for papers made from notebooks, and as HTML, for pages: Jupyter gives no words to an image
     * that is not HTML.
     */
    @Override
    public Map<String, String> bundle() {
        return Map.of("text/plain", text, "text/html", tag(), "image/png", base64());
    }

    /** The alternative text is what nbconvert 7 and newer read. */
    @Override
    public Map<String, Object> metadata() {
        return Map.of("image/png", width == 0 ? Map.of("alt", text) : Map.of("alt", text, "width", width));
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
