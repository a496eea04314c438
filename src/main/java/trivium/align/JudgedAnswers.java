package trivium.align;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.generate.Generation.Finish;
import trivium.generate.Sampling;
import trivium.model.Compute;
import trivium.model.Slices;
import trivium.run.Run;
import trivium.run.StepFailedException;

/**
 * A model's answers to prompts, what judges say of them, and how far the model has come from a reference.
 *
 * @param prompts one for each answer
 * @param texts the answers
 * @param lengths tokens of each answer, the end token included
 * @param kl of each answer Σ log π − log π_ref over its tokens, in nats; the mean is an estimate of the divergence
 * @param scores what each judge says of each answer, by the judge's name
 */
public record JudgedAnswers(
        List<String> prompts, List<String> texts, int[] lengths, double[] kl, Map<String, double[]> scores) {

    public static final String RUN = "run";
    public static final String PROMPT = "prompt";
    public static final String TEXT = "text";
    public static final String LENGTH = "length";
    public static final String KL = "kl";

    /** Answers drawn side by side. */
    private static final int ROWS = 256;

    /** From the model itself, up to 128 tokens. */
    private static final Sampling SAMPLING = Sampling.atTemperature(1).maxTokens(128);

    /**
     * Asks a model, and the judges about its answers.
     *
     * @param reference with the same tokenizer; the model's own run for a divergence of 0
     * @param sampling at temperature 1 and without a cut, for the divergence is that of the model itself
     */
    public static JudgedAnswers of(
            Run run, Run reference, List<String> prompts, Map<String, Reward> judges, Sampling sampling) {
        if (prompts.isEmpty()) {
            throw new IllegalArgumentException("there are no prompts to answer; give at least one");
        }
        var completions = run.completions();
        var generations = completions.replies(prompts, run.template(), sampling);
        var texts = completions.texts(generations);
        var finishes =
                generations.stream().map(generation -> generation.finish()).toList();
        var kl = new double[prompts.size()];
        try (var passes = new Slices(reference.model(), Compute.DEFAULT)) {
            for (int from = 0; from < kl.length; from += ROWS) {
                var part = generations.subList(from, Math.min(from + ROWS, kl.length));
                System.arraycopy(
                        Rollouts.of(part, 1, new double[part.size()], passes).kl(), 0, kl, from, part.size());
            }
        }
        var scores = Scores.of(judges, prompts, texts, finishes);
        return new JudgedAnswers(
                prompts,
                texts,
                generations.stream().mapToInt(each -> each.tokens().length).toArray(),
                kl,
                scores);
    }

    /**
     * Answers of several runs to the same prompts with the same random numbers, one below the other: columns "run",
     * "prompt", "text", "length" (tokens), "kl" (nats from the first run), and one for each judge under its name. Runs
     * are called as they were named ({@link Run#named}); the first is the reference.
     *
     * @throws IllegalArgumentException if two runs have one name, or a judge that of a column
     */
    public static Table table(List<String> prompts, Map<String, Reward> judges, Run reference, Run... others) {
        var table = Table.create(
                "answers",
                StringColumn.create(RUN),
                StringColumn.create(PROMPT),
                StringColumn.create(TEXT),
                IntColumn.create(LENGTH),
                DoubleColumn.create(KL));
        judges.keySet().forEach(name -> {
            if (table.containsColumn(name)) {
                throw new IllegalArgumentException("a judge is called \"" + name
                        + "\", which is a column of the answers already; give it another name");
            }
            table.addColumns(DoubleColumn.create(name));
        });
        var answers = new LinkedHashMap<String, JudgedAnswers>();
        answers.put(reference.label(), of(reference, reference, prompts, judges, SAMPLING));
        for (var run : others) {
            if (answers.put(run.label(), of(run, reference, prompts, judges, SAMPLING)) != null) {
                throw new IllegalArgumentException(
                        "two runs are called \"" + run.label() + "\": give each a name of its own with named(…)");
            }
        }
        answers.forEach((name, each) -> each.appendTo(table, name));
        return table;
    }

    /**
     * What judges say of completions that are there already, by each judge's name.
     *
     * @throws StepFailedException in a sentence, if a judge throws, or gives something else than a finite number for
     *     each
     */
    public static Map<String, double[]> scores(
            Map<String, Reward> judges, List<String> prompts, List<String> texts, List<Finish> finishes) {
        return Scores.of(judges, prompts, texts, finishes);
    }

    /** Adds these answers to a {@link #table} of others that has the same judges, under a name of their own. */
    public void appendTo(Table table, String name) {
        for (int i = 0; i < texts.size(); i++) {
            table.stringColumn(RUN).append(name);
            table.stringColumn(PROMPT).append(prompts.get(i));
            table.stringColumn(TEXT).append(texts.get(i));
            table.intColumn(LENGTH).append(lengths[i]);
            table.doubleColumn(KL).append(kl[i]);
            for (var judge : scores.entrySet()) {
                table.doubleColumn(judge.getKey()).append(judge.getValue()[i]);
            }
        }
    }

    /** The mean of what a judge says. */
    public double mean(String judge) {
        return RolloutMetrics.mean(scores.get(judge));
    }

    /** The mean divergence from the reference, in nats per answer. */
    public double meanKl() {
        return RolloutMetrics.mean(kl);
    }
}
