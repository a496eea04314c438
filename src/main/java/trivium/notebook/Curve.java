package trivium.notebook;

import java.util.Arrays;
import java.util.Locale;

/**
 * The course of one figure over the steps of a run, kept in bounded memory: once it is full, neighbours are averaged
 * two by two. Drawn as a small SVG that takes its text colour from the theme.
 */
final class Curve {

    private static final int CAPACITY = 256;
    private static final int WIDTH = 320;
    private static final int HEIGHT = 72;
    private static final int LEFT = 44;
    private static final int BASE = 14;
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
    String spark() {
        if (size < 2) {
            return "";
        }
        return String.format(
                Locale.ROOT,
                "<svg role=\"img\" aria-label=\"curve\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">"
                        + "<polyline points=\"%s\" fill=\"none\" stroke=\"#3b82f6\" stroke-width=\"1.2\"/></svg>",
                SPARK_WIDTH,
                SPARK_HEIGHT,
                SPARK_WIDTH,
                SPARK_HEIGHT,
                points(1, SPARK_WIDTH - 2, 1, SPARK_HEIGHT - 2));
    }

    /** The curve's points as SVG has them, in a rectangle. */
    private String points(int left, int width, int top, int height) {
        double low = Arrays.stream(values, 0, size).min().orElse(0);
        double high = Arrays.stream(values, 0, size).max().orElse(0);
        double span = high > low ? high - low : 1;
        var points = new StringBuilder();
        for (int i = 0; i < size; i++) {
            double x = left + width * (steps[i] - steps[0]) / Math.max(1, steps[size - 1] - steps[0]);
            double y = top + height * (high - values[i]) / span;
            points.append(String.format(Locale.ROOT, "%s%.1f,%.1f", i == 0 ? "" : " ", x, y));
        }
        return points.toString();
    }

    /** The curve with its highest and lowest value and its last step; empty with fewer than two points. */
    String svg(String name) {
        if (size < 2) {
            return "";
        }
        double low = Arrays.stream(values, 0, size).min().orElse(0);
        double high = Arrays.stream(values, 0, size).max().orElse(0);
        var points = points(LEFT, WIDTH - LEFT - 2, 4, HEIGHT - BASE - 8);
        int floor = HEIGHT - BASE;
        return """
            <svg role="img" aria-label="%s" width="%d" height="%d" viewBox="0 0 %d %d"\
                 style="display:block;font:10px sans-serif">\
            <path d="M%d 2V%dH%d" fill="none" stroke="currentColor" stroke-opacity=".4"/>\
            <polyline points="%s" fill="none" stroke="#3b82f6" stroke-width="1.5" stroke-linejoin="round"/>\
            <g fill="currentColor" opacity=".7"><text x="%d" y="10" text-anchor="end">%s</text>\
            <text x="%d" y="%d" text-anchor="end">%s</text><text x="%d" y="%d">%s</text>\
            <text x="%d" y="%d" text-anchor="end">step %d</text></g></svg>\
            """.formatted(
                        Html.escape(name),
                        WIDTH,
                        HEIGHT,
                        WIDTH,
                        HEIGHT,
                        LEFT,
                        floor,
                        WIDTH,
                        points,
                        LEFT - 4,
                        Grid.number(high),
                        LEFT - 4,
                        floor,
                        Grid.number(low),
                        LEFT,
                        HEIGHT - 2,
                        Html.escape(name),
                        WIDTH - 2,
                        HEIGHT - 2,
                        (long) steps[size - 1]);
    }
}
