package trivium.align;

import trivium.align.PolicyOptimisation.Aim;
import trivium.align.PolicyOptimisation.Drawing;
import trivium.align.PolicyOptimisation.Training;
import trivium.run.PastRun;
import trivium.run.Retrainer;
import trivium.run.RunOptions;
import trivium.tensor.Workers;

/** Reads a {@link PolicyOptimisation} back from the card of its run. */
public final class PolicyOptimisationAgain implements Retrainer {

    @Override
    public String kind() {
        return PolicyOptimisation.KIND;
    }

    @Override
    public Recipe read(PastRun past) {
        var drawing = new Drawing(
                past.integer("batch_size"),
                past.integer("max_tokens"),
                past.number("temperature"),
                past.integer("held_out"),
                past.has(PolicyOptimisation.LOOKS) ? past.integer(PolicyOptimisation.LOOKS) : 0);
        var training = new Training(
                past.integer("steps"),
                past.number("learning_rate"),
                past.has(PolicyOptimisation.WARMUP) ? past.integer(PolicyOptimisation.WARMUP) : 0,
                past.card().origin().seed(),
                Workers.available());
        var recipe = new PolicyOptimisation(
                past.start(),
                past.prompts(),
                new Aim(reward(past, "reward"), reward(past, "gold"), algorithm(past)),
                drawing,
                training,
                RunOptions.NONE.selectingAs(past));
        return new Recipe(recipe.card(), options -> {
            try {
                return recipe.options(options.selectingAs(past)).run();
            } finally {
                close(recipe.aim().reward());
                close(recipe.aim().gold());
            }
        });
    }

    /** Functions are their owner's; judges were loaded here. */
    private static void close(Reward reward) {
        if (reward instanceof RewardModel judge) {
            judge.close();
        }
    }

    private static Reward reward(PastRun past, String role) {
        if (!past.has(role + "_name")) {
            return null;
        }
        var name = past.text(role + "_name");
        if (past.has(role + "_hash")) {
            return new RewardModel(past.other(name, "its " + role + " was"));
        }
        if (past.functions().get(role) instanceof Reward given) {
            return given;
        }
        throw past.impossible("its " + role + " was " + (name.equals("a function") ? name : "\"" + name + "\"")
                + ", which no folder can hold; give it, as in rerun(\""
                + past.card().id() + "\", Map.of(\"" + role
                + "\", GoldReward::score))");
    }

    /**
     * The algorithm that a run's settings name.
     *
     * @throws IllegalArgumentException if it is not one of the library's
     */
    public static Algorithm algorithm(PastRun past) {
        var settings = past.within("algorithm");
        return switch (settings.text("name")) {
            case Grpo.NAME ->
                new Grpo(
                        settings.integer("group"),
                        settings.number("clip"),
                        settings.number("kl"),
                        settings.integer("epochs"),
                        settings.truth("scaled"),
                        settings.has(Grpo.BIAS_CORRECTED_KL) && settings.truth(Grpo.BIAS_CORRECTED_KL));
            case Reinforce.NAME -> new Reinforce(settings.integer("group"), settings.number("kl"));
            default ->
                throw past.impossible("this version knows no algorithm called \"" + settings.text("name") + "\"");
        };
    }
}
