package trivium.align;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import tech.tablesaw.api.BooleanColumn;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.data.Conversations;
import trivium.generate.Sampling;
import trivium.measure.ExactMatch;
import trivium.measure.PassAtK;
import trivium.measure.Share;
import trivium.measure.Verifiable;
import trivium.run.Run;

/**
 * Self-consistency (Wang et al. 2023): of n sampled answers to a question the one that came most often, and how often
 * that is right; beside it how often at least one of them is (pass@k: Chen et al. 2021, equation 1).
 *
 * @param ballots the answers to each question
 */
public record MajorityVote(List<Ballot> ballots) {

    /**
     * The different answers to one question, the first drawn first.
     *
     * @param prompt the question
     * @param answers in the form in which they are compared
     * @param counts how often each came
     * @param right whether each is right
     */
    public record Ballot(String prompt, List<String> answers, int[] counts, boolean[] right) {

        public Ballot {
            answers = List.copyOf(answers);
            if (answers.isEmpty() || counts.length != answers.size() || right.length != answers.size()) {
                throw new IllegalArgumentException(answers.size() + " different answers, " + counts.length
                        + " counts and " + right.length + " verdicts: expected as many of each, and at least one");
            }
        }

        /** How many answers were drawn. */
        public int drawn() {
            return IntStream.of(counts).sum();
        }

        private int hits() {
            return IntStream.range(0, counts.length)
                    .filter(i -> right[i])
                    .map(i -> counts[i])
                    .sum();
        }

        private int winner() {
            int most = 0;
            for (int i = 1; i < counts.length; i++) {
                most = counts[i] > counts[most] ? i : most;
            }
            return most;
        }
    }

    /** Tells whether an answer to a question is right. */
    @FunctionalInterface
    private interface Verifier {
        boolean isRight(int question, String completion);
    }

    public MajorityVote {
        ballots = List.copyOf(ballots);
        if (ballots.stream().mapToInt(Ballot::drawn).distinct().count() != 1) {
            throw new IllegalArgumentException("a vote takes at least one question, and as many answers to each");
        }
    }

    /**
     * Answers each question n times.
     *
     * @param asked questions whose answers can be verified
     * @param answer what of a completion is compared with others, such as the number in it; null where there is none,
     *     which counts as an empty one. Whether an answer is right is asked of the first completion that gave it
     */
    public static MajorityVote of(
            Run run, Iterable<? extends Verifiable> asked, int n, Sampling sampling, UnaryOperator<String> answer) {
        var questions = new ArrayList<Verifiable>();
        asked.forEach(questions::add);
        var prompts = questions.stream().map(Verifiable::prompt).toList();
        return count(
                Candidates.draw(run, prompts, n, sampling),
                answer,
                (i, completion) -> questions.get(i).verify(completion).right());
    }

    /** The same of questions with one expected answer each, compared word for word ({@link ExactMatch}). */
    public static MajorityVote of(
            Run run, Conversations questions, int n, Sampling sampling, UnaryOperator<String> answer) {
        return count(
                Candidates.draw(run, questions.prompts(), n, sampling),
                answer,
                (i, completion) ->
                        ExactMatch.matches(completion, questions.get(i).completion()));
    }

    private static MajorityVote count(List<Candidates> all, UnaryOperator<String> answer, Verifier verifier) {
        return new MajorityVote(IntStream.range(0, all.size())
                .mapToObj(i -> ballot(all.get(i), answer, completion -> verifier.isRight(i, completion)))
                .toList());
    }

    private static Ballot ballot(Candidates candidates, UnaryOperator<String> answer, Predicate<String> isRight) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        Map<String, Boolean> right = new LinkedHashMap<>();
        for (var text : candidates.texts()) {
            var found = answer.apply(text);
            var said = found == null ? "" : found;
            counts.merge(said, 1, Integer::sum);
            right.computeIfAbsent(said, _ -> isRight.test(text));
        }
        var verdicts = new boolean[counts.size()];
        int at = 0;
        for (boolean verdict : right.values()) {
            verdicts[at++] = verdict;
        }
        return new Ballot(
                candidates.prompt(),
                List.copyOf(counts.keySet()),
                counts.values().stream().mapToInt(i -> i).toArray(),
                verdicts);
    }

    /** n, answers to each question. */
    public int n() {
        return ballots.getFirst().drawn();
    }

    /** How many questions the most frequent of all n answers is right on; of equally frequent ones the first drawn. */
    public Share share() {
        int hits = (int) ballots.stream()
                .filter(ballot -> ballot.right()[ballot.winner()])
                .count();
        return new Share(hits, ballots.size());
    }

    /** A row a question: "prompt", "answer" (the most frequent), "votes" for it of n, and whether it is "right". */
    public Table table() {
        return Table.create(
                "majority of " + n(),
                StringColumn.create(
                        "prompt", ballots.stream().map(Ballot::prompt).toList()),
                StringColumn.create(
                        "answer",
                        ballots.stream().map(b -> b.answers().get(b.winner())).toList()),
                IntColumn.create(
                        "votes",
                        ballots.stream().mapToInt(b -> b.counts()[b.winner()]).toArray()),
                BooleanColumn.create(
                        "right",
                        ballots.stream().map(b -> b.right()[b.winner()]).toList()));
    }

    /**
     * What k answers would bring, for k = 1 … n, from these n: columns "k", "pass@k" (the share of questions that one
     * of k answers gets right), the ends of its 95 % interval over questions, and "maj@k" (that the most frequent of k
     * gets right, of equally frequent ones each as likely). Both are means over all choices of k of the n answers, so
     * unbiased.
     */
    public Table curve() {
        int[] ks = IntStream.rangeClosed(1, n()).toArray();
        return Table.create(
                "majority of 1 to " + n(),
                IntColumn.create("k", ks),
                DoubleColumn.create(
                        "pass@k",
                        Arrays.stream(ks).mapToDouble(k -> passAt(k).value()).toArray()),
                DoubleColumn.create(
                        "pass@k_low",
                        Arrays.stream(ks)
                                .mapToDouble(k -> passAt(k).interval().low())
                                .toArray()),
                DoubleColumn.create(
                        "pass@k_high",
                        Arrays.stream(ks)
                                .mapToDouble(k -> passAt(k).interval().high())
                                .toArray()),
                DoubleColumn.create(
                        "maj@k", Arrays.stream(ks).mapToDouble(this::majorityAt).toArray()));
    }

    /**
     * The share of questions that at least one of k answers gets right, from all n, with its interval over questions.
     */
    public PassAtK passAt(int k) {
        return PassAtK.of(
                k,
                ballots.stream().mapToInt(Ballot::drawn).toArray(),
                ballots.stream().mapToInt(Ballot::hits).toArray());
    }

    private double majorityAt(int k) {
        return mean(b -> OrderStatistics.majorityAt(b.counts(), b.right(), k));
    }

    private double mean(ToDoubleFunction<Ballot> of) {
        return ballots.stream().mapToDouble(of).average().orElseThrow();
    }

    /** "majority of 16 right: 71.0 % of 100 (…); pass@1 0.584, pass@16 0.910". */
    @Override
    public String toString() {
        var said = String.format(
                Locale.ROOT,
                "majority of %d right: %s; pass@1 %.3f",
                n(),
                share(),
                passAt(1).value());
        return n() == 1
                ? said
                : said
                        + String.format(
                                Locale.ROOT, ", pass@%d %.3f", n(), passAt(n()).value());
    }
}
