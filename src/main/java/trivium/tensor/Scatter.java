package trivium.tensor;

/** Neighbouring numbers to unrelated ones, for seeds of every kind. */
public final class Scatter {

    private Scatter() {}

    /** 64 bits for 64 bits, no two alike (the finaliser of MurmurHash3, Stafford's variant 13). */
    public static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
