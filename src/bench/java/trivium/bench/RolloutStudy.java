package trivium.bench;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import trivium.align.Grpo;
import trivium.align.PolicyOptimisation;
import trivium.sweep.Hyperparameter;
import trivium.sweep.Sweep;
import trivium.sweep.Trial;

/**
 * What the defaults of rollout training should be: learning rate × β × warm-up on a {@link RolloutTask}, over seeds,
 * one trial a core. Each seed aligns a model of its own, made from scratch, or all the one of {@code start_seed}.
 * Prints the trials as CSV; docs/log.md has what was found.
 *
 * <pre>{@code environment/lab bench --rollouts task=sums steps=250 rates=5e-5,2e-4 betas=0.1 warmups=0 seeds=5}</pre>
 */
public final class RolloutStudy {

    private static final int HELD_OUT = 200;

    private static final List<String> DEFAULTS = List.of(
            "task=sums",
            "pretrain_steps=600",
            "lessons=5000",
            "start_seed=own",
            "steps=250",
            "rates=5e-5,2e-4",
            "betas=0.1",
            "warmups=0",
            "seeds=5");

    private RolloutStudy() {}

    public static void main(String[] arguments) {
        var asked = new LinkedHashMap<String, String>();
        DEFAULTS.forEach(setting -> put(setting, asked));
        for (var setting : arguments) {
            if (!asked.containsKey(setting.split("=", 2)[0])) {
                throw new IllegalArgumentException(
                        "there is no setting \"" + setting + "\": expected some of " + DEFAULTS);
            }
            put(setting, asked);
        }
        var tasks = new ConcurrentHashMap<Long, RolloutTask>();
        var startSeed = asked.get("start_seed");
        var result = Sweep.grid(
                        hyperparameter("learning_rate", asked.get("rates")),
                        hyperparameter("beta", asked.get("betas")),
                        hyperparameter("warmup", asked.get("warmups")))
                .repeat(Integer.parseInt(asked.get("seeds")))
                .parallel()
                .measure(trial -> {
                    long seed = startSeed.equals("own") ? trial.seed() : Long.parseLong(startSeed);
                    return measure(
                            tasks.computeIfAbsent(seed, key -> RolloutTask.of(asked, key)),
                            Integer.parseInt(asked.get("steps")),
                            trial);
                });
        result.table().write().csv(System.out);
    }

    private static void put(String setting, Map<String, String> asked) {
        var parts = setting.split("=", 2);
        asked.put(parts[0], parts[1]);
    }

    private static Hyperparameter hyperparameter(String name, String values) {
        return Hyperparameter.values(
                name, Arrays.stream(values.split(",")).map(Double::valueOf).toArray(Object[]::new));
    }

    private static Map<String, Double> measure(RolloutTask task, int steps, Trial trial) {
        var run = PolicyOptimisation.of(task.start(), task.prompts())
                .reward(task.reward())
                .gold(task.gold())
                .algorithm(Grpo.numGenerations(8).beta(trial.real("beta")))
                .heldOut(HELD_OUT)
                .maxTokens(task.maxTokens())
                .steps(steps)
                .learningRate(trial.real("learning_rate"))
                .warmup(trial.integer("warmup"))
                .seed(trial.seed())
                .workers(1)
                .run();
        var rewards = run.table(PolicyOptimisation.REWARDS);
        var measured = new LinkedHashMap<String, Double>();
        for (var column : List.of("before", "after", "gold_before", "gold_after")) {
            measured.put(column, rewards.doubleColumn(column).mean());
        }
        measured.put(
                "gold_change_sd",
                rewards.doubleColumn("gold_after")
                        .subtract(rewards.doubleColumn("gold_before"))
                        .standardDeviation());
        measured.put("kl", run.last("kl"));
        measured.put("entropy", run.last("entropy"));
        if (!task.questions().isEmpty()) {
            measured.put("exact_before", task.exactMatch(task.start()));
            measured.put("exact_after", task.exactMatch(run));
        }
        return measured;
    }
}
