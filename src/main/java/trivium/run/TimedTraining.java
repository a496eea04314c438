package trivium.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import trivium.text.Numbers;
import trivium.train.Length;

/**
 * A training whose length is a time ({@link Length.Minutes}): steps of it are taken and thrown away until their pace is
 * steady, and what they take here decides how many steps the training has. That number stands in the card, and from it
 * on the training is the same as one that was told the number: its learning rates, its evaluations, its bits.
 *
 * @param clock in nanoseconds
 * @param spent seconds of the time that have passed before
 * @param pace seconds a step, as measured in that time; 0 where nothing was
 */
public record TimedTraining(LongSupplier clock, double spent, double pace) {

    /**
     * As many steps as no training has, so that none of its first is followed by an evaluation; divided by every number
     * of evaluations up to ten.
     */
    static final long PILOT = 2_520_000_000L;

    private static final Pattern CHOSEN = Pattern.compile("([\\d,]+ steps?) for (\\S+ minutes?): .*", Pattern.DOTALL);

    public TimedTraining(LongSupplier clock) {
        this(clock, 0, 0);
    }

    /** What was chosen, and why in a sentence. */
    record Choice(long steps, String why) {}

    /** See {@link Training#run}. */
    public <R extends Recipe<R>> Run train(
            R recipe, TrainingData data, BiFunction<R, TrainingLog, RecipeTrainer> trainer) {
        recipe.options().progress().prepare();
        double minutes = ((Length.Minutes) recipe.optimisation().length()).minutes();
        var earlier = begun(recipe.options().folder(), minutes);
        Choice choice;
        try {
            choice = earlier.isPresent()
                    ? new Choice(earlier.get(), chosen(earlier.get(), minutes) + "chosen when it was begun")
                    : choose(recipe, minutes, trainer);
        } catch (CancellationException e) {
            recipe.options().progress().finish(new Status.Interrupted().text());
            throw e;
        } catch (RuntimeException | Error e) {
            recipe.options().progress().finish(Status.Failed.of(e).text());
            throw e;
        }
        return Training.run(recipe.steps(choice.steps()), data, (settled, log) -> {
            if (!log.hasRemarked(forMinutes(minutes))) {
                log.remark(choice.why());
            }
            return trainer.apply(settled, log);
        });
    }

    /** The card of the training that was begun in this folder, which may be null. */
    public static Optional<RunCard> begun(Path folder) {
        if (folder == null || !Files.exists(folder.resolve(RunStore.CARD))) {
            return Optional.empty();
        }
        var place = folder.toAbsolutePath().normalize();
        return Optional.of(RunStore.open(place.getParent()).card(String.valueOf(place.getFileName())));
    }

    /**
     * The steps of the training that was begun in this folder.
     *
     * @throws IllegalArgumentException where it was begun for another time, or with another kind of length
     */
    private static Optional<Long> begun(Path folder, double minutes) {
        var card = begun(folder);
        var steps = card.map(begun -> begun.recipe().get("steps"));
        if (steps.isEmpty()) {
            return Optional.empty();
        }
        long there = ((Number) steps.get()).longValue();
        var newest = Checkpoint.find(folder.toAbsolutePath().normalize());
        var length = Stream.concat(card.stream(), newest.stream().map(Checkpoint::card))
                .flatMap(any -> any.origin().notes().stream())
                .map(CHOSEN::matcher)
                .filter(Matcher::matches)
                .map(chosen -> chosen.group(2))
                .findFirst();
        // one that was stopped before its first checkpoint does not say
        boolean told = newest.isPresent() || card.get().outcome().status().hasEnded();
        if (length.isPresent() ? !length.get().equals(minutes(minutes)) : told) {
            throw new IllegalArgumentException(folder + " holds another training: its length is "
                    + length.map(time -> time + " (" + Numbers.count(there, "step") + ")")
                            .orElse(Numbers.count(there, "step"))
                    + ", not "
                    + minutes(minutes) + "; go on with the length it was begun with, or keep this one in another"
                    + " folder");
        }
        return Optional.of(there);
    }

    private <R extends Recipe<R>> Choice choose(
            R recipe, double minutes, BiFunction<R, TrainingLog, RecipeTrainer> trainer) {
        long begun = clock.getAsLong();
        return piloting(recipe, trainer, (timed, work) -> {
            var folder = recipe.options().folder();
            if (folder == null) {
                return timed.choose(work, minutes, begun, Saving.NONE);
            }
            try (var pilot = new PilotFolder(folder, recipe.card(), work)) {
                return timed.choose(work, minutes, begun, new Saving(pilot::write, recipe.options()));
            }
        });
    }

    /**
     * What a step of a recipe takes on this machine, by some that are thrown away.
     *
     * @param window seconds, see {@link Pace}
     * @param most seconds to spend on it; three steps are taken at least
     */
    public static <R extends Recipe<R>> double secondsPerStep(
            R recipe, double window, double most, BiFunction<R, TrainingLog, RecipeTrainer> trainer) {
        return new TimedTraining(WorkingTime::now)
                .piloting(recipe, trainer, (timed, work) -> new Pace(timed.clock, window, most).step(work, 0));
    }

    private <R extends Recipe<R>, T> T piloting(
            R recipe,
            BiFunction<R, TrainingLog, RecipeTrainer> trainer,
            BiFunction<TimedTraining, RecipeTrainer, T> measure) {
        var pilot = recipe.steps(PILOT).with(RunOptions.NONE);
        try (var work = trainer.apply(pilot, new TrainingLog(pilot.card(), Progress.SILENT))) {
            return measure.apply(this, work);
        }
    }

    /**
     * What is written while the training goes on.
     *
     * @param write a checkpoint
     * @param options how often
     */
    record Saving(Runnable write, RunOptions options) {

        static final Saving NONE = new Saving(() -> {}, RunOptions.NONE);

        /** Seconds that a step takes with its part of the checkpoints, each of which takes {@code one}. */
        private double step(double step, double one) {
            return options.every() > 0 ? step + one / options.every() : step * (1 + one / RunOptions.SECONDS);
        }
    }

    /**
     * Measures the work of a training of {@link #PILOT} steps that has just been prepared.
     *
     * @param begun when preparing it began
     */
    Choice choose(Trainer work, double minutes, long begun, Saving saving) {
        double asked = minutes * 60;
        double preparing = since(begun);
        var measuring = Pace.of(clock, asked - spent);
        long at = clock.getAsLong();
        double alone = measuring.step(work, pace);
        double stepping = since(at);
        long evaluations = Math.max(1, work.evaluations(PILOT));
        double each = 0;
        if (evaluations > 1) {
            each = measuring.again(() -> evaluate(work, Math.ceilDiv(PILOT, evaluations)), evaluations);
        }
        double last = measuring.again(() -> evaluate(work, PILOT), 1);
        double evaluating = last + each * (evaluations - 1);
        double checkpoint = saving.options().folder() == null ? 0 : measuring.again(saving.write(), 1);
        double step = saving.step(alone, checkpoint);
        // after the last step a checkpoint is written, and the run
        double beside = spent + since(begun) + preparing + evaluating + 2 * checkpoint;
        if (asked - beside < step) {
            // in a longer time steps and evaluations are measured for longer
            double needed = Math.max(beside, (beside - stepping) / (1 - Pace.MOST)) + 2 * step + each + last;
            throw new IllegalArgumentException("no step of this training fits into " + minutes(minutes)
                    + ": preparing it, measuring and evaluating take " + Numbers.duration(beside)
                    + " here and a step " + Numbers.duration(step) + "; ask for at least "
                    + minutes(Math.ceil(needed / 60 * 100) / 100 + 0.01)
                    + ", or, where the Java process had just started, for the same again: it takes less once it is"
                    + " compiled");
        }
        long steps = (long) ((asked - beside) / step);
        return new Choice(
                steps,
                chosen(steps, minutes) + Numbers.value(alone * 1e3) + " ms a step here and "
                        + Numbers.duration(evaluating) + " for evaluations"
                        + (checkpoint > 0 ? ", " + Numbers.value(checkpoint * 1e3) + " ms for a checkpoint" : ""));
    }

    private static void evaluate(Trainer work, long done) {
        work.evaluate(done, new LinkedHashMap<>());
    }

    private static String chosen(long steps, double minutes) {
        return Numbers.count(steps, "step") + forMinutes(minutes);
    }

    private static String forMinutes(double minutes) {
        return " for " + minutes(minutes) + ": ";
    }

    private static String minutes(double minutes) {
        return Numbers.value(minutes) + (minutes == 1 ? " minute" : " minutes");
    }

    private double since(long nanos) {
        return (clock.getAsLong() - nanos) / 1e9;
    }
}
