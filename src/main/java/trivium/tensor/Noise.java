package trivium.tensor;

/** Noise that is a pure function of a key, the same on every machine. */
public final class Noise {

    private static final long STEP = 0x9e3779b97f4a7c15L; // 2⁶⁴ / φ
    private static final int BITS = 24;

    private Noise() {}

    /** Adds to {@code n} numbers of x from {@code at} on a number each, uniform in [-bound, bound). */
    public static void addUniform(Floats x, long at, int n, float bound, long key) {
        float unit = 2 * bound / (1 << BITS);
        for (int i = 0; i < n; i++) {
            int random = (int) (Scatter.mix(key + i * STEP) >>> Long.SIZE - BITS);
            x.set(at + i, x.get(at + i) + (random * unit - bound));
        }
    }
}
