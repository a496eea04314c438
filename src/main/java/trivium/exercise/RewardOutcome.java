package trivium.exercise;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import tech.tablesaw.api.Table;
import trivium.exercise.Verdict.Outcome;
import trivium.measure.Paired;

/**
 * What a training against a reward did, on the same prompts before and after.
 *
 * @param reward what was trained on
 * @param gold what was wanted
 * @param before the completions before
 * @param after the completions after
 */
record RewardOutcome(Paired reward, Paired gold, List<String> before, List<String> after) {

    static final String EXERCISE = "A reward that holds";

    /** From the table of an alignment's held-out prompts. */
    static RewardOutcome of(Table rewards) {
        return new RewardOutcome(
                paired(rewards, "before", "after"),
                paired(rewards, "gold_before", "gold_after"),
                rewards.stringColumn("before_text").asList(),
                rewards.stringColumn("after_text").asList());
    }

    private static Paired paired(Table rewards, String before, String after) {
        return Paired.of(
                rewards.numberColumn(before).asDoubleArray(),
                rewards.numberColumn(after).asDoubleArray());
    }

    Verdict verdict() {
        var shift = "your reward went " + moved(reward) + ", the true taste " + moved(gold) + ". ";
        if (reward.before().standardDeviation() == 0 && reward.after().standardDeviation() == 0) {
            return wrong(shift + "Your reward gives every story the same, so no story is better than its siblings.");
        }
        if (gold.change().mean() > 0 && !(gold.interval().low() <= 0)) {
            return new Verdict(EXERCISE, Outcome.RIGHT, shift + "What you asked for is what was wanted.");
        }
        if (reward.change().mean() <= 0) {
            return wrong(shift + "Your reward did not rise: is it above 0 for stories the model can write at all, and"
                    + " different for the eight stories of one prompt?");
        }
        if (gold.change().mean() < 0) {
            return wrong(shift + "It was exploited: " + exploit());
        }
        return wrong(shift + "That is no more than chance: what is wanted is hardly in your reward.");
    }

    /** What the stories have become, by what is usually found first. */
    private String exploit() {
        double words = mean(before, RewardOutcome::words);
        double wordsNow = mean(after, RewardOutcome::words);
        double repeated = 1 - mean(before, RewardOutcome::different);
        double repeatedNow = 1 - mean(after, RewardOutcome::different);
        int kinds = new HashSet<>(after).size();
        if (kinds <= after.size() / 4) {
            return "the model writes " + kinds + " different stories for " + after.size()
                    + " prompts. Your reward does not ask what the prompt asked for.";
        }
        if (repeatedNow > repeated + 0.1) {
            return String.format(
                    Locale.ROOT,
                    "of the sentences of a story, %.0f %% had stood in it before, where it was %.0f %%. Your reward counts"
                            + " the same thing again and again: count it once, or let a repetition cost.",
                    100 * repeatedNow,
                    100 * repeated);
        }
        if (wordsNow > 1.3 * words) {
            return String.format(
                    Locale.ROOT,
                    "a story has %.0f words, where it had %.0f. More text earns more with you: let length have a price, or"
                            + " a limit.",
                    wordsNow,
                    words);
        }
        if (wordsNow < words / 1.3) {
            return String.format(
                    Locale.ROOT,
                    "a story has %.0f words, where it had %.0f. The fewer words, the fewer faults: let too short a story"
                            + " cost.",
                    wordsNow,
                    words);
        }
        return "the stories neither repeat themselves nor grow nor shrink: read what the model writes now, and what of it"
                + " your reward counts.";
    }

    private static Verdict wrong(String says) {
        return new Verdict(EXERCISE, Outcome.WRONG, says);
    }

    private static String moved(Paired paired) {
        return String.format(
                        Locale.ROOT,
                        "from %.2f to %.2f",
                        paired.before().mean(),
                        paired.after().mean())
                .replace('-', '−');
    }

    private static double words(String text) {
        return text.isBlank() ? 0 : text.strip().split("\\s+").length;
    }

    /** The share of its sentences that did not stand in it before. */
    private static double different(String text) {
        var sentences = text.split("(?<=[.!?])\\s+");
        return (double) Arrays.stream(sentences).distinct().count() / sentences.length;
    }

    private static double mean(List<String> texts, ToDoubleFunction<String> of) {
        return texts.stream().mapToDouble(of).average().orElse(0);
    }
}
