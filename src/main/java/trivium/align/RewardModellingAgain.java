package trivium.align;

import trivium.align.RewardModelling.Training;
import trivium.run.PastRun;
import trivium.run.Retrainer;
import trivium.run.RunOptions;

/** Reads a {@link RewardModelling} back from the card of its run. */
public final class RewardModellingAgain implements Retrainer {

    @Override
    public String kind() {
        return RewardModelling.KIND;
    }

    @Override
    public Recipe read(PastRun past) {
        var training = new Training(
                past.integer("epochs"),
                past.integer("batch_size"),
                past.number("learning_rate"),
                past.card().origin().seed(),
                past.compute());
        var recipe = RewardModelling.of(past.start(), past.comparisons())
                .validation(past.number("validation"))
                .training(training)
                .options(RunOptions.NONE.selectingAs(past));
        return new Recipe(recipe.card(), options -> {
            try (var judge = recipe.options(options.selectingAs(past)).run()) {
                return judge.run();
            }
        });
    }
}
