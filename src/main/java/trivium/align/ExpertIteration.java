package trivium.align;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.data.Conversation;
import trivium.data.Conversations;
import trivium.data.Seeds;
import trivium.generate.Generation.Finish;
import trivium.generate.Sampling;
import trivium.measure.Summary;
import trivium.run.Run;
import trivium.train.Checks;

/**
 * Rejection-sampling fine-tuning, in rounds: the model answers prompts, the best of n completions of each prompt become
 * conversations, the model is fine-tuned on them, and so on (Anthony et al. 2017; Touvron et al. 2023, section 3.2.3;
 * Gulcehre et al. 2023). Beside it runs a control that differs in one thing only: of each prompt's n completions one is
 * chosen at random. What the control gains, fine-tuning on one's own completions gains; the rest is the reward's.
 *
 * @param start the run whose model begins; it stays as it is
 * @param prompts what to answer; the last {@code plan.heldOut()} different ones are never learned from
 * @param reward by which completions are chosen, and held-out answers judged
 * @param plan how often, and out of how many
 * @param learn fine-tunes a run on conversations: {@code (run, chosen) -> finetune(run, chosen).epochs(1).run()}
 */
public record ExpertIteration(Run start, List<String> prompts, Reward reward, Plan plan, Learning learn) {

    /** Fine-tunes a run on conversations. */
    @FunctionalInterface
    public interface Learning {
        Run on(Run run, Conversations chosen);
    }

    /**
     * How often completions are chosen and learned from, and out of how many.
     *
     * @param n completions of each prompt, of which one is chosen; at least 2
     * @param rounds at least 1; one round is rejection-sampling fine-tuning
     * @param sampling how completions are drawn; each round has a seed of its own, mixed from this one's
     * @param heldOut how many prompts are kept for judging, at least 1
     * @param control whether the random choice is trained as well
     */
    public record Plan(int n, int rounds, Sampling sampling, int heldOut, boolean control) {

        public Plan {
            Checks.atLeast(2, n, "completions of each prompt");
            Checks.atLeast(1, rounds, "rounds");
            Checks.atLeast(1, heldOut, "held-out prompts");
        }
    }

    /**
     * What came of it.
     *
     * @param best the run after each round of learning from the best completions
     * @param random the same of the control; empty without one
     * @param table a row a round and choice: "round" (0 before the first), "choice" ("best of n" or "random"), "reward"
     *     on the held-out prompts (mean), "low" and "high" (its interval of level 0.95), "conversations" learned from,
     *     "chosen_reward" (mean reward of those)
     */
    public record Result(List<Run> best, List<Run> random, Table table) {

        public Result {
            best = List.copyOf(best);
            random = List.copyOf(random);
        }

        /** The run after the last round. */
        public Run last() {
            return best.getLast();
        }

        @Override
        public String toString() {
            return table.print(table.rowCount());
        }
    }

    public ExpertIteration {
        prompts = prompts.stream().distinct().toList();
        if (prompts.size() <= plan.heldOut) {
            throw new IllegalArgumentException("of " + prompts.size() + " different prompts " + plan.heldOut
                    + " are held out, which leaves none to learn from; give more prompts or hold out fewer");
        }
    }

    /**
     * One round out of 8 completions at temperature 1, of up to 128 tokens, with the control; a fifth of the prompts,
     * at most 64, is held out.
     */
    public static ExpertIteration of(Run start, List<String> prompts, Reward reward, Learning learn) {
        int different = (int) prompts.stream().distinct().count();
        int heldOut = Math.clamp(different / 5, 1, 64);
        var sampling = Sampling.atTemperature(1).maxTokens(128);
        return new ExpertIteration(start, prompts, reward, new Plan(8, 1, sampling, heldOut, true), learn);
    }

    /** How many completions of each prompt there are to choose from. */
    public ExpertIteration n(int completions) {
        return with(new Plan(completions, plan.rounds, plan.sampling, plan.heldOut, plan.control));
    }

    public ExpertIteration rounds(int rounds) {
        return with(new Plan(plan.n, rounds, plan.sampling, plan.heldOut, plan.control));
    }

    public ExpertIteration sampling(Sampling sampling) {
        return with(new Plan(plan.n, plan.rounds, sampling, plan.heldOut, plan.control));
    }

    public ExpertIteration heldOut(int prompts) {
        return with(new Plan(plan.n, plan.rounds, plan.sampling, prompts, plan.control));
    }

    /** Whether a model that learns from random choices is trained beside it. */
    public ExpertIteration control(boolean trained) {
        return with(new Plan(plan.n, plan.rounds, plan.sampling, plan.heldOut, trained));
    }

    /** Fine-tunes in another way, such as {@code (run, chosen) -> finetune(run, chosen).epochs(2).run()}. */
    public ExpertIteration learning(Learning other) {
        return new ExpertIteration(start, prompts, reward, plan, other);
    }

    private ExpertIteration with(Plan changed) {
        return new ExpertIteration(start, prompts, reward, changed, learn);
    }

    /**
     * Takes all rounds. If the thread is interrupted, the rounds that are complete are answered, and the thread stays
     * interrupted.
     *
     * @throws CancellationException if that was before the end of the first round
     */
    public Result run() {
        var rows = new Rows();
        rows.add(0, "best of " + plan.n, judged(start), 0, Double.NaN);
        var best = new ArrayList<Run>();
        var random = new ArrayList<Run>();
        try {
            for (int round = 0; round < plan.rounds && !Thread.currentThread().isInterrupted(); round++) {
                var chosen = draw(best.isEmpty() ? start : best.getLast(), round);
                round(round, false, best.isEmpty() ? start : best.getLast(), chosen, best, rows);
                if (plan.control) {
                    var control = random.isEmpty() ? chosen : draw(random.getLast(), round);
                    round(round, true, random.isEmpty() ? start : random.getLast(), control, random, rows);
                }
            }
        } catch (CancellationException e) {
            if (best.isEmpty()) {
                throw e;
            }
            Thread.currentThread().interrupt();
        }
        if (best.isEmpty()) {
            throw new CancellationException("interrupted before the first round ended");
        }
        return new Result(best, random, rows.table());
    }

    /** Completions to choose from, of the prompts that are learned from. */
    private BestOfN draw(Run run, int round) {
        var learned = prompts.subList(0, prompts.size() - plan.heldOut);
        return BestOfN.draw(run, learned, reward, plan.n, plan.sampling.seed(seed(round + 1)));
    }

    private void round(int round, boolean atRandom, Run from, BestOfN candidates, List<Run> runs, Rows rows) {
        var chosen = atRandom ? candidates.randomConversations(seed(round + 1)) : candidates.conversations();
        var learned = learn.on(from, chosen);
        runs.add(learned);
        rows.add(
                round + 1,
                atRandom ? "random" : "best of " + plan.n,
                judged(learned),
                chosen.size(),
                Summary.of(scores(chosen)).mean());
    }

    /** Of completions that ended by themselves, as all of these do. */
    private double[] scores(Conversations chosen) {
        var texts = chosen.list().stream().map(Conversation::completion).toList();
        return Scores.of("reward", reward, chosen.prompts(), texts, Collections.nCopies(texts.size(), Finish.STOP));
    }

    /** The held-out prompts answered once each, always with the same random numbers. */
    private Summary judged(Run run) {
        var heldOut = prompts.subList(prompts.size() - plan.heldOut, prompts.size());
        var answers = BestOfN.draw(run, heldOut, reward, 1, plan.sampling.seed(seed(0)));
        return Summary.of(
                answers.rewards().stream().mapToDouble(each -> each[0]).toArray());
    }

    private long seed(int place) {
        return Seeds.random(plan.sampling.seed(), place).nextLong();
    }

    /** The table as it grows. */
    private static final class Rows {

        private final IntColumn rounds = IntColumn.create("round");
        private final StringColumn choices = StringColumn.create("choice");
        private final DoubleColumn means = DoubleColumn.create("reward");
        private final DoubleColumn lows = DoubleColumn.create("low");
        private final DoubleColumn highs = DoubleColumn.create("high");
        private final IntColumn sizes = IntColumn.create("conversations");
        private final DoubleColumn chosen = DoubleColumn.create("chosen_reward");

        void add(int round, String choice, Summary judged, int conversations, double chosenReward) {
            rounds.append(round);
            choices.append(choice);
            means.append(judged.mean());
            lows.append(judged.interval().low());
            highs.append(judged.interval().high());
            sizes.append(conversations);
            chosen.append(chosenReward);
        }

        Table table() {
            return Table.create(
                    String.format(
                            Locale.ROOT, "expert iteration, %d rounds", rounds.isEmpty() ? 0 : (int) rounds.max()),
                    rounds,
                    choices,
                    means,
                    lows,
                    highs,
                    sizes,
                    chosen);
        }
    }
}
