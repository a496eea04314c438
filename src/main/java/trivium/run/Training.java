package trivium.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CancellationException;
import java.util.function.BiFunction;
import java.util.function.Function;
import trivium.train.Ending;
import trivium.train.Length;

/**
 * Trains by recipes and keeps the runs where they are to be kept.
 *
 * <p>A training that is kept in a folder can be killed at any moment. The same recipe with the same folder then goes on
 * from the newest checkpoint, and ends as it would have if left alone: the same parameters and the same metrics, to the
 * last bit, but for the time it took.
 */
public final class Training {

    private Training() {}

    /**
     * The run of a recipe. Where it is kept in a folder, a training that was begun there goes on, and a run that ended
     * there is the answer at once.
     *
     * @param data what is kept beside the run
     * @param trainer of the recipe, which is closed afterwards
     */
    public static <R extends Recipe<R>> Run run(
            R recipe, TrainingData data, BiFunction<R, TrainingLog, RecipeTrainer> trainer) {
        if (recipe.optimisation().length() instanceof Length.Minutes) {
            return new TimedTraining(WorkingTime::now).train(recipe, data, trainer);
        }
        return run(recipe.card(), data, recipe.optimisation().ending(), recipe.options(), log -> {
            try (var work = trainer.apply(recipe, log)) {
                return work.run();
            }
        });
    }

    /** The same for work of another kind that reads no data and keeps its last state only. */
    public static Run run(RunCard begun, RunOptions options, Function<TrainingLog, Run> work) {
        return run(begun, TrainingData.NONE, Ending.NONE, options, work);
    }

    /** The same for work of another kind. */
    public static Run run(
            RunCard begun, TrainingData data, Ending ending, RunOptions options, Function<TrainingLog, Run> work) {
        options.progress().prepare();
        try {
            return kept(begun, data, ending, options, work);
        } catch (CancellationException e) {
            options.progress().finish(new Status.Interrupted().text());
            throw e;
        } catch (RuntimeException | Error e) {
            options.progress().finish(Status.Failed.of(e).text());
            throw e;
        }
    }

    private static Run kept(
            RunCard begun, TrainingData data, Ending ending, RunOptions options, Function<TrainingLog, Run> work) {
        if (options.folder() == null) {
            var log = new TrainingLog(begun, ending, options, null);
            return log.keepingBest(log.tracked(work)).with(data);
        }
        try (var folder = RunFolder.open(options.folder(), begun, data)) {
            if (folder.ended()) {
                var run = folder.load();
                options.progress().start(run.card().kind(), 0);
                options.progress().finish(run.card().outcome() + ", as " + options.folder() + " has it");
                return run;
            }
            var log = new TrainingLog(folder.card(), ending, options, folder);
            try {
                return folder.save(log.keepingBest(log.tracked(work)));
            } catch (CancellationException e) {
                throw e;
            } catch (RuntimeException | Error e) {
                if (log.step() == 0) {
                    folder.fail(log.ended(Status.Failed.of(e))); // no step will say that there was a training
                }
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close the files in " + options.folder() + ": " + e.getMessage(), e);
        }
    }
}
