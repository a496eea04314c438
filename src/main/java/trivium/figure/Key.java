package trivium.figure;

/**
 * An entry of a legend.
 *
 * @param label what it stands for
 * @param look how it is drawn
 * @param area whether it is a filled area rather than a line
 */
record Key(String label, Look look, boolean area) {

    static Key line(String label, Look look) {
        return new Key(label, look, false);
    }

    static Key area(String label, Look look) {
        return new Key(label, look, true);
    }
}
