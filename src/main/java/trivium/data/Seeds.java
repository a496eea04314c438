package trivium.data;

import java.util.Arrays;
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

    /** The numbers 0 to {@code n} − 1 in an order that depends on the seed and the place only. */
    public static int[] permutation(int n, long seed, long... place) {
        int[] order = new int[n];
        Arrays.setAll(order, i -> i);
        var random = random(seed, place);
        for (int i = n - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
        return order;
    }
}
