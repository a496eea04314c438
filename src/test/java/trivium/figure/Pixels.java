package trivium.figure;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import javax.imageio.ImageIO;

/** Looks at what was drawn. */
public final class Pixels {

    private static final int BORDER = 8;

    private Pixels() {}

    /** Pixels that are not white in this part of the image. */
    public static int drawn(BufferedImage image) {
        return image.getWidth() * image.getHeight() - count(image, Color.WHITE);
    }

    static void assertWhiteBorder(BufferedImage image, String title) {
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                boolean border = Math.min(Math.min(x, image.getWidth() - 1 - x), Math.min(y, image.getHeight() - 1 - y))
                        < BORDER;
                if (border && image.getRGB(x, y) != Color.WHITE.getRGB()) {
                    throw new AssertionError(title + ": something is drawn at " + x + ", " + y + " of "
                            + image.getWidth() + " × " + image.getHeight());
                }
            }
        }
    }

    static BufferedImage image(Figure figure) throws Exception {
        return ImageIO.read(new ByteArrayInputStream(figure.png()));
    }

    static int count(BufferedImage image, Color color) {
        int count = 0;
        for (int pixel : image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth())) {
            count += pixel == color.getRGB() ? 1 : 0;
        }
        return count;
    }

    static double[] centre(BufferedImage image, Color color) {
        double x = 0;
        double y = 0;
        int count = 0;
        for (int j = 0; j < image.getHeight(); j++) {
            for (int i = 0; i < image.getWidth(); i++) {
                if (image.getRGB(i, j) == color.getRGB()) {
                    x += i;
                    y += j;
                    count++;
                }
            }
        }
        return new double[] {x / count, y / count};
    }
}
