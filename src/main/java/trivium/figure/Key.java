package trivium.figure;

/**
 * An entry of a legend.
 *
 * @param label what it stands for
 * @param look how it is drawn
 * @param area whether it is a filled area rather than a line
 */
record Key(String label, SeriesStyle look, boolean area) {

    static Key line(String label, SeriesStyle look) {
        return new Key(label, look, false);
    }

    static Key area(String label, SeriesStyle look) {
        return new Key(label, look, true);
    }
}
