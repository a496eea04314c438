package trivium.figure;

import java.awt.Graphics2D;

/**
 * A sheet laid out for the place it goes to.
 *
 * @param sheet what is shown
 * @param width of the layout, in pixels
 * @param fixedHeight of the layout, in pixels, or 0: as high as the figure needs
 * @param scale pixels of an image for one of the layout, each way
 * @param points of a vector file for one pixel of the layout
 */
record Page(FigureLayout sheet, int width, int fixedHeight, int scale, double points) {

    private static final double FLATTER = 0.75;
    private static final double INCH = 72;

    static Page of(FigureLayout sheet, FigureSize size) {
        return new Page(sheet, size.width, size.height, size.scale, size.points);
    }

    /** As wide as this, with letters as large as in a {@link FigureSize#COLUMN}. */
    static Page inches(FigureLayout sheet, double inches) {
        if (!(inches >= 2 && inches <= 20)) {
            throw new IllegalArgumentException("a figure is 2 to 20 inches wide, not " + inches);
        }
        var column = FigureSize.COLUMN;
        int width = (int) Math.round(inches * INCH / column.points);
        return new Page(sheet, width, 0, column.scale, inches * INCH / width);
    }

    Page with(FigureLayout other) {
        return new Page(other, width, fixedHeight, scale, points);
    }

    /** The sheet as it is painted: panels that would be too narrow side by side stand below each other. */
    private FigureLayout laid() {
        var cells = sheet.cells();
        int columns = Math.clamp(width / cells.narrowest(), 1, cells.columns());
        boolean narrow = width < FigureLayout.WIDTH && fixedHeight == 0;
        int height = narrow ? (int) (FLATTER * cells.height()) : cells.height();
        return sheet.laid(columns, height);
    }

    /** Paints the sheet into this many pixels of its layout. */
    void paintLaid(Graphics2D g, int wide, int high) {
        laid().paint(g, wide, high);
    }

    /** What can be read off the sheet, see {@link FigureLayout#readings}. */
    String readings() {
        return laid().readings(width, height());
    }

    int height() {
        return fixedHeight > 0 ? fixedHeight : laid().height(width);
    }

    String getTitle() {
        return sheet.title();
    }
}
