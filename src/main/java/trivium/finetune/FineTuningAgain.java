package trivium.finetune;

import trivium.finetune.FineTuning.Training;
import trivium.run.Bookkeeping;
import trivium.run.PastRun;
import trivium.run.Retrainer;

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
                past.integer("rows"),
                past.number("learning_rate"),
                past.card().origin().seed(),
                past.compute(),
                past.truth("packed"));
        var recipe = FineTuning.of(past.start(), past.conversations())
                .validation(past.number("validation"))
                .training(training)
                .books(Bookkeeping.NONE.selectingAs(past));
        return new Recipe(
                recipe.card(), books -> recipe.books(books.selectingAs(past)).run());
    }
}
