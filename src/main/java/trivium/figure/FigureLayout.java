package trivium.figure;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Line2D;
import java.awt.geom.Point2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.stream.IntStream;
import org.knowm.xchart.style.lines.SeriesLines;

/**
 * The layout of a figure: the title, below it the legend in as many rows as it takes, below that the panels in a grid,
 * and at the bottom the caption.
 *
 * @param title of the whole
 * @param isTitled whether the title is drawn
 * @param caption sentences below the panels, or empty
 * @param keys of the legend, shared by all panels
 * @param panels row by row; none draws "no data yet"
 * @param cells of the grid
 */
record FigureLayout(
        String title, boolean isTitled, String caption, List<LegendEntry> keys, List<Panel> panels, Cells cells) {

    /**
     * The cells of the grid, one for each panel, in pixels.
     *
     * @param columns how many side by side where there is space
     * @param height of each
     * @param narrowest below this width there are fewer columns
     */
    record Cells(int columns, int height, int narrowest) {

        /** Panels with axes and curves. */
        static final int NARROWEST = 260;

        Cells(int columns, int height) {
            this(columns, height, NARROWEST);
        }
    }

    static final int WIDTH = 720;

    private static final int MARGIN = 12;
    private static final int LINE = 20;
    private static final int CAPTION_LINE = 17;
    private static final int SWATCH = 26;
    private static final int GAP = 18;

    /** Of a series, for a page: more than are told apart by a pointer. */
    private static final int MOST_OF_A_SERIES = 300;

    /** Of a figure, for a page: about 30 kB. */
    private static final int MOST_DATA = 1_200;

    FigureLayout {
        keys = List.copyOf(keys);
        panels = List.copyOf(panels);
    }

    FigureLayout(String title, List<LegendEntry> keys, List<Panel> panels, int columns, int panelHeight) {
        this(title, keys, panels, new Cells(columns, panelHeight));
    }

    FigureLayout(String title, List<LegendEntry> keys, List<Panel> panels, Cells cells) {
        this(title, true, "", keys, panels, cells);
    }

    FigureLayout titled(String words) {
        if (words.isBlank()) {
            throw new IllegalArgumentException("a title needs words; untitled() draws none");
        }
        return new FigureLayout(words.strip(), true, caption, keys, panels, cells);
    }

    FigureLayout untitled() {
        return new FigureLayout(title, false, caption, keys, panels, cells);
    }

    FigureLayout captioned(String sentences) {
        return new FigureLayout(title, isTitled, sentences.strip(), keys, panels, cells);
    }

    /** In so many columns, and with panels so high. */
    FigureLayout laid(int inColumns, int high) {
        return new FigureLayout(title, isTitled, caption, keys, panels, new Cells(inColumns, high, cells.narrowest));
    }

    static FigureLayout of(String title, List<LegendEntry> keys, Panel panel, int height) {
        return new FigureLayout(title, keys, List.of(panel), 1, height);
    }

    /** The sheet of a figure without data. */
    static FigureLayout empty(String title) {
        return new FigureLayout(title, List.of(), List.of(), 1, 160);
    }

    /** Pixels the figure takes where it is {@code width} pixels wide. */
    int height(int width) {
        return (int) top(width) + rows() * cells.height + bottom(width);
    }

    /** Painting lays the charts out, and charts keep their layout, so that one thread paints at a time. */
    synchronized void paint(Graphics2D g, int width, int height) {
        g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
        g.setColor(Color.WHITE);
        g.fillRect(0, 0, width, height);
        double y = MARGIN;
        for (var line : titleLines(width)) {
            var text = Lettering.fit(line, Style.TITLE, width - 2.0 * MARGIN);
            Lettering.draw(g, text, Style.TITLE, Style.INK, MARGIN, y + 14, 0);
            y += LINE;
        }
        paintKeys(g, width, topOfKeys(width));
        double top = top(width);
        if (panels.isEmpty()) {
            Lettering.draw(g, "no data yet", Style.TEXT, Style.SOFT, width / 2.0, (top + height) / 2, 0.5);
        }
        for (int i = 0; i < panels.size(); i++) {
            paintPanel(g, panels.get(i), cell(i, width, height));
        }
        double baseline = height - bottom(width) + 18;
        for (var line : captionLines(width)) {
            var text = Lettering.fit(line, Style.TEXT, width - 2.0 * MARGIN);
            Lettering.draw(g, text, Style.TEXT, Style.INK, MARGIN, baseline, 0);
            baseline += CAPTION_LINE;
        }
    }

    /** What can be read off the figure painted into this many pixels, as JSON ({@link ReadingsJson}). */
    synchronized String readings(int width, int height) {
        // laid out by painting, of which nobody sees anything
        var g = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
        paint(g, width, height);
        g.dispose();
        var all = readings(width, height, MOST_OF_A_SERIES);
        int count = all.stream().mapToInt(Readings::count).sum();
        if (count > MOST_DATA) {
            all = readings(width, height, Math.max(2, MOST_OF_A_SERIES * MOST_DATA / count));
        }
        double top = topOfKeys(width);
        var places = IntStream.range(0, keys.size())
                .mapToObj(i -> placeOfKey(i, width))
                .<Rectangle2D>map(place ->
                        new Rectangle2D.Double(place.getX(), place.getY() + top, place.getWidth(), place.getHeight()))
                .toList();
        return ReadingsJson.of(keys, places, all, width);
    }

    private List<Readings> readings(int width, int height, int most) {
        return IntStream.range(0, panels.size())
                .mapToObj(i -> {
                    var panel = panels.get(i);
                    var corner = corner(panel, cell(i, width, height));
                    return panel.readings().of(most).moved(corner.getX(), corner.getY());
                })
                .toList();
    }

    private Rectangle2D cell(int i, int width, int height) {
        double wide = (width - 2.0 * MARGIN) / cells.columns;
        double top = top(width);
        double high = (height - top - bottom(width)) / rows();
        int row = i / cells.columns;
        return new Rectangle2D.Double(MARGIN + i % cells.columns * wide, top + row * high, wide, high);
    }

    /** Where the chart of a panel begins. */
    private static Point2D corner(Panel panel, Rectangle2D cell) {
        return new Point2D.Double(cell.getX() + panel.around().left, cell.getY() + heading(panel) + panel.around().top);
    }

    private static int heading(Panel panel) {
        return panel.title().isEmpty() ? 0 : LINE;
    }

    private void paintPanel(Graphics2D g, Panel panel, Rectangle2D cell) {
        int heading = heading(panel);
        var text = Lettering.fit(panel.title(), Style.PANEL_TITLE, cell.getWidth() - 8);
        Lettering.draw(g, text, Style.PANEL_TITLE, Style.INK, cell.getX() + 4, cell.getY() + 14, 0);
        var own = (Graphics2D) g.create();
        var around = panel.around();
        var corner = corner(panel, cell);
        own.translate(corner.getX(), corner.getY());
        int width = (int) cell.getWidth() - around.left - around.right;
        int height = (int) cell.getHeight() - heading - around.top - around.bottom;
        if (own instanceof VectorRecorder ink) {
            ink.paint(panel.chart(), width, height);
        } else {
            panel.chart().paint(own, width, height);
        }
        own.dispose();
    }

    private List<String> titleLines(int width) {
        return isTitled ? Lettering.wrap(title, Style.TITLE, width - 2.0 * MARGIN) : List.of();
    }

    private List<String> captionLines(int width) {
        return caption.isEmpty() ? List.of() : Lettering.wrap(caption, Style.TEXT, width - 2.0 * MARGIN);
    }

    private int bottom(int width) {
        return MARGIN + CAPTION_LINE * captionLines(width).size();
    }

    private int rows() {
        return Math.max(1, Math.ceilDiv(panels.size(), cells.columns));
    }

    private double top(int width) {
        return MARGIN + LINE * titleLines(width).size() + LINE * keyRows(width) + 8;
    }

    private double topOfKeys(int width) {
        return MARGIN + LINE * titleLines(width).size() + 4;
    }

    private int keyRows(int width) {
        return keys.isEmpty() ? 0 : (int) (placeOfKey(keys.size() - 1, width).getY() / LINE) + 1;
    }

    private void paintKeys(Graphics2D g, int width, double top) {
        for (int i = 0; i < keys.size(); i++) {
            var place = placeOfKey(i, width);
            double middle = top + place.getY() + LINE / 2.0 - 2;
            paintSwatch(g, keys.get(i), place.getX(), middle);
            var label = Lettering.fit(keys.get(i).label(), Style.TEXT, width - 2.0 * MARGIN - SWATCH);
            Lettering.draw(g, label, Style.TEXT, Style.INK, place.getX() + SWATCH + 6, middle + 4, 0);
        }
    }

    /** Keys stand side by side and go on in the next row where the page ends. */
    private Rectangle2D placeOfKey(int index, int width) {
        double x = MARGIN + 4;
        double y = 0;
        for (int i = 0; ; i++) {
            double needed = SWATCH + 6 + Lettering.width(keys.get(i).label(), Style.TEXT);
            if (x + needed > width - MARGIN && x > MARGIN + 4) {
                x = MARGIN + 4;
                y += LINE;
            }
            if (i == index) {
                return new Rectangle2D.Double(x, y, needed, LINE);
            }
            x += needed + GAP;
        }
    }

    private static void paintSwatch(Graphics2D g, LegendEntry key, double x, double middle) {
        var style = key.style();
        g.setColor(style.color());
        if (key.area()) {
            g.fill(new Rectangle2D.Double(x + 4, middle - 6, SWATCH - 8.0, 12));
            return;
        }
        if (style.stroke() != SeriesLines.NONE) {
            g.setStroke(style.stroke());
            g.draw(new Line2D.Double(x, middle, x + SWATCH, middle));
        }
        g.setStroke(new BasicStroke(1));
        style.marker().paint(g, x + SWATCH / 2.0, middle, 7);
    }
}
