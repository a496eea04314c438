package trivium.align;

import trivium.align.RewardModelling.Training;
import trivium.run.Bookkeeping;
import trivium.run.PastRun;
import trivium.run.Retrainer;

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
                past.integer("pairs"),
                past.number("learning_rate"),
                past.card().origin().seed(),
                past.compute());
        var recipe = RewardModelling.of(past.start(), past.comparisons())
                .validation(past.number("validation"))
                .training(training)
                .books(Bookkeeping.NONE.selectingAs(past));
        return new Recipe(recipe.card(), books -> {
            try (var judge = recipe.books(books.selectingAs(past)).run()) {
                return judge.run();
            }
        });
    }
}
