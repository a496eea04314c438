package trivium.measure;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.text.Numbers;

/**
 * Whether a difference between two models, or two recipes, means anything: how large it is, in which interval the true
 * one lies, how often chance alone would make one as large, and, where that cannot be told, what would.
 *
 * @param compared what was measured, and of whom
 * @param estimate the numbers
 * @param method how they were computed
 * @param sample from how many prompts and seeds
 */
public record Difference(Compared compared, Estimate estimate, Method method, Sample sample) {

    /** A difference is called clear where p is below this. */
    public static final double ALPHA = 1 - Interval.LEVEL;

    /** The unit of numbers in [0, 1] that are shown in percent. */
    public static final String SHARE = "share";

    /** Which way a measure is better. */
    public enum Direction {
        HIGHER,
        LOWER,
        NEITHER
    }

    /**
     * What was compared.
     *
     * @param measure such as "reward", as a sentence says it
     * @param unit such as "nats", {@value #SHARE} for numbers in [0, 1], "" for none
     * @param direction which way it is better
     * @param a the first's name, of what the difference is counted from
     * @param b the second's name
     */
    public record Compared(String measure, String unit, Direction direction, String a, String b) {

        public Compared {
            Objects.requireNonNull(direction, "which way a measure is better: expected HIGHER, LOWER or NEITHER");
            if (measure.isBlank() || a.isBlank() || b.isBlank()) {
                throw new IllegalArgumentException("a comparison of \"" + measure + "\" of \"" + a + "\" and \"" + b
                        + "\": expected a name for the measure and for each of the two");
            }
        }

        /** These two measured in another way. */
        public Compared as(String other, String otherUnit, Direction better) {
            return new Compared(other, otherUnit, better, a, b);
        }

        private String value(double value) {
            if (unit.equals(SHARE)) {
                return Numbers.percent(value);
            }
            return Numbers.brief(value) + (unit.isEmpty() ? "" : " " + unit);
        }

        /** A difference, or an end of its interval, in as many decimals as the largest of them needs. */
        private String change(double value, double largest) {
            boolean share = unit.equals(SHARE);
            return (value > 0 ? "+" : "")
                    + (share ? Numbers.beside(100 * value, 100 * largest) : Numbers.beside(value, largest));
        }

        private String changeUnit() {
            return unit.equals(SHARE) ? " percentage points" : unit.isEmpty() ? "" : " " + unit;
        }
    }

    /**
     * The numbers.
     *
     * @param a the first's value
     * @param b the second's value
     * @param interval of level 0.95 of the difference b − a
     * @param p the chance of a difference at least as large, either way, where there is none; in [0, 1], corrected
     *     where there are several {@code comparisons}
     * @param comparisons how many comparisons p is corrected for, at least 1
     */
    public record Estimate(double a, double b, Interval interval, double p, int comparisons) {

        public Estimate {
            if (!(p >= 0 && p <= 1)) {
                throw new IllegalArgumentException("p is " + p + ": expected a number from 0 to 1");
            }
        }

        /** b − a. */
        public double value() {
            return b - a;
        }
    }

    /** How interval and p were computed. docs/better.md says how each is, and what it assumes. */
    public enum Method {
        BOOTSTRAP("paired bootstrap-t over %prompts"),
        MCNEMAR("McNemar's test on %prompts, Tango's interval"),
        MCNEMAR_MID_P("McNemar's mid-p test on %prompts, Tango's interval"),
        PAIRED_T("paired t-test over %seeds"),
        WELCH("Welch's t-test over %seeds of one and more of the other"),
        SIGN_FLIPS("sign flips of %seeds, Student's interval"),
        SEEDS_AND_PROMPTS("t-test with random effects of %seeds and %prompts"),
        BEST_OF_TRIALS("studentised range of the settings from the best to this one, over %seeds");

        private final String words;

        Method(String words) {
            this.words = words;
        }
    }

    /**
     * What a difference was measured on.
     *
     * @param unit one of the prompts, such as "prompt", "document" or "question"
     * @param prompts how many different ones; 0 where only a number for each seed is known
     * @param seeds how many seeds of each recipe
     * @param spread how the difference varies from one to the next
     */
    public record Sample(String unit, int prompts, int seeds, Spread spread) {}

    /** Over prompts, which pair: docs/better.md, "Over prompts". Equal prompts are one observation. */
    public static Difference overPrompts(Compared compared, double[] a, double[] b, List<?> prompts) {
        return PairedBootstrap.overPrompts(compared, "prompt", a, b, prompts);
    }

    /**
     * Of bits per byte, or another ratio of sums over documents.
     *
     * @param bits of each document under the first model
     * @param otherBits of the same documents under the second
     * @param bytes of each document, above 0
     */
    public static Difference overDocuments(Compared compared, double[] bits, double[] otherBits, double[] bytes) {
        return PairedBootstrap.overDocuments(compared, bits, otherBits, bytes);
    }

    /** Of shares of right answers to the same questions. Equal questions are one observation. */
    public static Difference ofRightAnswers(Compared compared, boolean[] a, boolean[] b, List<?> questions) {
        return McNemar.difference(compared, a, b, questions);
    }

    /**
     * Over seeds: one number for each run of a recipe. With as many seeds of each the i-th of one is compared with the
     * i-th of the other; otherwise they do not pair.
     */
    public static Difference overSeeds(Compared compared, double[] a, double[] b) {
        return a.length == b.length ? OverSeeds.paired(compared, a, b) : OverSeeds.welch(compared, a, b);
    }

    /** Over as many seeds of each, which pair, without assuming a distribution. */
    public static Difference bySignFlips(Compared compared, double[] a, double[] b) {
        return OverSeeds.signFlips(compared, a, b);
    }

    /**
     * Over seeds and prompts.
     *
     * @param a of each seed (S) the values of each prompt (S, P)
     * @param b the same of the other recipe
     * @param unit one of the prompts, such as "prompt"
     */
    public static Difference overSeedsAndPrompts(Compared compared, double[][] a, double[][] b, String unit) {
        return SeedsAndPrompts.difference(compared, a, b, unit);
    }

    /**
     * Over seeds and documents, of bits per byte.
     *
     * @param bits of each seed (S) what each document (D) costs, (S, D)
     * @param otherBits the same of the other recipe
     * @param bytes of each document, above 0
     */
    public static Difference overSeedsAndDocuments(
            Compared compared, double[][] bits, double[][] otherBits, double[] bytes) {
        return SeedsAndPrompts.ofDocuments(compared, bits, otherBits, bytes);
    }

    /** b − a. */
    public double value() {
        return estimate.value();
    }

    /** Of level 0.95. */
    public Interval interval() {
        return estimate.interval();
    }

    /** The chance of a difference at least as large where there is none. */
    public double p() {
        return estimate.p();
    }

    /** Whether p is below 0.05. */
    public boolean isClear() {
        return p() < ALPHA;
    }

    /** Whether the second is clearly better than the first. */
    public boolean isBetter() {
        return isClear()
                && (compared.direction() == Direction.HIGHER && value() > 0
                        || compared.direction() == Direction.LOWER && value() < 0);
    }

    /** Whether the second is clearly worse than the first. */
    public boolean isWorse() {
        return isClear() && compared.direction() != Direction.NEITHER && !isBetter();
    }

    /** This one of so many comparisons, with p corrected for that. */
    Difference corrected(double p, int comparisons) {
        return new Difference(
                compared,
                new Estimate(estimate.a(), estimate.b(), estimate.interval(), p, comparisons),
                method,
                sample);
    }

    /** What would tell, if the difference is as large as it seems; empty where it is clear, or nothing would. */
    public Optional<String> needed() {
        return isClear() || value() == 0 ? Optional.empty() : sample.spread().needed(value(), sample);
    }

    /** How it was computed: "paired bootstrap-t over 200 prompts, one seed of each". */
    public String how() {
        if (sample.seeds() == 1 && sample.prompts() == 0) {
            return "one seed of each, which says nothing about others";
        }
        var text = method.words
                .replace("%prompts", Numbers.count(sample.prompts(), sample.unit()))
                .replace("%seeds", Numbers.count(sample.seeds(), "seed"));
        if (sample.seeds() == 1) {
            text += ", one seed of each";
        }
        return estimate.comparisons() == 1
                ? text
                : text + "; p by Holm's correction for " + estimate.comparisons() + " comparisons";
    }

    /** "p = 0.034", "p < 0.001". */
    public String pInWords() {
        return p() < 1e-3 ? "p < 0.001" : "p = " + String.format(Locale.ROOT, p() < 0.0995 ? "%.3f" : "%.2f", p());
    }

    /** "+1.79 (95 % interval +1.65 to +1.92)", with the unit. */
    public String change() {
        double largest = Math.abs(value());
        for (double end : new double[] {interval().low(), interval().high()}) {
            largest = Double.isFinite(end) ? Math.max(largest, Math.abs(end)) : largest;
        }
        return compared.change(value(), largest)
                + (interval().isBounded()
                        ? " (95 % interval " + compared.change(interval().low(), largest) + " to "
                                + compared.change(interval().high(), largest) + ")"
                        : "")
                + compared.changeUnit();
    }

    /** What it comes to: "GRPO is better than fine-tuned in reward". */
    public String verdict() {
        var which = compared.b() + (isBetter() ? " is better than " : " is worse than ") + compared.a();
        if (isBetter() || isWorse()) {
            return which + " in " + compared.measure();
        }
        if (isClear()) {
            return compared.b() + " and " + compared.a() + " differ in " + compared.measure();
        }
        return "No telling whether " + compared.b() + " and " + compared.a() + " differ in " + compared.measure();
    }

    /** A row for each of the numbers, in words: columns "what" and "value". */
    public Table table() {
        var names = StringColumn.create("what");
        var values = StringColumn.create("value");
        row(names, values, compared.a(), compared.value(estimate.a()));
        row(names, values, compared.b(), compared.value(estimate.b()));
        row(names, values, "difference", change());
        row(names, values, "p", pInWords());
        row(names, values, "computed by", how());
        needed().ifPresent(words -> row(names, values, "what would tell", words));
        return Table.create(verdict(), names, values);
    }

    private static void row(StringColumn names, StringColumn values, String name, String value) {
        names.append(name);
        values.append(value);
    }

    /** "GRPO is better than fine-tuned in reward: +1.79 (95 % interval +1.65 to +1.92), p < 0.001; paired …". */
    @Override
    public String toString() {
        return verdict() + ": " + change() + ", " + pInWords() + "; " + how()
                + needed().map(words -> "; " + words).orElse("");
    }
}
