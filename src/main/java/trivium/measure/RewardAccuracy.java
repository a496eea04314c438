package trivium.measure;

import java.util.List;

/** How often a reward agrees with the annotators. */
public final class RewardAccuracy {

    private RewardAccuracy() {}

    /**
     * The share of pairs whose chosen completion scores higher than the rejected one; a tie is no agreement. The pairs
     * count as independent: where some share a prompt, say which with {@link #of(double[], double[], List)}.
     */
    public static Share of(double[] chosen, double[] rejected) {
        boolean[] agree = agree(chosen, rejected);
        int hits = 0;
        for (boolean agrees : agree) {
            hits += agrees ? 1 : 0;
        }
        return new Share(hits, agree.length);
    }

    /** The same of pairs of which some share a prompt: these belong together ({@link Share#clustered}). */
    public static Share of(double[] chosen, double[] rejected, List<String> prompts) {
        return Share.clustered(agree(chosen, rejected), prompts);
    }

    private static boolean[] agree(double[] chosen, double[] rejected) {
        if (chosen.length != rejected.length) {
            throw new IllegalArgumentException(chosen.length + " scores of chosen and " + rejected.length
                    + " of rejected completions: expected one of each for every pair");
        }
        var agree = new boolean[chosen.length];
        for (int i = 0; i < agree.length; i++) {
            agree[i] = chosen[i] > rejected[i];
        }
        return agree;
    }
}
