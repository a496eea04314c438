package trivium.sweep;

import java.util.Optional;
import trivium.text.Numbers;

/**
 * How much a sweep may spend. The budget decides whether another trial begins; a trial that has begun is not stopped by
 * it.
 *
 * @param trials how many are begun
 * @param tokens how many they read in all, by their metric "tokens"
 * @param minutes wall clock, of this process
 */
public record Budget(long trials, double tokens, double minutes) {

    /** No limit. */
    public static final Budget NONE = new Budget(Long.MAX_VALUE, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY);

    public Budget {
        if (trials < 1 || !(tokens > 0) || !(minutes > 0)) {
            throw new IllegalArgumentException("a sweep cannot do with " + trials + " trials, " + tokens + " tokens, "
                    + minutes + " minutes; each should be above 0");
        }
    }

    /** At most so many trials. */
    public Budget trials(long most) {
        return new Budget(most, tokens, minutes);
    }

    /** No trial begins once so many tokens were read. */
    public Budget tokens(double most) {
        return new Budget(trials, most, minutes);
    }

    /** No trial begins after so many minutes. */
    public Budget minutes(double most) {
        return new Budget(trials, tokens, most);
    }

    /** The limit that is reached before another trial begins, in words; empty if none is. */
    Optional<String> spent(long trialsSoFar, double tokensSoFar, double minutesSoFar) {
        if (trialsSoFar >= trials) {
            return Optional.of(Numbers.count(trials, "trial"));
        }
        if (tokensSoFar >= tokens) {
            return Optional.of(Numbers.count(Math.round(tokens), "token"));
        }
        return minutesSoFar >= minutes
                ? Optional.of(Numbers.value(minutes) + (minutes == 1 ? " minute" : " minutes"))
                : Optional.empty();
    }
}
