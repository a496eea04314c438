package trivium.align;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import trivium.generate.Generation.Finish;
import trivium.measure.ExactMatch;
import trivium.measure.Verifiable;
import trivium.train.Checks;

/**
 * Rewards that are rules: {@code align(tuned, questions).reward(Rewards.exactAnswer()).reward("format",
 * Rewards.tags("think", "answer"), 0.2)}. Each is a record that stands in the run's card and is read back from there.
 */
public final class Rewards {

    private Rewards() {}

    /**
     * 1 for a completion that is an expected answer of its prompt, word for word ({@link ExactMatch}), else 0. The
     * answers come with the prompts: {@code align(tuned, conversations)}.
     */
    public static ExactAnswer exactAnswer() {
        return new ExactAnswer();
    }

    /** 1 for a completion whose last number is the last number of an expected answer of its prompt, else 0. */
    public static LastNumber lastNumber() {
        return new LastNumber();
    }

    /** 1 for a completion in which this regular expression is found, else 0; {@code ^…$} for the whole of it. */
    public static Regex regex(String pattern) {
        return new Regex(pattern);
    }

    /** 1 for a completion of so many words; less by as much as it is shorter or longer than that, in proportion. */
    public static LengthWindow length(int fewest, int most) {
        return new LengthWindow(fewest, most);
    }

    /** A price on saying the same again: 0 where no {@code n} words in a row come twice, towards −1 where all do. */
    public static RepetitionPenalty repetition(int n) {
        return new RepetitionPenalty(n, -1);
    }

    /** 1 for a completion that consists of these tags, each once and in this order: {@code <think>…</think>}. */
    public static Tags tags(String... names) {
        return new Tags(List.of(names));
    }

    /** 1 for a completion that ended by itself, 0 for one that was cut off. */
    public static Ended ended() {
        return new Ended();
    }

    /**
     * 1 for a completion that its prompt's own verifier finds right, else 0. No card can hold verifiers: rerun needs
     * them handed over.
     */
    public static Reward verified(Iterable<? extends Verifiable> prompts) {
        return Verified.of(prompts);
    }

    /** The rule of {@link #exactAnswer}. */
    public record ExactAnswer() implements RewardRule {

        @Override
        public double score(String prompt, String completion) {
            throw withoutAnswers(this);
        }

        @Override
        public Reward expecting(Map<String, List<String>> answers) {
            return new Expecting(this, ExactMatch::matches, require(this, answers));
        }
    }

    /**
     * The rule of {@link #lastNumber}: a number is an optional sign, digits with or without commas between thousands,
     * and decimals; 7 and 7.0 are the same.
     */
    public record LastNumber() implements RewardRule {

        private static final Pattern NUMBER = Pattern.compile("-?(?:\\d{1,3}(?:,\\d{3})+(?!\\d)|\\d+)(?:\\.\\d+)?");

        @Override
        public double score(String prompt, String completion) {
            throw withoutAnswers(this);
        }

        @Override
        public Reward expecting(Map<String, List<String>> answers) {
            require(this, answers);
            answers.forEach((prompt, expected) -> expected.forEach(answer -> {
                if (of(answer).isEmpty()) {
                    throw new IllegalArgumentException("the expected answer \"" + answer + "\" of \"" + prompt
                            + "\" has no number, and " + this + " compares numbers");
                }
            }));
            return new Expecting(this, LastNumber::isSame, answers);
        }

        private static boolean isSame(String completion, String answer) {
            return of(completion).isPresent()
                    && of(completion).get().compareTo(of(answer).orElseThrow()) == 0;
        }

        /** The last number of a text. */
        static Optional<BigDecimal> of(String text) {
            return NUMBER.matcher(text)
                    .results()
                    .reduce((_, last) -> last)
                    .map(found -> new BigDecimal(found.group().replace(",", "")));
        }
    }

    /**
     * The rule of {@link #regex}.
     *
     * @param pattern as {@link Pattern} reads it
     */
    public record Regex(String pattern) implements RewardRule {

        public Regex {
            try {
                Pattern.compile(pattern);
            } catch (PatternSyntaxException e) {
                throw new IllegalArgumentException("the regular expression \"" + pattern + "\" cannot be read: "
                        + e.getDescription() + " at character " + e.getIndex());
            }
        }

        /** Anything at all. */
        public Regex() {
            this(".");
        }

        @Override
        public double score(String prompt, String completion) {
            return Pattern.compile(pattern).matcher(completion).find() ? 1 : 0;
        }
    }

    /**
     * The rule of {@link #length}: of n words, 1 from {@code fewest} to {@code most}, n / fewest below and most / n
     * above.
     *
     * @param fewest words
     * @param most words
     */
    public record LengthWindow(int fewest, int most) implements RewardRule {

        public LengthWindow {
            Checks.atLeast(0, fewest, "words at least");
            Checks.atLeast(Math.max(1, fewest), most, "words at most");
        }

        /** 1 to 100 words. */
        public LengthWindow() {
            this(1, 100);
        }

        @Override
        public double score(String prompt, String completion) {
            int words = words(completion).size();
            return words < fewest ? (double) words / fewest : words > most ? (double) most / words : 1;
        }
    }

    /**
     * The rule of {@link #repetition}: {@code most · (1 − different n-grams / n-grams)} over the words in small
     * letters, 0 where there are fewer than n words (Yeo et al. 2025, Demystifying Long Chain-of-Thought Reasoning in
     * LLMs; open-r1's {@code get_repetition_penalty_reward}).
     *
     * @param ngram n, how many words in a row are compared
     * @param most what the worst completion earns, at most 0
     */
    public record RepetitionPenalty(int ngram, double most) implements RewardRule {

        public RepetitionPenalty {
            Checks.atLeast(1, ngram, "words in a row");
            if (!(most <= 0) || Double.isInfinite(most)) {
                throw new IllegalArgumentException(
                        "a penalty of " + most + ": expected a number of at most 0, such as -1");
            }
        }

        /** Three words in a row, −1. */
        public RepetitionPenalty() {
            this(3, -1);
        }

        @Override
        public double score(String prompt, String completion) {
            var words = words(completion.toLowerCase(Locale.ROOT));
            int grams = words.size() - ngram + 1;
            if (grams < 1) {
                return 0;
            }
            var different = new HashSet<List<String>>();
            IntStream.range(0, grams).forEach(i -> different.add(words.subList(i, i + ngram)));
            return most * (1 - (double) different.size() / grams);
        }
    }

    /**
     * The rule of {@link #tags}: between one tag and the next, before the first and behind the last stands nothing but
     * white space (DeepSeek-AI 2025, DeepSeek-R1, section 2.2.2; TRL's {@code think_format_reward} with one tag asks
     * for less: there an answer follows).
     *
     * @param names of the tags, without brackets
     */
    public record Tags(List<String> names) implements RewardRule {

        public Tags {
            names = List.copyOf(names);
            if (names.isEmpty() || names.stream().anyMatch(String::isBlank)) {
                throw new IllegalArgumentException(
                        "tags " + names + ": expected at least one name, such as \"answer\"");
            }
        }

        /** Reasoning, then an answer. */
        public Tags() {
            this(List.of("think", "answer"));
        }

        @Override
        public double score(String prompt, String completion) {
            return whole().matcher(completion).matches() ? 1 : 0;
        }

        private Pattern whole() {
            var within = "(?:(?!"
                    + names.stream()
                            .map(name -> "</?" + Pattern.quote(name) + ">")
                            .collect(Collectors.joining("|")) + ").)*+";
            return Pattern.compile(
                    names.stream()
                            .map(name -> Pattern.quote("<" + name + ">") + within + Pattern.quote("</" + name + ">"))
                            .collect(Collectors.joining("\\s*", "\\s*", "\\s*")),
                    Pattern.DOTALL);
        }
    }

    /** The rule of {@link #ended}; a text of which nobody says how it ended counts as ended by itself. */
    public record Ended() implements RewardRule {

        @Override
        public double score(String prompt, String completion) {
            return 1;
        }

        @Override
        public double[] scores(List<String> prompts, List<String> completions, List<Finish> finishes) {
            return finishes.stream()
                    .mapToDouble(finish -> finish.isCut() ? 0 : 1)
                    .toArray();
        }
    }

    /** A rule that knows the expected answers. */
    private record Expecting(RewardRule rule, Comparing comparing, Map<String, List<String>> answers)
            implements Reward {

        /** Whether a completion is as good as an expected answer. */
        @FunctionalInterface
        interface Comparing {
            boolean isRight(String completion, String answer);
        }

        @Override
        public double score(String prompt, String completion) {
            var expected = answers.get(prompt);
            if (expected == null) {
                throw new IllegalArgumentException("no answer to the prompt \"" + prompt + "\" is expected");
            }
            return expected.stream().anyMatch(answer -> comparing.isRight(completion, answer)) ? 1 : 0;
        }

        @Override
        public String toString() {
            return rule.toString();
        }
    }

    /** Completions that verifiers judge. */
    private record Verified(Map<String, List<Verifiable>> verifiers) implements Reward {

        static Verified of(Iterable<? extends Verifiable> prompts) {
            var all = new ArrayList<Verifiable>();
            prompts.forEach(all::add);
            return new Verified(all.stream().collect(Collectors.groupingBy(Verifiable::prompt)));
        }

        @Override
        public double score(String prompt, String completion) {
            var those = verifiers.get(prompt);
            if (those == null) {
                throw new IllegalArgumentException("no verifier knows the prompt \"" + prompt + "\"");
            }
            return those.stream().anyMatch(one -> one.verify(completion).right()) ? 1 : 0;
        }

        @Override
        public String toString() {
            return "verified";
        }
    }

    private static List<String> words(String text) {
        return text.isBlank() ? List.of() : List.of(text.strip().split("\\s+"));
    }

    private static Map<String, List<String>> require(RewardRule rule, Map<String, List<String>> answers) {
        if (answers.isEmpty()) {
            throw withoutAnswers(rule);
        }
        return answers;
    }

    private static IllegalArgumentException withoutAnswers(RewardRule rule) {
        return new IllegalArgumentException(
                "the reward " + rule
                        + " compares with expected answers, and there are none: align(run, conversations) takes prompts with"
                        + " their answers, and, for bestOfN too, expecting(Map.of(prompt, List.of(answer))) gives them to the reward itself");
    }
}
