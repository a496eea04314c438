package trivium.figure;

/**
 * An entry of a legend.
 *
 * @param label what it stands for
 * @param style how it is drawn
 * @param area whether it is a filled area rather than a line
 */
record LegendEntry(String label, SeriesStyle style, boolean area) {

    static LegendEntry line(String label, SeriesStyle style) {
        return new LegendEntry(label, style, false);
    }

    static LegendEntry area(String label, SeriesStyle style) {
        return new LegendEntry(label, style, true);
    }
}
