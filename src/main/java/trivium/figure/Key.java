package trivium.figure;

/**
 * An entry of a legend.
 *
 * @param label what it stands for
 * @param style how it is drawn
 * @param area whether it is a filled area rather than a line
 */
record Key(String label, SeriesStyle style, boolean area) {

    static Key line(String label, SeriesStyle style) {
        return new Key(label, style, false);
    }

    static Key area(String label, SeriesStyle style) {
        return new Key(label, style, true);
    }
}
