package trivium.figure;

import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a PNG holds, beside the figure as it was painted. */
class IndexedColorsTest {

    private static final Map<String, Figure> FIGURES = Gallery.figures();

    static List<String> names() {
        return List.copyOf(FIGURES.keySet());
    }

    @ParameterizedTest
    @MethodSource("names")
    void aFigureLooksAsItWasPaintedInHalfTheBytes(String name) throws IOException {
        var figure = FIGURES.get(name);
        var painted = figure.image(figure.width(), figure.height());
        var read = ImageIO.read(new ByteArrayInputStream(figure.png()));
        int others = 0;
        for (int y = 0; y < painted.getHeight(); y++) {
            for (int x = 0; x < painted.getWidth(); x++) {
                int was = painted.getRGB(x, y);
                int is = read.getRGB(x, y);
                for (int shift = 0; shift < 24; shift += 8) {
                    assertTrue(
                            Math.abs((was >> shift & 255) - (is >> shift & 255)) <= 20, name + " at " + x + ", " + y);
                }
                others += was == is ? 0 : 1;
            }
        }
        assertTrue(others < 0.1 * painted.getWidth() * painted.getHeight(), name + ": " + others + " pixels differ");
        var full = new ByteArrayOutputStream();
        ImageIO.write(painted, "png", full);
        assertTrue(figure.png().length < 0.7 * full.size(), name + ": " + figure.png().length + " of " + full.size());
    }

    @Test
    void aPictureWhoseColoursWouldChangeIsLeftAsItIs() {
        var noise = new BufferedImage(200, 100, BufferedImage.TYPE_INT_RGB);
        var random = new SplittableRandom(1);
        for (int i = 0; i < 200 * 100; i++) {
            noise.setRGB(i % 200, i / 200, random.nextInt());
        }
        assertSame(noise, IndexedColors.of(noise));
    }
}
