package trivium.data;

import java.util.SplittableRandom;
import trivium.tensor.Scatter;

/** Independent random numbers for each place they are needed, as a function of the seed and that place. */
public final class Seeds {

    private Seeds() {}

    /** A generator for a seed and a place such as (step, row). */
    public static SplittableRandom random(long seed, long... place) {
        long state = Scatter.mix(seed);
        for (long coordinate : place) {
            state = Scatter.mix(state + 0x9E3779B97F4A7C15L * (coordinate + 1));
        }
        return new SplittableRandom(state);
    }
}
