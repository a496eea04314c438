package trivium.data;

import java.util.SplittableRandom;

/** Independent random numbers for each place they are needed, as a function of the seed and that place. */
public final class Seeds {

    private Seeds() {}

    /** A generator for a seed and a place such as (step, row). */
    public static SplittableRandom random(long seed, long... place) {
        long state = mix(seed);
        for (long coordinate : place) {
            state = mix(state + 0x9E3779B97F4A7C15L * (coordinate + 1));
        }
        return new SplittableRandom(state);
    }

    /** The finaliser of SplitMix64 (Steele, Lea and Flood 2014, "mix variant 13"). */
    private static long mix(long z) {
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
