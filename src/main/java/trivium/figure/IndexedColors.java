package trivium.figure;

import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;

/**
 * A picture in at most 256 colours, whose PNG takes half the bytes, and so does a notebook that holds it. A figure has
 * few colours beside the blends at the edges of letters and lines: the most frequent keep theirs, and of the others
 * each next is the one farthest from all before (Gonzalez 1985, Clustering to minimize the maximum intercluster
 * distance, section 3).
 */
final class IndexedColors {

    private static final int MOST = 256;
    /** Colours that are exact. */
    private static final int FREQUENT = 48;
    /** Of a picture with more colours than this, 256 would show. */
    private static final int MOST_READ = 30_000;
    /**
     * The largest squared distance of a pixel from its colour, of levels from 0 to 255, that nobody sees at an edge.
     */
    private static final int UNSEEN = 20 * 20;

    /** A colour that the picture has, and the one nearest to it of those chosen so far. */
    private static final class Shade {
        final int color;
        int count;
        int distance = Integer.MAX_VALUE;
        int index;

        Shade(int color) {
            this.color = color;
        }

        void offer(int chosen, int place) {
            int red = (color >> 16 & 255) - (chosen >> 16 & 255);
            int green = (color >> 8 & 255) - (chosen >> 8 & 255);
            int blue = (color & 255) - (chosen & 255);
            int far = red * red + green * green + blue * blue;
            if (far < distance) {
                distance = far;
                index = place;
            }
        }
    }

    private IndexedColors() {}

    /** The picture in so many colours; the picture itself if that would show. */
    static BufferedImage of(BufferedImage picture) {
        int width = picture.getWidth();
        int[] pixels = picture.getRGB(0, 0, width, picture.getHeight(), null, 0, width);
        var shades = new HashMap<Integer, Shade>();
        var last = new Shade(0);
        for (int pixel : pixels) { // mostly as the one before
            last = pixel == last.color ? last : shades.computeIfAbsent(pixel, Shade::new);
            last.count++;
        }
        if (shades.size() > MOST_READ) {
            return picture;
        }
        var order = shades.values().toArray(Shade[]::new);
        Arrays.sort(
                order, Comparator.comparingInt((Shade shade) -> -shade.count).thenComparingInt(shade -> shade.color));
        int[] colors = chosen(order);
        boolean shows = Arrays.stream(order).anyMatch(shade -> shade.distance > UNSEEN || shade.color >>> 24 != 255);
        return shows ? picture : painted(picture, pixels, shades, colors);
    }

    private static int[] chosen(Shade[] order) {
        int[] colors = new int[Math.min(MOST, order.length)];
        for (int i = 0; i < colors.length; i++) {
            var next = i < FREQUENT
                    ? order[i]
                    : Arrays.stream(order)
                            .max(Comparator.comparingInt(shade -> shade.distance))
                            .orElseThrow();
            colors[i] = next.color;
            for (var shade : order) {
                shade.offer(next.color, i);
            }
        }
        return colors;
    }

    private static BufferedImage painted(
            BufferedImage picture, int[] pixels, Map<Integer, Shade> shades, int[] colors) {
        var model = new IndexColorModel(8, colors.length, colors, 0, false, -1, DataBuffer.TYPE_BYTE);
        var painted =
                new BufferedImage(picture.getWidth(), picture.getHeight(), BufferedImage.TYPE_BYTE_INDEXED, model);
        byte[] indices = ((DataBufferByte) painted.getRaster().getDataBuffer()).getData();
        var last = shades.get(pixels[0]);
        for (int i = 0; i < pixels.length; i++) {
            last = pixels[i] == last.color ? last : shades.get(pixels[i]);
            indices[i] = (byte) last.index;
        }
        return painted;
    }
}
