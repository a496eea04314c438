package trivium.measure;

import java.util.Optional;
import java.util.function.IntToDoubleFunction;
import trivium.measure.Difference.Sample;
import trivium.text.Numbers;

/**
 * How a difference varies: the variance of its mean over S seeds and P prompts is {@code seeds} / S + {@code prompts} /
 * P + {@code both} / (S P). What a prompt adds to all seeds alike is among {@code prompts}.
 *
 * @param seeds variance from seed to seed, of means over all prompts that could be asked
 * @param prompts variance from prompt to prompt
 * @param both variance that belongs to a seed and a prompt together
 */
public record Spread(double seeds, double prompts, double both) {

    /** Beyond this no number of seeds or prompts is named. */
    private static final int MOST = 1_000_000;

    /** The share of cases in which a difference is to be found. */
    private static final double POWER = 0.8;

    /** Of differences of which there is one for each seed. */
    static Spread ofSeeds(double variance) {
        return new Spread(variance, 0, 0);
    }

    /** Of differences of which there is one for each prompt. */
    static Spread ofPrompts(double variance) {
        return new Spread(0, variance, 0);
    }

    /** Of the mean over so many seeds and prompts. */
    public double variance(int overSeeds, int overPrompts) {
        return seeds / overSeeds
                + (prompts == 0 ? 0 : prompts / overPrompts)
                + (both == 0 ? 0 : both / overSeeds / overPrompts);
    }

    /**
     * How many more seeds, or where these do not help, prompts would show a difference of this size in four of five
     * cases.
     */
    Optional<String> needed(double effect, Sample sample) {
        int p = sample.prompts();
        int s = sample.seeds();
        if (seeds > 0 || both > 0) {
            int more = more(s, n -> variance(n, p) * n, effect);
            if (more > 0) {
                return Optional.of(words(more, "seed"));
            }
        }
        int more = p > 0 ? more(p, n -> variance(s, n) * n, effect) : 0;
        return more > 0 ? Optional.of(words(more, sample.unit())) : Optional.empty();
    }

    private static String words(int more, String unit) {
        return "if the difference is as large as it seems, " + Numbers.count(rounded(more)) + " more "
                + Numbers.count(rounded(more), unit).replaceFirst("^\\S+ ", "")
                + " would show it in four of five cases";
    }

    /** Two digits are more than an estimate from a few observations can say. */
    private static int rounded(int more) {
        int scale = 1;
        while (more / scale >= 100) {
            scale *= 10;
        }
        return Math.ceilDiv(more, scale) * scale;
    }

    /** How many more than {@code have}; 0 where {@link #MOST} are not enough, or those at hand should have been. */
    private static int more(int have, IntToDoubleFunction varianceOfOne, double effect) {
        if (!(varianceOfOne.applyAsDouble(have) > 0) || !reaches(MOST, varianceOfOne, effect)) {
            return 0;
        }
        int low = Math.max(1, have);
        int high = MOST;
        while (high - low > 1) {
            int middle = (low + high) >>> 1;
            if (reaches(middle, varianceOfOne, effect)) {
                high = middle;
            } else {
                low = middle;
            }
        }
        return high - have;
    }

    private static boolean reaches(int n, IntToDoubleFunction varianceOfOne, double effect) {
        return n > 1 && new Power(effect, Math.sqrt(varianceOfOne.applyAsDouble(n))).at(n) >= POWER;
    }
}
