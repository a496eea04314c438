package trivium.pretrain;

import trivium.model.Models;
import trivium.pretrain.Pretraining.Training;
import trivium.pretrain.Pretraining.Watching;
import trivium.run.PastRun;
import trivium.run.Retrainer;
import trivium.run.RunOptions;
import trivium.train.AdamW;

/** Reads a {@link Pretraining} back from the card of its run. */
public final class PretrainingAgain implements Retrainer {

    @Override
    public String kind() {
        return Pretraining.KIND;
    }

    @Override
    public Recipe read(PastRun past) {
        var training = new Training(
                past.integer("steps"),
                past.integer("batch_size"),
                past.number("learning_rate"),
                optimizer(past.within("optimizer")),
                past.card().origin().seed(),
                past.compute());
        var text = past.has(Pretraining.TOKEN_FILES)
                ? TextSource.open(past.texts(Pretraining.TOKEN_FILES))
                : new TextSource.Documents(past.corpus());
        var fresh = Pretraining.of(
                Models.blueprint(past.card().recipe(), past.card().id()), past.tokenizer(), text);
        double share =
                text.isShared() ? past.number("validation") : fresh.watching().validation();
        var recipe = fresh.task(Task.of(past.card().recipe()))
                .training(training)
                .options(RunOptions.NONE.selectingAs(past))
                .watching(new Watching(share, past.integer("looks"), past.texts("samples")));
        return new Recipe(
                recipe.card(),
                options -> recipe.options(options.selectingAs(past)).run());
    }

    /** An optimizer from its settings. */
    public static AdamW optimizer(PastRun settings) {
        return new AdamW(
                settings.number("beta1"),
                settings.number("beta2"),
                settings.number("epsilon"),
                settings.number("weight_decay"),
                settings.truth("decay_all"));
    }
}
