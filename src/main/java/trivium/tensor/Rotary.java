package trivium.tensor;

/**
 * Rotary position embedding (Su et al. 2021, eq. 34) in the rotate-half convention: within a head of size D, element i
 * turns with element i + D/2 by the angle position · theta^(−2i/D).
 */
public final class Rotary {

    private final int half;
    private final Floats cosines;
    private final Floats sines;

    /** Tables for positions {@code 0 … context - 1} of heads of size {@code headSize}, which is even. */
    public Rotary(int context, int headSize, double theta) {
        half = headSize / 2;
        cosines = Floats.zeros((long) context * half);
        sines = Floats.zeros((long) context * half);
        for (int position = 0; position < context; position++) {
            for (int i = 0; i < half; i++) {
                // As the reference does: frequencies and angles in float32, so that far positions turn by the same
                // angle.
                float frequency = (float) Math.pow(theta, -(2f * i) / headSize);
                float angle = position * frequency;
                cosines.set((long) position * half + i, (float) Math.cos(angle));
                sines.set((long) position * half + i, (float) Math.sin(angle));
            }
        }
    }

    /**
     * Turns {@code heads} heads standing side by side from {@code at} on to their position; {@code forward} false turns
     * them back, which is the gradient.
     */
    public void turn(Floats x, long at, int heads, int position, boolean forward) {
        for (int head = 0; head < heads; head++) {
            turnHead(x, at + 2L * head * half, position, forward);
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
