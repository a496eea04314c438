package trivium.figure;

import java.awt.Graphics2D;
import org.knowm.xchart.internal.chartpart.IChart;

/** A sheet laid out for the place it goes to. As a chart it is measured in points, for vector files. */
record Page(Sheet sheet, FigureSize size) implements IChart {

    private static final int NARROWEST_PANEL = 260;
    private static final double FLATTER = 0.75;

    /** The sheet as it is painted: panels that would be too narrow side by side stand below each other. */
    private Sheet laid() {
        int columns = Math.clamp(size.width / NARROWEST_PANEL, 1, sheet.columns());
        boolean narrow = size.width < Sheet.WIDTH && size.height == 0;
        int height = narrow ? (int) (FLATTER * sheet.panelHeight()) : sheet.panelHeight();
        return new Sheet(sheet.title(), sheet.keys(), sheet.panels(), columns, height);
    }

    /** Paints the sheet into this many pixels of its layout. */
    void paintLaid(Graphics2D g, int width, int height) {
        laid().paint(g, width, height);
    }

    int width() {
        return size.width;
    }

    int height() {
        return size.height > 0 ? size.height : laid().height(size.width);
    }

    @Override
    public String getTitle() {
        return sheet.title();
    }

    @Override
    public int getWidth() {
        return (int) Math.round(size.points * width());
    }

    @Override
    public int getHeight() {
        return (int) Math.round(size.points * height());
    }

    @Override
    public void paint(Graphics2D g, int width, int height) {
        g.scale((double) width / width(), (double) height / height());
        paintLaid(g, width(), height());
    }
}
