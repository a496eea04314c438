package trivium.align;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.data.Conversation;
import trivium.data.Conversations;
import trivium.measure.Verifiable;
import trivium.run.PastRun;

/**
 * What is measured of a policy apart from the reward it is trained for, at evaluations on the way: the metric
 * {@code eval/NAME}, the mean of what a checker says of the policy's answers.
 *
 * @param name letters, digits, _, - and . only
 * @param checker any reward: a gold reward, a rule, a verifier
 * @param prompts that are answered; null for the training's own held-out prompts
 */
public record Evaluation(String name, Reward checker, Prompts prompts) {

    /** Names that evaluations of an alignment have by themselves. */
    private static final List<String> TAKEN = List.of("reward", "loss", "step", "prompt", "text");

    private static final String PROMPT = "prompt";
    private static final String ANSWER = "answer";

    public Evaluation {
        RewardSum.requireName(name);
        if (TAKEN.contains(name)) {
            throw new IllegalArgumentException(
                    "an evaluation cannot be called \"" + name + "\": a metric or a column is; give it another name");
        }
        if (checker == null) {
            throw new IllegalArgumentException("the checker of the evaluation \"" + name
                    + "\" is null: expected a reward model, a rule of Rewards or a function of prompt and completion");
        }
        if (prompts != null && prompts.list().isEmpty()) {
            throw new IllegalArgumentException("the evaluation \"" + name + "\" has no prompts to answer");
        }
    }

    /** What this checker says of the answers to the held-out prompts. */
    public static Evaluation of(String name, Reward checker) {
        return new Evaluation(name, checker, null);
    }

    /** The share of these questions that are answered exactly ({@link trivium.measure.ExactMatch}). */
    public static Evaluation exactMatch(String name, Conversations questions) {
        return new Evaluation(name, Rewards.exactAnswer(), Prompts.of(questions));
    }

    /** The share of these prompts whose answers their own verifiers find right. */
    public static Evaluation verified(String name, Iterable<? extends Verifiable> prompts) {
        var texts = new ArrayList<String>();
        prompts.forEach(each -> texts.add(each.prompt()));
        return new Evaluation(name, Rewards.verified(prompts), Prompts.of(texts));
    }

    /**
     * The prompts that the evaluation of this name answered in an earlier run, with the expected answers.
     *
     * @throws IllegalArgumentException if that run has none
     */
    public static Prompts prompts(PastRun past, String name) {
        var store = past.store();
        var tables = store.load(past.card().id()).tables();
        if (!(tables.get(table(name)) instanceof Table table)) {
            throw past.impossible("its folder does not hold the prompts of its evaluation \"" + name + "\"");
        }
        var prompts = table.stringColumn(PROMPT);
        return table.containsColumn(ANSWER)
                ? Prompts.of(Conversations.of(IntStream.range(0, table.rowCount())
                        .mapToObj(i -> new Conversation(
                                prompts.get(i), table.stringColumn(ANSWER).get(i)))
                        .toList()))
                : Prompts.of(prompts.asList());
    }

    private static String table(String name) {
        return "eval_" + name;
    }

    /** Keeps the prompts of these evaluations beside the run, of those that have prompts of their own. */
    static void keep(List<Evaluation> evaluations, Map<String, Table> tables) {
        evaluations.stream()
                .filter(each -> !each.isOfHeldOut())
                .map(Evaluation::table)
                .forEach(each -> tables.put(each.name(), each));
    }

    /** What {@link #prompts} reads: columns "prompt" and, where answers are expected, "answer". */
    private Table table() {
        return prompts.answered().isEmpty()
                ? Table.create(table(name), StringColumn.create(PROMPT, prompts.list()))
                : Table.create(
                        table(name),
                        StringColumn.create(
                                PROMPT,
                                prompts.answered().stream()
                                        .map(Conversation::prompt)
                                        .toList()),
                        StringColumn.create(
                                ANSWER,
                                prompts.answered().stream()
                                        .map(Conversation::completion)
                                        .toList()));
    }

    /** These evaluations and one more, in the place of what had its name. */
    static List<Evaluation> adding(List<Evaluation> before, Evaluation evaluation) {
        return Stream.concat(
                        before.stream().filter(each -> !each.name().equalsIgnoreCase(evaluation.name())),
                        Stream.of(evaluation))
                .toList();
    }

    /** The metric: "eval/NAME". */
    public String metric() {
        return metric(name);
    }

    static String metric(String name) {
        return "eval/" + name;
    }

    /** Whether it looks at the answers to the training's own held-out prompts. */
    boolean isOfHeldOut() {
        return prompts == null;
    }

    /** The same with a checker that knows the expected answers. */
    Evaluation expecting(Map<String, List<String>> heldOut) {
        return new Evaluation(name, checker.expecting(prompts == null ? heldOut : prompts.answers()), prompts);
    }
}
