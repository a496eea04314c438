package trivium.bench;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import trivium.align.Algorithm;
import trivium.align.Grpo;
import trivium.align.PolicyOptimisation;
import trivium.align.Ppo;
import trivium.sweep.Hyperparameter;
import trivium.sweep.Sweep;
import trivium.sweep.Trial;

/**
 * What the defaults of rollout training should be: algorithm, learning rate, β, warm-up and more on a
 * {@link RolloutTask}, over seeds, one trial a core. Each seed aligns a model of its own, made from scratch, or all the
 * one of {@code start_seed}. Prints the trials as CSV; docs/log.md has what was found.
 *
 * <pre>{@code environment/lab bench --rollouts task=sums steps=250 rates=5e-5,2e-4 betas=0.1 warmups=0 seeds=5}</pre>
 */
public final class RolloutStudy {

    private static final int HELD_OUT = 200;
    private static final int COMPLETIONS = 64;

    private static final List<String> DEFAULTS = List.of(
            "task=sums",
            "pretrain_steps=600",
            "lessons=5000",
            "start_seed=own",
            "steps=250",
            "rates=5e-5,2e-4",
            "width=128",
            "layers=4",
            "algorithm=grpo",
            "groups=8",
            "betas=0.1",
            "epochs=1",
            "minibatches=1",
            "value_rates=5e-4",
            "value_clips=0.2",
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
                        hyperparameter("warmup", asked.get("warmups")),
                        hyperparameter("group", asked.get("groups")),
                        hyperparameter("epochs", asked.get("epochs")),
                        hyperparameter("minibatches", asked.get("minibatches")),
                        hyperparameter("value_rate", asked.get("value_rates")),
                        hyperparameter("value_clip", asked.get("value_clips")))
                .repeat(Integer.parseInt(asked.get("seeds")))
                .parallel()
                .measure(trial -> {
                    long seed = startSeed.equals("own") ? trial.seed() : Long.parseLong(startSeed);
                    return measure(
                            tasks.computeIfAbsent(seed, key -> RolloutTask.of(asked, key)),
                            asked.get("algorithm"),
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

    /** GRPO, or PPO with what only it has; epochs are of both. */
    private static Algorithm algorithm(String name, Trial trial) {
        int group = trial.integer("group");
        return switch (name) {
            case "grpo" -> Grpo.numGenerations(group).beta(trial.real("beta")).epochs(trial.integer("epochs"));
            case "ppo" ->
                Ppo.numGenerations(group)
                        .beta(trial.real("beta"))
                        .epochs(trial.integer("epochs"))
                        .minibatches(trial.integer("minibatches"))
                        .valueLearningRate(trial.real("value_rate"))
                        .valueClip(trial.real("value_clip"));
            default ->
                throw new IllegalArgumentException(
                        "there is no algorithm \"" + name + "\" in this study: expected grpo or ppo");
        };
    }

    private static Map<String, Double> measure(RolloutTask task, String algorithm, int steps, Trial trial) {
        var run = PolicyOptimisation.of(task.start(), task.prompts())
                .reward(task.reward())
                .gold(task.gold())
                .algorithm(algorithm(algorithm, trial))
                .batchSize(COMPLETIONS / trial.integer("group"))
                .evaluations(0)
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
        var rewardsOfSteps = run.metrics().doubleColumn("reward");
        measured.put("reward_mean", rewardsOfSteps.mean());
        measured.put("reward_last", rewardsOfSteps.last(Math.max(1, steps / 5)).mean());
        if (run.has("val/var_explained")) {
            measured.put("var_explained", run.last("val/var_explained"));
        }
        measured.put("seconds", run.last("seconds"));
        measured.put("kl", run.last("kl"));
        measured.put("entropy", run.last("entropy"));
        if (!task.questions().isEmpty()) {
            measured.put("exact_before", task.exactMatch(task.start()));
            measured.put("exact_after", task.exactMatch(run));
        }
        return measured;
    }
}
