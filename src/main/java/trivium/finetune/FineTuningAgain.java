package trivium.finetune;

import trivium.finetune.FineTuning.Training;
import trivium.run.PastRun;
import trivium.run.Retrainer;
import trivium.run.RunOptions;

/** Reads a {@link FineTuning} back from the card of its run. */
public final class FineTuningAgain implements Retrainer {

    @Override
    public String kind() {
        return FineTuning.KIND;
    }

    @Override
    public Recipe read(PastRun past) {
        var training = new Training(
                past.integer("epochs"),
                past.integer("batch_size"),
                past.number("learning_rate"),
                past.card().origin().seed(),
                past.compute(),
                past.truth("packed"));
        var recipe = FineTuning.of(past.start(), past.conversations())
                .validation(past.number("validation"))
                .training(training)
                .options(RunOptions.NONE.selectingAs(past));
        return new Recipe(
                recipe.card(),
                options -> recipe.options(options.selectingAs(past)).run());
    }
}
