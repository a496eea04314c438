package trivium.figure;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.knowm.xchart.XYChart;
import tech.tablesaw.api.Table;
import trivium.run.AtomicFile;
import trivium.text.Numbers;

/**
 * A figure and the numbers behind it: a title, a legend, and charts in a grid. Made by {@link Figures} or, of a chart
 * of one's own, by {@link #of}; never changes.
 *
 * <p>Widths and heights are in the pixels of a page; images have two or three times as many each way, so that they are
 * sharp on fine screens and in print.
 */
public final class Figure {

    private final Page page;
    private final Table table;

    Figure(FigureLayout sheet, Table table) {
        this(Page.of(sheet, FigureSize.PAGE), table.copy());
    }

    private Figure(Page page, Table table) {
        this.page = page;
        this.table = table;
    }

    /**
     * A figure of one's own: curves and points that XChart draws, with the fonts, grid and colours of the other
     * figures. A series keeps the colour, line and marker that it was given; the legend names the series. The chart's
     * own title and legend are not drawn. The chart belongs to the figure from then on: change it no more.
     *
     * @param title what is seen, in a sentence
     * @param table the numbers that are drawn, for {@link #table()} and the CSV beside the image
     * @param chart with its axes' titles and at least one series
     * @throws IllegalArgumentException if the title is blank or the chart has no series
     */
    public static Figure of(String title, Table table, XYChart chart) {
        if (chart.getSeriesCollection().isEmpty()) {
            throw new IllegalArgumentException(
                    "the chart of the figure \"" + title + "\" has no series: add one with addSeries");
        }
        var keys = Style.dressSeries(chart);
        var drawn = chart.getSeriesCollection().stream()
                .map(series -> new PointReadings.Drawn(
                        series.getLabel(),
                        Points.of(series.getXData(), series.getYData()),
                        new SeriesStyle(series.getLineColor(), series.getLineStyle(), series.getMarker())))
                .toList();
        var titles = new PointReadings(chart.getXAxisTitle(), chart.getYAxisTitle(), Numbers::value, Numbers::value);
        var panel = new Panel("", Style.dress(chart, chart.getXAxisTitle(), chart.getYAxisTitle()))
                .reading(most -> titles.of(chart, drawn, most));
        return new Figure(FigureLayout.of("", keys, panel, 300).titled(title), table);
    }

    /**
     * The same figure laid out for another place, such as a slide:
     * {@code figure.size(FigureSize.SLIDE).save("loss.png")}.
     */
    public Figure size(FigureSize size) {
        return new Figure(Page.of(page.sheet(), size), table);
    }

    /**
     * The same figure as wide as a column or a page of another width: {@code figure.inches(3.3).save("loss.pdf")}. Its
     * letters stay at 8 points, its images have about 300 pixels to the inch.
     *
     * @param width of the vector file, from 2 to 20 inches (5 to 50 cm)
     */
    public Figure inches(double width) {
        return new Figure(Page.inches(page.sheet(), width), table);
    }

    /** The same figure under another title, see {@link #title()}. */
    public Figure title(String words) {
        return new Figure(page.with(page.sheet().titled(words)), table);
    }

    /**
     * The same figure without a title above it, for pages whose captions say it. {@link #title()} stays what images are
     * called for those who cannot see them.
     */
    public Figure untitled() {
        return new Figure(page.with(page.sheet().untitled()), table);
    }

    /** The same figure with sentences below it, broken into lines; empty for none. */
    public Figure caption(String sentences) {
        return new Figure(page.with(page.sheet().captioned(sentences)), table);
    }

    /** What is seen, in a sentence. */
    public String title() {
        return page.getTitle();
    }

    /** What is written below the figure, or empty. */
    public String caption() {
        return page.sheet().caption();
    }

    /** The numbers that are drawn. */
    public Table table() {
        return table.copy();
    }

    /** Width on a page, in pixels. */
    public int width() {
        return page.width();
    }

    /** Height on a page, in pixels. */
    public int height() {
        return page.height();
    }

    /** The figure as a PNG image, twice {@link #width()} by {@link #height()}, or three times on slides and columns. */
    public byte[] png() {
        return png(width(), height());
    }

    /** The figure laid out for this size on a page, as a PNG image of as many more pixels. */
    public byte[] png(int width, int height) {
        var out = new ByteArrayOutputStream();
        try {
            ImageIO.write(IndexedColors.of(image(width, height)), "png", out);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot encode \"" + title() + "\" as PNG: " + e.getMessage(), e);
        }
        return out.toByteArray();
    }

    /**
     * Where the data stand in the image and what they say, as JSON for the script of a page: of each panel the titles
     * of the axes, of each series its name and the places of its data in the pixels of {@link #width()}, at most about
     * 1,200 data and 30 kB.
     */
    public String readings() {
        return page.readings();
    }

    BufferedImage image(int width, int height) {
        if (width < 200 || height < 90) {
            throw new IllegalArgumentException(
                    "a figure needs at least 200 × 90 pixels to be readable, not " + width + " × " + height);
        }
        var image = new BufferedImage(page.scale() * width, page.scale() * height, BufferedImage.TYPE_INT_RGB);
        var g = image.createGraphics();
        g.setColor(Color.WHITE);
        g.fillRect(0, 0, image.getWidth(), image.getHeight());
        g.scale(page.scale(), page.scale());
        page.paintLaid(g, width, height);
        g.dispose();
        return image;
    }

    /** Saves the figure, see {@link #save(Path)}. */
    public Path save(String file) {
        return save(Path.of(file));
    }

    /**
     * Saves the figure as {@code .png}, {@code .svg} or {@code .pdf}, by the file's name, and its numbers beside it as
     * {@code .csv}. Answers the file.
     *
     * @throws IllegalStateException if PDF is asked for and PDFBox is not on the class path
     */
    public Path save(Path file) {
        var name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        var format = name.substring(dot + 1).toLowerCase(Locale.ROOT);
        if (dot < 1 || !List.of("png", "svg", "pdf").contains(format)) {
            throw new IllegalArgumentException("a figure is saved as .png, .svg or .pdf, not as \"" + name + "\"");
        }
        try {
            var bytes = format.equals("png") ? png() : vector(format);
            AtomicFile.write(file, aside -> Files.write(aside, bytes));
            var numbers = file.resolveSibling(name.substring(0, dot) + ".csv");
            AtomicFile.write(numbers, aside -> Files.writeString(aside, csv()));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot save \"" + title() + "\" as " + file + ": " + e.getMessage(), e);
        }
        return file;
    }

    /** The numbers that were drawn, as CSV with a header; empty where nothing was. */
    public String csv() {
        return table.columnCount() == 0 ? "" : table.write().toString("csv");
    }

    private byte[] vector(String format) throws IOException {
        var ink = new VectorRecorder();
        page.paintLaid(ink, page.width(), page.height());
        return format.equals("svg")
                ? Svg.of(page, ink.elements()).getBytes(StandardCharsets.UTF_8)
                : pdf(ink.elements());
    }

    private byte[] pdf(List<VectorRecorder.Element> elements) throws IOException {
        try {
            return Pdf.of(page, elements);
        } catch (NoClassDefFoundError e) {
            throw new IllegalStateException(
                    "a figure is saved as PDF by PDFBox, which is not on the class path: add the dependency"
                            + " org.apache.pdfbox:pdfbox, or save the figure as .svg or .png",
                    e);
        }
    }

    @Override
    public String toString() {
        return title() + " (figure of " + table.rowCount() + " rows; show it in a notebook, or save(\"figure.png\"))";
    }
}
