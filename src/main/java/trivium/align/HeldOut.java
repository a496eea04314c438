package trivium.align;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.align.PolicyOptimisation.RewardSettings;
import trivium.run.TrainingLog;
import trivium.text.Numbers;

/**
 * The held-out prompts of an alignment: answered before, at evaluations on the way, and after, always with the same
 * random numbers. Answering draws from the policy and changes nothing of it.
 */
final class HeldOut {

    /** Mean of the optimised reward over the held-out prompts, at evaluations. */
    static final String REWARD = "eval/reward";

    private static final String STEP = "step";

    /** How many held-out prompts make an interval that is worth reading. */
    private static final int ENOUGH = 30;
    /** The largest share of prompts that is held out by default. */
    private static final double MOST = 0.3;

    private static final int FEW = 20;

    private final List<String> prompts;
    private final RewardSettings rewards;
    private final Evaluator evaluator;
    private final TrainingLog log;

    private final List<Answered> evaluations = new ArrayList<>();
    private boolean saidFell;

    /**
     * The answers after so many steps, and what they earn.
     *
     * @param checked what each evaluation of the held-out prompts says, by its name
     */
    record Answered(long step, List<String> texts, double[] rewards, Map<String, double[]> checked) {}

    /**
     * @param prompts those held out that the model can answer
     * @param rewards that know the expected answers
     * @param evaluator of the policy as it is at any time
     */
    HeldOut(
            PolicyOptimisation recipe,
            List<String> prompts,
            RewardSettings rewards,
            Evaluator evaluator,
            TrainingLog log) {
        this.prompts = prompts;
        this.rewards = rewards;
        this.evaluator = evaluator;
        this.log = log;
        int all = recipe.prompts().list().size();
        int heldOut = prompts.size();
        if (heldOut < FEW) {
            log.remark(String.format(
                    Locale.ROOT,
                    "only %,d of %,d prompts %s held out, and what %s may be chance: hold out more with heldOut(…),"
                            + " or give more prompts",
                    heldOut,
                    all,
                    heldOut == 1 ? "is" : "are",
                    heldOut == 1 ? "it shows" : "they show"));
        }
    }

    /** How many of so many different prompts are held out by default. */
    static int of(int prompts) {
        return Math.clamp(Math.max(prompts / 10, Math.min(ENOUGH, prompts * 3L / 10)), 1, 64);
    }

    /** Which share of so many different prompts validates by default. */
    static double validation(long prompts) {
        return Math.clamp((double) ENOUGH / Math.max(1, prompts), 0.1, MOST);
    }

    /**
     * A sentence on validation data that are too few to go by.
     *
     * @param prompts of each comparison or judged answer
     * @param item what validates: "comparison"
     */
    static Optional<String> few(List<String> prompts, String item, String measured) {
        long different = prompts.stream().distinct().count();
        return different >= FEW
                ? Optional.empty()
                : Optional.of(String.format(
                        Locale.ROOT,
                        "only %s of %s validate%s: %s on %s may be chance; give more %ss, or a larger share with"
                                + " validation(…)",
                        Numbers.count(prompts.size(), item),
                        Numbers.count(different, "prompt"),
                        prompts.size() == 1 ? "s" : "",
                        measured,
                        prompts.size() == 1 ? "it" : "them",
                        item));
    }

    /** The evaluation before the first step, and after it those that earlier processes took. */
    void before() {
        evaluations.add(answer(0));
        var seen = log.tables().get(PolicyOptimisation.SAMPLES);
        if (seen != null) {
            seen.longColumn(STEP).asSet().stream().sorted().forEach(step -> evaluations.add(again(step, seen)));
        }
    }

    private Answered again(long step, Table seen) {
        var rows = seen.where(seen.longColumn(STEP).isEqualTo(step));
        var checked = new LinkedHashMap<String, double[]>();
        ofHeldOut().forEach(name -> checked.put(name, rows.doubleColumn(name).asDoubleArray()));
        return new Answered(
                step,
                rows.stringColumn("text").asList(),
                rows.doubleColumn("reward").asDoubleArray(),
                checked);
    }

    private List<String> ofHeldOut() {
        return rewards.evaluations().stream()
                .filter(Evaluation::isOfHeldOut)
                .map(Evaluation::name)
                .toList();
    }

    /** Adds what the answers earn after so many steps to the metrics, keeps the answers, and says what they show. */
    void evaluate(long step, Map<String, Double> metrics) {
        var evaluation = answer(step);
        evaluations.add(evaluation);
        metrics.put(REWARD, RolloutMetrics.mean(evaluation.rewards()));
        var steps = new long[evaluation.texts().size()];
        Arrays.fill(steps, step);
        var rows = Table.create(
                PolicyOptimisation.SAMPLES,
                LongColumn.create(STEP, steps),
                StringColumn.create("prompt", prompts),
                StringColumn.create("text", evaluation.texts()),
                DoubleColumn.create("reward", evaluation.rewards()));
        evaluation.checked().forEach((name, scores) -> {
            metrics.put(Evaluation.metric(name), RolloutMetrics.mean(scores));
            rows.addColumns(DoubleColumn.create(name, scores));
        });
        evaluator.measure(metrics);
        log.note(rows);
        if (!saidFell) {
            Findings.fell(evaluations).ifPresent(sentence -> {
                saidFell = true;
                log.say(sentence);
            });
        }
    }

    /** The held-out prompts before and after; an evaluation after the last step serves as the one after. */
    Table compare(long steps) {
        if (evaluations.getLast().step() != steps) {
            evaluations.add(answer(steps));
        }
        Findings.fell(evaluations).ifPresent(log::remark);
        var before = evaluations.getFirst();
        var after = evaluations.getLast();
        var table = Table.create(
                PolicyOptimisation.REWARDS,
                StringColumn.create("prompt", prompts),
                StringColumn.create("before_text", before.texts()),
                StringColumn.create("after_text", after.texts()),
                DoubleColumn.create("before", before.rewards()),
                DoubleColumn.create("after", after.rewards()));
        after.checked()
                .forEach((name, scores) -> table.addColumns(
                        DoubleColumn.create(name + "_before", before.checked().get(name)),
                        DoubleColumn.create(name + "_after", scores)));
        return table;
    }

    private Answered answer(long step) {
        var answers = evaluator.answer(prompts);
        return new Answered(
                step, answers.texts(), Scores.of("reward", rewards.reward(), answers), evaluator.check(answers));
    }
}
