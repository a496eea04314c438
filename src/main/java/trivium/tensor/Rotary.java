package trivium.tensor;

/**
 * Rotary position embedding (Su et al. 2021, eq. 34) in the rotate-half convention: of the first F elements of a head,
 * element i turns with element i + F/2 by the angle position · frequency[i]; those behind them stay as they are.
 */
public final class Rotary {

    private final int size;
    private final int half;
    private final Floats cosines;
    private final Floats sines;

    /** All of a head's elements, of which there is an even number, at frequencies of theta^(−2i/headSize). */
    public Rotary(int context, int headSize, double theta) {
        this(context, headSize, frequencies(headSize, theta), 1);
    }

    /**
     * Tables for positions {@code 0 … context - 1} of heads of size {@code headSize}.
     *
     * @param frequencies radians a position, one for each pair that is turned
     * @param magnitude what turned elements are multiplied by
     */
    public Rotary(int context, int headSize, float[] frequencies, double magnitude) {
        size = headSize;
        half = frequencies.length;
        cosines = Floats.zeros((long) context * half);
        sines = Floats.zeros((long) context * half);
        for (int position = 0; position < context; position++) {
            for (int i = 0; i < half; i++) {
                // Frequencies and angles in float32, as the reference has them, so that far positions turn by the same
                // angle.
                float angle = position * frequencies[i];
                cosines.set((long) position * half + i, (float) (magnitude * Math.cos(angle)));
                sines.set((long) position * half + i, (float) (magnitude * Math.sin(angle)));
            }
        }
    }

    /**
     * Radians a position of each pair of {@code turned} elements, theta^(−2i/turned), in float32; ⌈turned / 2⌉ pairs.
     */
    public static float[] frequencies(int turned, double theta) {
        var frequencies = new float[Math.ceilDiv(turned, 2)];
        for (int i = 0; i < frequencies.length; i++) {
            frequencies[i] = (float) Math.pow(theta, -(2f * i) / turned);
        }
        return frequencies;
    }

    /**
     * Turns {@code heads} heads standing side by side from {@code at} on to their position; {@code forward} false turns
     * them back, which is the gradient.
     */
    public void turn(Floats x, long at, int heads, int position, boolean forward) {
        for (int head = 0; head < heads; head++) {
            turnHead(x, at + (long) head * size, position, forward);
        }
    }

    private void turnHead(Floats x, long at, int position, boolean forward) {
        var memory = x.memory();
        long table = (long) position * half;
        int bound = Lanes.bound(half);
        for (int i = 0; i < bound; i += Lanes.COUNT) {
            var cosine = Lanes.load(cosines.memory(), table + i);
            var sine = Lanes.load(sines.memory(), table + i);
            sine = forward ? sine : sine.neg();
            var a = Lanes.load(memory, at + i);
            var b = Lanes.load(memory, at + half + i);
            Lanes.store(a.mul(cosine).sub(b.mul(sine)), memory, at + i);
            Lanes.store(b.mul(cosine).add(a.mul(sine)), memory, at + half + i);
        }
        for (int i = bound; i < half; i++) {
            float cosine = cosines.get(table + i);
            float sine = forward ? sines.get(table + i) : -sines.get(table + i);
            float a = x.get(at + i);
            float b = x.get(at + half + i);
            x.set(at + i, a * cosine - b * sine);
            x.set(at + half + i, b * cosine + a * sine);
        }
    }
}
