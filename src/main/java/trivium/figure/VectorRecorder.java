package trivium.figure;

import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Shape;
import java.awt.font.TextLayout;
import java.awt.geom.AffineTransform;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.PathIterator;
import java.awt.geom.Point2D;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.knowm.xchart.internal.chartpart.AxesChart;
import org.knowm.xchart.internal.chartpart.IChart;

/**
 * Writes down what is painted: areas, lines and words, for files that keep them as what they are ({@link Svg},
 * {@link Pdf}). Coordinates are those of the page, from its upper left corner.
 *
 * <p>XChart paints the words beside its axes as outlines of letters, and lines as one piece from each point to the
 * next. Here outlines become words again, by comparison with those of the texts it was given, and pieces one line.
 */
final class VectorRecorder extends VectorGraphics2D {

    sealed interface Element {}

    /** A filled shape. */
    record Area(Path2D outline, Color color) implements Element {}

    /** A line. */
    record Line(Path2D path, Color color, BasicStroke stroke) implements Element {}

    /**
     * A line of text.
     *
     * @param x of the anchor on the baseline
     * @param width of the text in {@code font}, which other fonts should keep to
     * @param anchor 0 for its beginning, 0.5 for its middle, 1 for its end
     * @param upright whether it is read from below
     */
    record Word(String text, Font font, Color color, double x, double y, double width, double anchor, boolean upright)
            implements Element {}

    /** A text that XChart was given, and whether it stands upright. */
    private record KnownText(String text, boolean upright) {}

    /** Pixels below which a curve cannot be told from a straight line. */
    private static final double SHORT = 1.5;

    private final List<Element> elements = new ArrayList<>();
    private final Map<String, KnownText> texts = new HashMap<>();

    List<Element> elements() {
        return elements;
    }

    /** Paints a chart whose words will be known by their outlines. */
    void paint(IChart chart, int width, int height) {
        if (!(chart instanceof AxesChart<?, ?> axes)) {
            chart.paint(this, width, height);
            return;
        }
        var styler = axes.getStyler();
        remember(axes.getXAxisTitle(), styler.getAxisTitleFont());
        remember(axes.getYAxisTitle(), styler.getAxisTitleFont());
        var x = styler.getXAxisTickLabelsFormattingFunction();
        var y = styler.getYAxisTickLabelsFormattingFunction();
        try {
            axes.setCustomXAxisTickLabelsFormatter(remembering(x, styler.getAxisTickLabelsFont()));
            axes.setCustomYAxisTickLabelsFormatter(remembering(y, styler.getAxisTickLabelsFont()));
            chart.paint(this, width, height);
        } finally {
            axes.setCustomXAxisTickLabelsFormatter(x);
            axes.setCustomYAxisTickLabelsFormatter(y);
        }
    }

    private Function<Double, String> remembering(Function<Double, String> labels, Font font) {
        return value -> remember(labels.apply(value), font);
    }

    private String remember(String text, Font font) {
        if (text != null && !text.isBlank()) {
            var layout = new TextLayout(text, font, getFontRenderContext());
            texts.put(key(layout.getOutline(null)), new KnownText(text, false));
            texts.put(
                    key(layout.getOutline(AffineTransform.getRotateInstance(-Math.PI / 2))), new KnownText(text, true));
        }
        return text;
    }

    private static String key(Shape outline) {
        var key = new StringBuilder();
        var at = new double[6];
        for (var path = outline.getPathIterator(null); !path.isDone(); path.next()) {
            int count = 2 * points(path.currentSegment(at));
            for (int i = 0; i < count; i++) {
                key.append(Math.round(100 * at[i])).append(' ');
            }
        }
        return key.toString();
    }

    private static int points(int segment) {
        return switch (segment) {
            case PathIterator.SEG_CLOSE -> 0;
            case PathIterator.SEG_QUADTO -> 2;
            case PathIterator.SEG_CUBICTO -> 3;
            default -> 1;
        };
    }

    @Override
    public void fill(Shape shape) {
        var known = texts.isEmpty() ? null : texts.get(key(shape));
        if (known != null) {
            double width = Lettering.width(known.text, getFont());
            var middle = new Point2D.Double(known.upright ? 0 : width / 2, known.upright ? -width / 2 : 0);
            getTransform().transform(middle, middle);
            elements.add(new Word(known.text, getFont(), getColor(), middle.x, middle.y, width, 0.5, known.upright));
        } else if (getColor().getAlpha() > 0) {
            elements.add(new Area(new Path2D.Double(shape, getTransform()), getColor()));
        }
    }

    /** A line of text around an anchor, see {@link Lettering#draw}. */
    void word(String text, Font font, Color color, double x, double baseline, double anchor) {
        var at = getTransform().transform(new Point2D.Double(x, baseline), null);
        boolean upright = getTransform().getShearY() < 0;
        double width = Lettering.width(text, font);
        elements.add(new Word(text, font, color, at.getX(), at.getY(), width, anchor, upright));
    }

    @Override
    public void draw(Shape shape) {
        var stroke = (BasicStroke) getStroke();
        if (stroke.getLineWidth() == 0 || getColor().getAlpha() == 0) {
            return; // XChart's line that is none
        }
        var path = plain(shape);
        if (shape instanceof Line2D
                && !elements.isEmpty()
                && elements.getLast() instanceof Line(Path2D before, Color color, BasicStroke same)
                && color.equals(getColor())
                && same.equals(stroke)
                && before.getCurrentPoint() != null
                && before.getCurrentPoint().distance(start(path)) < 1e-6) {
            before.append(path, true);
        } else {
            elements.add(new Line(path, getColor(), stroke));
        }
    }

    private static Point2D start(Path2D path) {
        var at = new double[6];
        path.getPathIterator(null).currentSegment(at);
        return new Point2D.Double(at[0], at[1]);
    }

    /** On the page, and with short curves straight. */
    private Path2D plain(Shape shape) {
        var plain = new Path2D.Double();
        var at = new double[6];
        for (var path = shape.getPathIterator(getTransform()); !path.isDone(); path.next()) {
            switch (path.currentSegment(at)) {
                case PathIterator.SEG_MOVETO -> plain.moveTo(at[0], at[1]);
                case PathIterator.SEG_LINETO -> plain.lineTo(at[0], at[1]);
                case PathIterator.SEG_QUADTO -> plain.quadTo(at[0], at[1], at[2], at[3]);
                case PathIterator.SEG_CUBICTO -> {
                    if (plain.getCurrentPoint().distance(at[4], at[5]) < SHORT) {
                        plain.lineTo(at[4], at[5]);
                    } else {
                        plain.curveTo(at[0], at[1], at[2], at[3], at[4], at[5]);
                    }
                }
                default -> plain.closePath();
            }
        }
        return plain;
    }
}
