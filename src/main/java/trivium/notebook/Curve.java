package trivium.notebook;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.RenderingHints;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.Locale;
import trivium.text.Markup;
import trivium.text.Numbers;

/**
 * The course of one figure over the steps of a run, kept in bounded memory: once it is full, neighbours are averaged
 * two by two. Drawn as a small PNG image: Jupyter strips SVG elements from the outputs of notebooks it does not trust.
 */
final class Curve {

    /** Marks the pictures of live displays, which are not a notebook's figures (environment/execute.py). */
    static final String CLASS = "trivium-curve";

    private static final int CAPACITY = 256;
    private static final int HEIGHT = 64;
    private static final int MARGIN = 2;
    /** Pixels of the image to one of the page. */
    private static final int SCALE = 2;

    private static final Color LINE = new Color(0x3b82f6);
    private static final Color AXIS = new Color(127, 127, 127, 140);
    private static final int SPARK_WIDTH = 80;
    private static final int SPARK_HEIGHT = 16;

    private final double[] steps = new double[CAPACITY];
    private final double[] values = new double[CAPACITY];
    private int size;
    private int perPoint = 1;
    private int inLast;

    /** Adds a value; those that are not finite leave a gap. */
    void add(long step, double value) {
        if (!Double.isFinite(value)) {
            return;
        }
        if (inLast == 0) {
            if (size == CAPACITY) {
                halve();
            }
            steps[size] = step;
            values[size++] = value;
        } else {
            steps[size - 1] = step;
            values[size - 1] += (value - values[size - 1]) / (inLast + 1);
        }
        inLast = (inLast + 1) % perPoint;
    }

    private void halve() {
        for (int i = 0; i < CAPACITY / 2; i++) {
            steps[i] = steps[2 * i + 1];
            values[i] = (values[2 * i] + values[2 * i + 1]) / 2;
        }
        size = CAPACITY / 2;
        perPoint *= 2;
    }

    int size() {
        return size;
    }

    double value(int point) {
        return values[point];
    }

    /** The curve alone, as high as a line of text; empty with fewer than two points. */
    String spark(String name) {
        return size < 2 ? "" : image(SPARK_WIDTH, SPARK_HEIGHT, false).tag(CLASS, told(name));
    }

    /**
     * The curve under its name, between its highest and lowest value; empty with fewer than two points. All words are
     * the page's own, so they take the theme's colour, are never cut, and stay where a notebook is shown without
     * styles.
     */
    String panel(String name, int width) {
        if (size < 2) {
            return "";
        }
        return """
            <div style="display:inline-block;vertical-align:top;margin:4px 20px 4px 0;font-size:11px;line-height:14px">\
            <div>%s</div>\
            <div style="display:inline-block;vertical-align:top;text-align:right;min-width:44px;margin-right:4px">\
            <div style="height:%dpx;opacity:0.7">%s</div><div style="opacity:0.7">%s</div></div>\
            %s<div style="text-align:right;opacity:0.7">%s</div></div>\
            """.formatted(
                        Markup.escape(name),
                        HEIGHT - 14,
                        Numbers.value(high()),
                        Numbers.value(low()),
                        image(width, HEIGHT, true).tag(CLASS, told(name)),
                        steps());
    }

    /** What the picture shows, for readers who cannot see it. */
    private String told(String name) {
        return name + " over " + steps() + ", from " + Numbers.value(values[0]) + " to "
                + Numbers.value(values[size - 1]) + ", between " + Numbers.value(low()) + " and "
                + Numbers.value(high());
    }

    private String steps() {
        return String.format(Locale.ROOT, "steps %,d to %,d", (long) steps[0], (long) steps[size - 1]);
    }

    private double low() {
        return Arrays.stream(values, 0, size).min().orElse(0);
    }

    private double high() {
        return Arrays.stream(values, 0, size).max().orElse(0);
    }

    /** In grey and blue on no ground, so that it is seen on light and dark pages. */
    private Png image(int width, int height, boolean axes) {
        var image = new BufferedImage(SCALE * width, SCALE * height, BufferedImage.TYPE_INT_ARGB);
        var g = image.createGraphics();
        g.scale(SCALE, SCALE);
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        if (axes) {
            g.setColor(AXIS);
            g.draw(new Line2D.Double(0.5, 0, 0.5, height - 0.5));
            g.draw(new Line2D.Double(0.5, height - 0.5, width, height - 0.5));
        }
        g.setColor(LINE);
        g.setStroke(new BasicStroke(1.5f, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
        g.draw(line(width, height));
        g.dispose();
        return Png.of(image, "", width);
    }

    private Path2D line(int width, int height) {
        double low = low();
        double span = high() - low;
        double time = Math.max(1, steps[size - 1] - steps[0]);
        var line = new Path2D.Double();
        for (int i = 0; i < size; i++) {
            double x = MARGIN + (width - 2 * MARGIN) * (steps[i] - steps[0]) / time;
            double y = MARGIN + (height - 2 * MARGIN) * (span > 0 ? (low + span - values[i]) / span : 0.5);
            if (i == 0) {
                line.moveTo(x, y);
            } else {
                line.lineTo(x, y);
            }
        }
        return line;
    }
}
