package trivium.run;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import trivium.model.DivergedException;
import trivium.text.Numbers;
import trivium.train.Length;

/**
 * A training whose length is a time ({@link Length.Minutes}): a few steps of it are taken and thrown away, and what
 * they take here decides how many steps the training has. That number stands in the card, and from it on the training
 * is the same as one that was told the number: its learning rates, its evaluations, its bits.
 *
 * @param clock in nanoseconds
 */
public record TimedTraining(LongSupplier clock) {

    /** The share of the time that is spent on measuring steps. */
    private static final double MEASURED = 0.06;

    private static final int FEWEST = 3;

    /**
     * As many steps as no training has, so that none of its first is followed by an evaluation; divided by every number
     * of evaluations up to ten.
     */
    static final long PILOT = 2_520_000_000L;

    private static final String CHOSEN = " steps for ";

    /** What was chosen, and why in a sentence. */
    record Choice(long steps, String why) {}

    /** See {@link TrainingLog#train}. */
    public <R extends Recipe<R>> Run train(
            R recipe, TrainingData data, BiFunction<R, TrainingLog, RecipeTrainer> trainer) {
        recipe.options().progress().prepare();
        double minutes = ((Length.Minutes) recipe.optimisation().length()).minutes();
        var earlier = begun(recipe.options().folder())
                .map(card -> card.recipe().get("steps"))
                .map(steps -> ((Number) steps).longValue());
        Choice choice;
        try {
            choice = earlier.isPresent()
                    ? new Choice(earlier.get(), chosen(earlier.get(), minutes) + "chosen when it was begun")
                    : choose(recipe, minutes, trainer);
        } catch (CancellationException e) {
            recipe.options().progress().finish(new Status.Interrupted().text());
            throw e;
        } catch (RuntimeException | Error e) {
            recipe.options().progress().finish(new Status.Failed(String.valueOf(e.getMessage())).text());
            throw e;
        }
        return TrainingLog.train(recipe.steps(choice.steps()), data, (settled, log) -> {
            if (!log.hasRemarked(CHOSEN)) {
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

    private <R extends Recipe<R>> Choice choose(
            R recipe, double minutes, BiFunction<R, TrainingLog, RecipeTrainer> trainer) {
        long begun = clock.getAsLong();
        return piloting(recipe, trainer, (timed, work) -> timed.choose(work, minutes, begun));
    }

    /**
     * What a step of a recipe takes on this machine, by a few that are thrown away.
     *
     * @param measuring seconds to spend on it; three steps are taken at least
     */
    public static <R extends Recipe<R>> double secondsPerStep(
            R recipe, double measuring, BiFunction<R, TrainingLog, RecipeTrainer> trainer) {
        return new TimedTraining(WorkingTime::now)
                .piloting(recipe, trainer, (timed, work) -> timed.step(work, measuring, Double.POSITIVE_INFINITY));
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
     * Measures the work of a training of {@link #PILOT} steps that has just been prepared.
     *
     * @param begun when preparing it began
     */
    Choice choose(Trainer work, double minutes, long begun) {
        double asked = minutes * 60;
        double preparing = since(begun);
        double step = step(work, MEASURED * asked, asked);
        long evaluations = Math.max(1, work.evaluations(PILOT));
        double last = evaluation(work, PILOT);
        double each = evaluations == 1 ? last : evaluation(work, Math.ceilDiv(PILOT, evaluations));
        double evaluating = last + each * (evaluations - 1);
        double left = asked - since(begun) - preparing - evaluating;
        if (left < step) {
            double needed = since(begun) + preparing + evaluating + step;
            throw new IllegalArgumentException("no step of this training fits into " + minutes(minutes)
                    + ": preparing it, measuring and evaluating take " + Numbers.duration(needed - step)
                    + " here and a step " + Numbers.duration(step) + "; ask for at least "
                    + minutes(Math.ceil(needed / 60 * 100) / 100 + 0.01));
        }
        long steps = (long) (left / step);
        return new Choice(
                steps,
                chosen(steps, minutes) + Numbers.value(step * 1e3) + " ms a step here and "
                        + Numbers.duration(evaluating) + " for evaluations");
    }

    private static String chosen(long steps, double minutes) {
        return Numbers.count(steps) + CHOSEN + minutes(minutes) + ": ";
    }

    private static String minutes(double minutes) {
        return Numbers.value(minutes) + (minutes == 1 ? " minute" : " minutes");
    }

    /** Seconds a step, by the later half of those measured: the first ones are compiled while they run. */
    private double step(Trainer work, double enough, double most) {
        var seconds = new ArrayList<Double>();
        long from = clock.getAsLong();
        try {
            while (seconds.size() < FEWEST || since(from) < enough) {
                if (Thread.interrupted()) {
                    throw new CancellationException("interrupted");
                }
                if (!seconds.isEmpty() && since(from) > most) {
                    break;
                }
                long at = clock.getAsLong();
                work.step(seconds.size());
                seconds.add(since(at));
            }
        } catch (DivergedException e) {
            if (seconds.isEmpty()) {
                throw e; // the training itself would not get further
            }
        }
        return laterHalf(seconds);
    }

    /** The mean of the last ones, until they are half of all or took half of the time. */
    private static double laterHalf(List<Double> seconds) {
        double all = seconds.stream().mapToDouble(Double::doubleValue).sum();
        double sum = 0;
        int count = 0;
        for (int i = seconds.size() - 1;
                i >= 0 && count < (seconds.size() + 1) / 2 && (count == 0 || sum < all / 2);
                i--) {
            sum += seconds.get(i);
            count++;
        }
        return sum / count;
    }

    private double evaluation(Trainer work, long done) {
        long at = clock.getAsLong();
        work.evaluate(done, new LinkedHashMap<>());
        return since(at);
    }

    private double since(long nanos) {
        return (clock.getAsLong() - nanos) / 1e9;
    }
}
