package trivium.figure;

/** Where a figure goes. A smaller place gets a smaller layout and not smaller letters, so that they stay readable. */
public enum FigureSize {
    /** A notebook or a whole page: 720 pixels wide, letters of 12; images have twice as many pixels. */
    PAGE(720, 0, 2, 1),
    /** A slide of 16 : 9: images of 1920 × 1080 pixels, vectors of 960 × 540 points with letters of 18 points. */
    SLIDE(640, 360, 3, 1.5),
    /**
     * One column of a two-column page: vectors 252 points (3.5 inches) wide with letters of 8 points, images 1080
     * pixels.
     */
    COLUMN(360, 0, 3, 0.7);

    final int width;
    /** Pixels, or 0: as high as the figure needs. */
    final int height;
    /** Pixels of an image for one of the layout. */
    final int scale;
    /** Points of a vector file for one pixel of the layout. */
    final double points;

    FigureSize(int width, int height, int scale, double points) {
        this.width = width;
        this.height = height;
        this.scale = scale;
        this.points = points;
    }
}
