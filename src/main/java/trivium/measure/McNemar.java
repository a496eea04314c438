package trivium.measure;

import java.util.HashSet;
import java.util.List;
import org.apache.commons.math3.distribution.BinomialDistribution;
import trivium.measure.Difference.Compared;
import trivium.measure.Difference.Estimate;
import trivium.measure.Difference.Method;
import trivium.measure.Difference.Sample;

/**
 * Two models' answers to the same questions, each right or wrong (McNemar 1947). Only questions that one answers right
 * and the other does not say which is better.
 *
 * @param onlyA questions that only the first answers right
 * @param onlyB questions that only the second answers right
 * @param of how many questions there are, at least 1
 */
public record McNemar(int onlyA, int onlyB, int of) {

    /** With fewer discordant questions the binomial distribution is taken, with the mid-p. */
    private static final int FEW = 25;

    public McNemar {
        if (of < 1 || onlyA < 0 || onlyB < 0 || onlyA + onlyB > of) {
            throw new IllegalArgumentException(onlyA + " questions that only one answers and " + onlyB
                    + " that only the other does, of " + of + ": expected at least one question, and no more than all");
        }
    }

    static Difference difference(Compared compared, boolean[] a, boolean[] b, List<?> questions) {
        int n = questions.size();
        if (a.length != n || b.length != n || n == 0) {
            throw new IllegalArgumentException(a.length + " and " + b.length + " answers to " + n
                    + " questions: expected one of each for every question, and at least one question");
        }
        var rightA = new double[n];
        var rightB = new double[n];
        int onlyA = 0;
        int onlyB = 0;
        for (int i = 0; i < n; i++) {
            rightA[i] = a[i] ? 1 : 0;
            rightB[i] = b[i] ? 1 : 0;
            onlyA += a[i] && !b[i] ? 1 : 0;
            onlyB += b[i] && !a[i] ? 1 : 0;
        }
        if (new HashSet<>(questions).size() < n) {
            return PairedBootstrap.overPrompts(compared, "question", rightA, rightB, questions);
        }
        var test = new McNemar(onlyA, onlyB, n);
        double change = (double) (onlyB - onlyA) / n;
        return new Difference(
                compared,
                new Estimate(PairedBootstrap.mean(rightA), PairedBootstrap.mean(rightB), test.interval(), test.p(), 1),
                test.isMidP() ? Method.MCNEMAR_MID_P : Method.MCNEMAR,
                new Sample("question", n, 1, Spread.ofPrompts((double) (onlyA + onlyB) / n - change * change)));
    }

    /** Whether p is the mid-p, as with fewer than {@value #FEW} discordant questions. */
    public boolean isMidP() {
        return onlyA + onlyB < FEW;
    }

    /**
     * The chance that a fair coin splits the discordant questions more unevenly, and half the chance that it splits
     * them as unevenly as they are (the mid-p: Fagerland, Lydersen and Laake 2013, equation 4); with many of them, of
     * (b − c)² / (b + c) under χ² with one degree of freedom, without a correction for continuity.
     */
    public double p() {
        int discordant = onlyA + onlyB;
        if (discordant == 0) {
            return 1;
        }
        if (isMidP()) {
            var coin = new BinomialDistribution(null, discordant, 0.5);
            int fewer = Math.min(onlyA, onlyB);
            return Math.min(1, 2 * coin.cumulativeProbability(fewer) - coin.probability(fewer));
        }
        double z = Math.abs(onlyB - onlyA) / Math.sqrt(discordant);
        return 2 * (1 - Interval.below(z));
    }

    /**
     * Tango's score interval of the difference of the two shares (Tango 1998, section 2): all δ that the score test
     * does not refuse; at δ = 0 that test is McNemar's. Where the mid-p does not refuse 0, as four discordant questions
     * that are all one's, the interval reaches to 0; the score test refuses whatever the mid-p does.
     */
    public Interval interval() {
        double seen = (double) (onlyB - onlyA) / of;
        double z = Interval.normal(Interval.LEVEL);
        double low = onlyB == 0 && onlyA == of ? -1 : edge(-1, seen, z);
        double high = onlyB == of ? 1 : edge(1, seen, -z);
        boolean mayBeNone = isMidP() && p() >= Difference.ALPHA;
        return new Interval(mayBeNone ? Math.min(low, 0) : low, mayBeNone ? Math.max(high, 0) : high, Interval.LEVEL);
    }

    /** Between {@code outer} and what was seen, where the score is {@code z}. */
    private double edge(double outer, double seen, double z) {
        double out = outer;
        double in = seen;
        for (int i = 0; i < 60; i++) {
            double middle = (out + in) / 2;
            if (Math.abs(score(middle)) > Math.abs(z)) {
                out = middle;
            } else {
                in = middle;
            }
        }
        return in;
    }

    private double score(double delta) {
        double squareTerm = 2.0 * of;
        double linear = -onlyB - onlyA + (2.0 * of - onlyB + onlyA) * delta;
        double constant = -onlyA * delta * (1 - delta);
        double q = (Math.sqrt(Math.max(0, linear * linear - 4 * squareTerm * constant)) - linear) / (2 * squareTerm);
        double variance = of * (2 * q + delta * (1 - delta));
        double apart = onlyB - onlyA - of * delta;
        return apart == 0 ? 0 : apart / Math.sqrt(Math.max(variance, Double.MIN_NORMAL));
    }
}
