package trivium.measure;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import trivium.data.Label;
import trivium.data.Label.Verdict;

/**
 * How far a person's labels can be trusted: what they owe to where an answer stood and how long it was.
 *
 * @param position how often the answer at 1 was chosen, of those chosen at all; one half without a bias
 * @param length how often the longer answer was chosen, of pairs of unequal length; a bias or a taste, which labels
 *     alone cannot tell apart
 * @param ties of all labels
 */
public record LabelQuality(Share position, Share length, Share ties) {

    /**
     * Of these labels.
     *
     * @throws IllegalArgumentException if none of them chose, or all answers are of one length
     */
    public static LabelQuality of(List<Label> labels) {
        var position = position(labels)
                .orElseThrow(() -> new IllegalArgumentException(
                        "none of the " + labels.size() + " labels chose an answer: label a few pairs first"));
        var length = length(labels)
                .orElseThrow(() -> new IllegalArgumentException("both answers of each of the " + position.of()
                        + " pairs are equally long, so nothing can be said of a bias for length"));
        return new LabelQuality(position, length, share(labels.size() - position.of(), labels.size()));
    }

    /** How often the answer at 1 was chosen, of those chosen at all; nothing where none was. */
    public static Optional<Share> position(List<Label> labels) {
        return some(chose(labels), label -> label.verdict() == Verdict.FIRST);
    }

    /** How often the longer answer was chosen, of pairs of unequal length; nothing where there are none. */
    public static Optional<Share> length(List<Label> labels) {
        var unequal = chose(labels).stream()
                .filter(label -> label.first().length() != label.second().length())
                .toList();
        return some(unequal, label -> label.chosen().length() > label.rejected().length());
    }

    private static List<Label> chose(List<Label> labels) {
        return labels.stream().filter(label -> label.verdict() != Verdict.TIE).toList();
    }

    private static Optional<Share> some(List<Label> labels, Predicate<Label> isHit) {
        return labels.isEmpty()
                ? Optional.empty()
                : Optional.of(share(labels.stream().filter(isHit).count(), labels.size()));
    }

    private static Share share(long hits, int of) {
        return new Share((int) hits, of);
    }

    @Override
    public String toString() {
        return "the answer at 1 was chosen in " + position + ", the longer one in " + length + ", ties " + ties;
    }

    /**
     * Cohen's κ of two people's labels of the same pairs, whichever answer stood first: their agreement beyond what two
     * who choose at random in the same shares would have; 1 is perfect, 0 chance (Cohen 1960). Its interval is the one
     * for large samples (Fleiss, Cohen and Everitt 1969).
     *
     * @param value κ, at most 1
     * @param agreed how often both said the same
     * @param interval of κ, of level 0.95
     */
    public record Kappa(double value, Share agreed, Interval interval) {

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "kappa %.2f (", value).replace('-', '−') + interval.toString("%.2f")
                    + "), the same said of " + agreed;
        }
    }

    /**
     * How well two people agree.
     *
     * @throws IllegalArgumentException if they have labelled no pair both, or both always said the same one thing
     */
    public static Kappa agreement(List<Label> one, List<Label> other) {
        var theirs = new HashMap<Object, Label>();
        other.forEach(label -> theirs.put(pair(label), label));
        int categories = Verdict.values().length;
        var counts = new double[categories][categories];
        int n = 0;
        for (var label : one) {
            var same = theirs.get(pair(label));
            if (same != null) {
                counts[label.verdict().ordinal()][as(label, same).ordinal()]++;
                n++;
            }
        }
        if (n == 0) {
            throw new IllegalArgumentException(
                    "no pair of answers was labelled by both: label the same prompts of the same runs with the same seed");
        }
        return kappa(counts, n);
    }

    private static List<Object> pair(Label label) {
        return List.of(label.prompt(), new HashSet<>(List.of(label.first(), label.second())));
    }

    /** What the other label says, where the answers stand as in the first. */
    private static Verdict as(Label label, Label other) {
        boolean turned = !label.first().equals(other.first());
        return switch (other.verdict()) {
            case TIE -> Verdict.TIE;
            case FIRST -> turned ? Verdict.SECOND : Verdict.FIRST;
            case SECOND -> turned ? Verdict.FIRST : Verdict.SECOND;
        };
    }

    static Kappa kappa(double[][] counts, int n) {
        int k = counts.length;
        var row = new double[k];
        var column = new double[k];
        double observed = 0;
        for (int i = 0; i < k; i++) {
            observed += counts[i][i] / n;
            for (int j = 0; j < k; j++) {
                row[i] += counts[i][j] / n;
                column[j] += counts[i][j] / n;
            }
        }
        double chance = 0;
        for (int i = 0; i < k; i++) {
            chance += row[i] * column[i];
        }
        if (chance == 1) {
            throw new IllegalArgumentException("both said the same of every pair: kappa is not defined");
        }
        double sum = 0;
        for (int i = 0; i < k; i++) {
            for (int j = 0; j < k; j++) {
                double p = counts[i][j] / n;
                double term = i == j
                        ? 1 - chance - (row[i] + column[i]) * (1 - observed)
                        : (1 - observed) * (column[i] + row[j]);
                sum += p * term * term;
            }
        }
        double last = observed * chance - 2 * chance + observed;
        double error = Math.sqrt(Math.max(0, sum - last * last) / n) / ((1 - chance) * (1 - chance));
        double value = (observed - chance) / (1 - chance);
        // No error at all is what too few pairs say: then nothing is known of kappa.
        double half = error == 0 ? Double.POSITIVE_INFINITY : Interval.normal(Interval.LEVEL) * error;
        return new Kappa(
                value,
                new Share((int) Math.round(observed * n), n),
                new Interval(Math.max(-1, value - half), Math.min(1, value + half), Interval.LEVEL));
    }
}
