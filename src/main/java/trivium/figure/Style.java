package trivium.figure;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Function;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.internal.chartpart.AxesChart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.AxesChartStyler.TextAlignment;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;
import trivium.text.Numbers;

/**
 * How figures look: white ground, light grid, colours that people with colour blindness can tell apart, dashes and
 * markers for print in black and white.
 */
final class Style {

    static final Color INK = new Color(0x22, 0x22, 0x22);
    static final Color SOFT = new Color(0x66, 0x66, 0x66);
    static final Color GRID = new Color(0xE6, 0xE6, 0xE6);
    static final Color AXIS = new Color(0xB0, 0xB0, 0xB0);

    static final Color BLUE = new Color(0x00, 0x72, 0xB2);
    static final Color VERMILLION = new Color(0xD5, 0x5E, 0x00);
    static final Color GREEN = new Color(0x00, 0x9E, 0x73);
    static final Color PURPLE = new Color(0xCC, 0x79, 0xA7);
    static final Color ORANGE = new Color(0xE6, 0x9F, 0x00);
    static final Color SKY = new Color(0x56, 0xB4, 0xE9);

    /**
     * Okabe and Ito, "Color Universal Design" (2008), strongest contrast first, without the yellow that vanishes on
     * white.
     */
    private static final List<Color> COLORS = List.of(BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, Color.BLACK);

    private static final List<float[]> DASHES =
            List.of(new float[0], new float[] {8, 4}, new float[] {2, 3}, new float[] {9, 3, 2, 3});

    private static final List<Marker> MARKERS =
            List.of(SeriesMarkers.CIRCLE, SeriesMarkers.DIAMOND, SeriesMarkers.SQUARE, SeriesMarkers.TRIANGLE_UP);

    static final Font TITLE = new Font(Font.SANS_SERIF, Font.BOLD, 15);
    static final Font PANEL_TITLE = new Font(Font.SANS_SERIF, Font.BOLD, 12);
    static final Font TEXT = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
    static final Font SMALL = new Font(Font.SANS_SERIF, Font.PLAIN, 11);

    /** Nearly all of the plot: XChart drops the labels of ticks that stand exactly in the corner. */
    private static final double FULL = 0.998;

    /** Points of a curve up to which each has a marker. */
    private static final int FEW = 30;

    private Style() {}

    /** How the i-th of several things is drawn: no two of the first twelve alike. */
    static SeriesStyle series(int i) {
        return new SeriesStyle(
                COLORS.get(i % COLORS.size()),
                stroke(2, DASHES.get(i % DASHES.size())),
                MARKERS.get(i % MARKERS.size()));
    }

    static BasicStroke stroke(float width, float... dash) {
        return dash.length == 0
                ? new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND)
                : new BasicStroke(width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, dash, 0);
    }

    /** The colour mixed with white, so light that a stronger line over the mixed one stands out. */
    static Color pale(Color color) {
        return new Color(pale(color.getRed()), pale(color.getGreen()), pale(color.getBlue()));
    }

    private static int pale(int part) {
        return 255 - (255 - part) * 35 / 100;
    }

    /** The colour as an area through which other areas and the grid are seen. */
    static Color sheer(Color color) {
        return new Color(color.getRed(), color.getGreen(), color.getBlue(), 70);
    }

    /** How a sheer colour looks on white, laid down so many times. */
    static Color over(Color sheer, int times) {
        double white = Math.pow(1 - sheer.getAlpha() / 255.0, times);
        return new Color(
                (int) Math.round(sheer.getRed() + white * (255 - sheer.getRed())),
                (int) Math.round(sheer.getGreen() + white * (255 - sheer.getGreen())),
                (int) Math.round(sheer.getBlue() + white * (255 - sheer.getBlue())));
    }

    /** Gives series the colours, lines and markers that they have none of; answers the legend's entries. */
    static List<LegendEntry> dressSeries(XYChart chart) {
        var keys = new ArrayList<LegendEntry>();
        int i = 0;
        for (var series : chart.getSeriesCollection()) {
            var style = series(i++);
            var color = Objects.requireNonNullElse(series.getLineColor(), style.color());
            series.setLineColor(color);
            series.setMarkerColor(Objects.requireNonNullElse(series.getMarkerColor(), color));
            series.setFillColor(Objects.requireNonNullElse(series.getFillColor(), sheer(color)));
            // not dashed: XChart begins the dashes anew at every point
            series.setLineStyle(Objects.requireNonNullElse(series.getLineStyle(), stroke(2)));
            boolean scattered =
                    series.getXYSeriesRenderStyle().orElse(chart.getStyler().getDefaultSeriesRenderStyle())
                            == XYSeriesRenderStyle.Scatter;
            var marker = scattered || series.getXData().length <= FEW ? style.marker() : SeriesMarkers.NONE;
            series.setMarker(Objects.requireNonNullElse(series.getMarker(), marker));
            if (series.isShowInLegend()) {
                var drawn = new SeriesStyle(color, series.getLineStyle(), series.getMarker());
                keys.add(LegendEntry.line(series.getLabel(), scattered ? drawn.points() : drawn));
            }
        }
        return keys;
    }

    /** How numbers are written beside the ticks of an axis between two different ends. */
    static Function<Double, String> ticks(double low, double high) {
        double apart = apart(low, high);
        return Math.max(Math.abs(low), Math.abs(high)) < 0.01
                ? tick -> Numbers.smallTick(tick, apart)
                : tick -> Numbers.tick(tick, apart);
    }

    /** Less than the ticks of an axis are apart. */
    static double apart(double low, double high) {
        return (high - low) / 20;
    }

    /** Whether two numbers are one, but for rounding: too near to each other for an axis between them. */
    static boolean isOne(double low, double high) {
        return high - low <= 1e-12 * Math.max(Math.abs(low), Math.abs(high));
    }

    /** Dresses a chart; its legend and title are left to the figure around it. */
    static <C extends AxesChart<?, ?>> C dress(C chart, String xLabel, String yLabel) {
        chart.setTitle("");
        chart.setXAxisTitle(xLabel);
        chart.setYAxisTitle(yLabel);
        chart.setCustomXAxisTickLabelsFormatter(Numbers::tick);
        chart.setCustomYAxisTickLabelsFormatter(Numbers::tick);
        AxesChartStyler styler = chart.getStyler();
        styler.setAxisTitleFont(TEXT)
                .setAxisTickLabelsFont(SMALL)
                .setAxisTickLabelsColor(SOFT)
                .setAxisTickMarksColor(AXIS)
                .setAxisTitlePadding(6)
                .setPlotGridLinesColor(GRID)
                .setPlotGridLinesStroke(new BasicStroke(1))
                .setPlotMargin(0)
                .setXAxisLabelAlignmentVertical(TextAlignment.Right) // by the tops, which digits share
                .setYAxisLabelAlignment(TextAlignment.Right)
                .setXAxisTitleVisible(!xLabel.isEmpty())
                .setYAxisTitleVisible(!yLabel.isEmpty());
        styler.setChartBackgroundColor(Color.WHITE)
                .setPlotBackgroundColor(Color.WHITE)
                .setPlotBorderVisible(false)
                .setChartTitleVisible(false)
                .setLegendVisible(false)
                .setChartPadding(9)
                .setPlotContentSize(FULL)
                .setChartFontColor(INK)
                .setLocale(Locale.ROOT)
                .setAntiAlias(true);
        return chart;
    }
}
