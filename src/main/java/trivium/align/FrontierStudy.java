package trivium.align;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.DoubleFunction;
import tech.tablesaw.api.Table;
import trivium.align.FrontierTable.Of;
import trivium.data.Comparisons;
import trivium.generate.Sampling;
import trivium.run.Progress;
import trivium.run.Run;
import trivium.run.RunOptions;
import trivium.run.Status;
import trivium.train.Checks;

/**
 * Trains from one model with several algorithms, several β and several seeds, and measures what each earns for the
 * distance that it goes: the data of a frontier. All answer the same held-out prompts; algorithms that learn from
 * rollouts are measured on the way, those that learn from comparisons at their end, and best-of-n at n = 1, 2, 4, …
 * without any training.
 *
 * @param start the model that all begin with, which is the reference
 * @param task what is optimised and what is wanted
 * @param plan what is trained, and how long
 * @param options the listener, which is told of every training, and the folder that keeps each run under a name of its
 *     own, such as "grpo-0.1-1"; a study that was stopped goes on from there
 */
public record FrontierStudy(Run start, Task task, Plan plan, RunOptions options) {

    /** How many prompts are held out and answered, at most. */
    private static final int HELD_OUT = 200;

    /** Completions of each step of an alignment, whether of many prompts or several of each. */
    private static final int COMPLETIONS = 64;

    /** How often an alignment answers them on the way. */
    private static final int EVALUATIONS = 4;

    /**
     * IPO's margin is a mean over an answer's tokens, of which Toy Town's have about 40, where DPO's is a sum: so many
     * times the β asks for as large a margin.
     */
    private static final double TOKENS = 40;

    private static final Sampling SAMPLING = Sampling.atTemperature(1).maxTokens(128);

    /**
     * What is optimised and what is wanted.
     *
     * @param reward that rollouts are rewarded with and best-of-n chooses by
     * @param gold what is wanted, only measured
     * @param prompts that rollouts answer; up to 200 of them, a third at most, are held out
     * @param comparisons that algorithms without rollouts learn from
     */
    public record Task(Reward reward, Reward gold, List<String> prompts, Comparisons comparisons) {

        public Task {
            Checks.given(reward, "the reward that is optimised");
            Checks.given(gold, "the gold reward");
            Checks.given(prompts, "the list of prompts");
            Checks.given(comparisons, "the comparisons");
        }
    }

    /**
     * What is trained.
     *
     * @param steps of an alignment, of 64 completions each
     * @param learningRate of an alignment
     */
    public record Plan(List<Method> methods, List<Double> betas, List<Long> seeds, int steps, double learningRate) {

        public Plan {
            methods = List.copyOf(methods);
            betas = List.copyOf(betas);
            seeds = List.copyOf(seeds);
            Checks.atLeast(1, steps, "steps");
            Checks.atLeast(1, methods.size(), "algorithms");
            Checks.atLeast(1, betas.size(), "strengths β");
            Checks.atLeast(1, seeds.size(), "seeds");
            requireDifferent(
                    methods.stream().map(method -> named(method.name())).toList(), "algorithms called");
            requireDifferent(betas, "β of");
            requireDifferent(seeds, "seeds of");
            betas.forEach(beta -> Checks.positive(beta, "β"));
        }

        /** A name is a part of a folder's, in small letters. */
        private static String named(String name) {
            if (name == null || !name.matches("[^/\\\\:*?\"<>|\\p{Cntrl}]*[^/\\\\:*?\"<>|\\p{Cntrl}. ]")) {
                throw new IllegalArgumentException("\"" + name
                        + "\" cannot name an algorithm, whose runs are kept in folders of that name: expected letters,"
                        + " digits and signs that file names may have, such as \"DPO\"");
            }
            return name.toLowerCase(Locale.ROOT);
        }

        private static void requireDifferent(List<?> values, String what) {
            for (int i = 1; i < values.size(); i++) {
                if (values.indexOf(values.get(i)) < i) {
                    throw new IllegalArgumentException("two " + what + " " + values.get(i)
                            + ": a point of the frontier would be counted twice; give each once");
                }
            }
        }
    }

    /** One way to policies of several strengths. */
    public sealed interface Method {

        /** What figures and folders call it. */
        String name();
    }

    /** Reinforcement learning. */
    public record FromRollouts(String name, DoubleFunction<Algorithm> algorithm) implements Method {}

    /** Preferences without rollouts, one epoch. */
    public record FromComparisons(String name, DoubleFunction<PreferenceLoss> loss, double learningRate)
            implements Method {

        /** At a learning rate of 3·10⁻⁴, which goes farther than the default of {@link PreferenceOptimisation}. */
        public FromComparisons(String name, DoubleFunction<PreferenceLoss> loss) {
            this(name, loss, 3e-4);
        }
    }

    /** The best of up to n completions, in powers of two; it has no β. */
    public record BestOf(int n) implements Method {

        @Override
        public String name() {
            return "best-of-n";
        }
    }

    /** Best-of-n up to 64, PPO, GRPO, RLOO, DPO and IPO. */
    public static final List<Method> METHODS = List.of(
            new BestOf(64),
            new FromRollouts("PPO", beta -> Ppo.numGenerations(1).beta(beta)),
            new FromRollouts("GRPO", beta -> Grpo.numGenerations(8).beta(beta)),
            new FromRollouts("RLOO", beta -> Rloo.numGenerations(8).beta(beta)),
            new FromComparisons("DPO", Dpo::beta),
            new FromComparisons("IPO", beta -> Dpo.ipo(TOKENS * beta)));

    /** {@link #METHODS} at β of 0.01, 0.05 and 0.2 with three seeds; alignments of 40 steps at 5·10⁻⁴. */
    public static FrontierStudy of(Run start, Task task) {
        return new FrontierStudy(
                start,
                task,
                new Plan(METHODS, List.of(0.01, 0.05, 0.2), List.of(1L, 2L, 3L), 40, 5e-4),
                RunOptions.NONE);
    }

    /** What is trained. */
    public FrontierStudy algorithms(Method... methods) {
        return plan(new Plan(List.of(methods), plan.betas, plan.seeds, plan.steps, plan.learningRate));
    }

    /** The strengths of the penalty, or of what takes its place. */
    public FrontierStudy betas(double... betas) {
        return plan(new Plan(
                plan.methods, Arrays.stream(betas).boxed().toList(), plan.seeds, plan.steps, plan.learningRate));
    }

    public FrontierStudy seeds(long... seeds) {
        return plan(new Plan(
                plan.methods, plan.betas, Arrays.stream(seeds).boxed().toList(), plan.steps, plan.learningRate));
    }

    /** How long alignments are. */
    public FrontierStudy steps(int steps) {
        return plan(new Plan(plan.methods, plan.betas, plan.seeds, steps, plan.learningRate));
    }

    /** The learning rate of alignments; that of comparisons stands in {@link FromComparisons}. */
    public FrontierStudy learningRate(double rate) {
        return plan(new Plan(plan.methods, plan.betas, plan.seeds, plan.steps, rate));
    }

    private FrontierStudy plan(Plan changed) {
        return new FrontierStudy(start, task, changed, options);
    }

    /** Keeps each run in this folder under its own name, and goes on from what is there. */
    public FrontierStudy keep(Path folder) {
        return new FrontierStudy(start, task, plan, options.keep(folder));
    }

    /** The listener that is told of every training. */
    public FrontierStudy progress(Progress listener) {
        return new FrontierStudy(start, task, plan, options.progress(listener));
    }

    /**
     * What the reference was asked once for all trainings.
     *
     * @param answers to the held-out prompts, by seed
     * @param sums Σ log π_ref of the answers of the comparisons
     */
    private record AskedReference(Map<Long, JudgedAnswers> answers, Map<String, double[]> sums) {}

    /** How many of the prompts are held out. */
    private int heldOut() {
        return Math.clamp(task.prompts.stream().distinct().count() / 3, 1, HELD_OUT);
    }

    private PolicyOptimisation alignment(Algorithm algorithm) {
        return alignment()
                .algorithm(algorithm)
                .batchSize(Math.max(1, COMPLETIONS / Math.max(1, algorithm.numGenerations())));
    }

    private PolicyOptimisation alignment() {
        return PolicyOptimisation.of(start, task.prompts)
                .reward(task.reward)
                .gold(task.gold)
                .heldOut(heldOut())
                .evaluations(Math.min(plan.steps, EVALUATIONS))
                .steps(plan.steps)
                .learningRate(plan.learningRate);
    }

    /**
     * The table of {@link FrontierTable}. If the thread is interrupted, the table holds the trainings that are
     * finished, and the thread stays interrupted; with {@link #keep}, the same study goes on with the others.
     */
    public Table run() {
        var table = new FrontierTable();
        var progress = options.progress();
        int total = plan.seeds.size()
                * plan.methods.stream()
                        .mapToInt(method -> method instanceof BestOf ? 1 : plan.betas.size())
                        .sum();
        progress.start("frontier", total);
        long begun = System.nanoTime();
        int done = 0;
        var reference = new AskedReference(new HashMap<>(), new HashMap<>());
        // seed by seed, so that what is there after an interrupt has all algorithms
        for (long seed : plan.seeds) {
            for (var method : plan.methods) {
                for (double beta : method instanceof BestOf ? List.of(Double.NaN) : plan.betas) {
                    if (isInterruptedIn(() -> measure(method, beta, seed, reference, table))) {
                        progress.finish(
                                String.format(Locale.ROOT, "interrupted after %d of %d trainings", done, total));
                        return table.table();
                    }
                    progress.step(++done, latest(table.table()));
                }
            }
        }
        progress.finish(String.format(Locale.ROOT, "finished in %.0f s", (System.nanoTime() - begun) / 1e9));
        return table.table();
    }

    /** Whether the thread is interrupted before this work or in it, which may answer with an exception. */
    private static boolean isInterruptedIn(Runnable work) {
        if (!Thread.currentThread().isInterrupted()) {
            try {
                work.run();
            } catch (CancellationException e) {
                Thread.currentThread().interrupt();
            }
        }
        return Thread.currentThread().isInterrupted();
    }

    private static Map<String, Double> latest(Table table) {
        var latest = new LinkedHashMap<String, Double>();
        if (table.isEmpty()) {
            return latest;
        }
        for (var column : List.of(FrontierTable.KL, FrontierTable.REWARD, FrontierTable.GOLD)) {
            latest.put(column, table.doubleColumn(column).getDouble(table.rowCount() - 1));
        }
        return latest;
    }

    /** Adds the rows of one training, unless it did not finish. */
    private void measure(Method method, double beta, long seed, AskedReference reference, FrontierTable table) {
        var kept = options(String.format(Locale.ROOT, "%s-%s-%d", method.name().toLowerCase(Locale.ROOT), beta, seed));
        switch (method) {
            case BestOf best -> choose(best, seed, table);
            case FromRollouts way -> {
                var run = alignment(way.algorithm.apply(beta))
                        .seed(seed)
                        .with(kept)
                        .run();
                if (isFinished(run)) {
                    table.add(new Of(way.name, beta, seed), run);
                }
            }
            case FromComparisons way -> {
                var recipe = PreferenceOptimisation.of(start, task.comparisons)
                        .loss(way.loss.apply(beta))
                        .learningRate(way.learningRate)
                        .seed(seed)
                        .with(kept);
                var run = recipe.run(reference.sums);
                if (isFinished(run)) {
                    var of = new Of(way.name, beta, seed);
                    add(table, of, 0, reference.answers.computeIfAbsent(seed, this::reference));
                    add(table, of, run.metrics().rowCount(), answers(run, seed));
                }
            }
        }
    }

    private RunOptions options(String name) {
        return options.folder() == null
                ? RunOptions.NONE
                : RunOptions.NONE.keep(options.folder().resolve(name));
    }

    /** A training that diverged or failed has nothing to show, and the others go on. */
    private boolean isFinished(Run run) {
        var status = run.card().outcome().status();
        if (!(status instanceof Status.Finished) && !Thread.currentThread().isInterrupted()) {
            options.progress().note(run.id() + " is left out: " + status);
        }
        return status instanceof Status.Finished;
    }

    private JudgedAnswers reference(long seed) {
        return answers(start, seed);
    }

    private JudgedAnswers answers(Run run, long seed) {
        var judges = new LinkedHashMap<String, Reward>();
        judges.put(FrontierTable.REWARD, task.reward);
        judges.put(FrontierTable.GOLD, task.gold);
        return JudgedAnswers.of(run, start, alignment().heldOutPrompts(), judges, SAMPLING.seed(seed));
    }

    private static void add(FrontierTable table, Of of, long step, JudgedAnswers answers) {
        table.add(of, step, answers.meanKl(), answers.mean(FrontierTable.REWARD), answers.mean(FrontierTable.GOLD));
    }

    private void choose(BestOf best, long seed, FrontierTable table) {
        var question = new BestOfCurve.Question(start, task, alignment().heldOutPrompts(), best.n, SAMPLING.seed(seed));
        var curve = options.folder() == null
                ? question.answer()
                : question.answer(options.folder().resolve("best-of-" + best.n + "-" + seed + ".json"));
        for (var point : curve.points()) {
            table.add(
                    new Of(best.name(), Double.NaN, seed),
                    point.k() - 1L,
                    BestOfN.klBound(point.k()),
                    point.reward(),
                    point.gold());
        }
    }
}
