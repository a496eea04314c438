package trivium.measure;

import java.util.stream.IntStream;

/** How often a reward agrees with the annotators. */
public final class RewardAccuracy {

    private RewardAccuracy() {}

    /** The share of pairs whose chosen completion scores higher than the rejected one; a tie is no agreement. */
    public static Share of(double[] chosen, double[] rejected) {
        if (chosen.length != rejected.length) {
            throw new IllegalArgumentException(chosen.length + " scores of chosen and " + rejected.length
                    + " of rejected completions: expected one of each for every pair");
        }
        int hits = (int) IntStream.range(0, chosen.length)
                .filter(i -> chosen[i] > rejected[i])
                .count();
        return new Share(hits, chosen.length);
    }
}
