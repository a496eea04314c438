package trivium.pretrain;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import trivium.data.Corpus;
import trivium.model.Architecture;
import trivium.model.Llama;
import trivium.model.Models;
import trivium.run.Progress;
import trivium.run.Run;
import trivium.run.TimedTraining;
import trivium.run.WorkingTime;
import trivium.text.Numbers;
import trivium.text.Tokenizer;

/**
 * A pre-training that has to be over in a given time and chooses for itself how large the model is and how many steps
 * it takes: {@code fit(minutes(3), words, stories).run()}. A few steps of some sizes say how many tokens each would
 * read in that time here; the {@link ScalingLaw} says which of them ends with the lowest loss. What is chosen is an
 * ordinary {@link Pretraining}, whose card holds size and steps.
 *
 * @param minutes from {@link #run} to the end, measuring included
 * @param recipe all else; its model's shape, peak learning rate and length are replaced
 */
public record Fit(double minutes, Pretraining recipe) {

    /** The sizes to choose from, smallest first: Llamas of a context of 128. */
    static final List<Architecture> LADDER = List.of(
            Llama.of(128, 32, 2, 2, 1),
            Llama.of(128, 48, 3, 2, 1),
            Llama.of(128, 64, 4, 4, 2),
            Llama.of(128, 96, 4, 4, 2),
            Llama.of(128, 128, 4, 4, 2),
            Llama.of(128, 192, 6, 6, 3),
            Llama.of(128, 256, 8, 8, 4));

    /** The speed at which the size is the best that is measured first, multiplications and additions a second. */
    private static final double TYPICAL = 1e11;

    /** The share of the time that is left for steps, about. */
    static final double STEPPING = 0.75;

    /** The share of the time that half of measuring one size takes if its pace is steady. */
    private static final double A_SIZE = 0.02;

    /** The share of the time after which no other size is looked at. */
    static final double ALL_SIZES = 0.2;

    /** A step of twice the weights takes at least 2^0.3 times as long. */
    private static final double SLOWER = 0.3;

    /** What the first size may have taken because HotSpot was still compiling: up to so many times as long. */
    private static final double COLD = 1.6;

    /** How many windows of {@link #A_SIZE} measuring one size takes at most, for a pace that is not steady. */
    private static final int WINDOWS = 3;

    private static final double LEARNING_RATE = 3e-3;
    private static final double NARROW = 128;

    /**
     * A size that was looked at.
     *
     * @param secondsPerStep measured here
     * @param tokens that it would read in the time
     * @param loss that the law expects of it, nats per token
     */
    record Size(Architecture architecture, double secondsPerStep, double tokens, double loss) {}

    public Fit {
        if (!(minutes > 0) || Double.isInfinite(minutes)) {
            throw new IllegalArgumentException("a time to train in should be above 0, not " + minutes + " minutes");
        }
    }

    /** All else as {@link Pretraining#of} has it. */
    public static Fit of(Duration time, Tokenizer tokenizer, Corpus corpus) {
        return new Fit(time.toMillis() / 60e3, Pretraining.of(LADDER.getFirst(), tokenizer, corpus));
    }

    /** This with another recipe: {@code fit.with(recipe -> recipe.samples("One morning"))}. */
    public Fit with(UnaryOperator<Pretraining> change) {
        return new Fit(minutes, change.apply(recipe));
    }

    /** The seed, from which every random choice follows but the size and the number of steps. */
    public Fit seed(long seed) {
        return with(any -> any.seed(seed));
    }

    /** Keeps the run in a folder of its own; a training that was begun there goes on with what was chosen then. */
    public Fit keep(Path folder) {
        return with(any -> any.keep(folder));
    }

    /** The listener that is told of every step. */
    public Fit progress(Progress listener) {
        return with(any -> any.progress(listener));
    }

    /** Measures, chooses and trains. */
    public Run run() {
        long begun = WorkingTime.now();
        var earlier = earlier();
        if (earlier.isPresent()) {
            return of(earlier.get()).minutes(minutes).run();
        }
        recipe.options().progress().prepare();
        var sizes = measured(
                minutes * 60,
                recipe.tokenizer().size(),
                tokensPerStep(),
                this::secondsPerStep,
                () -> (WorkingTime.now() - begun) / 1e9);
        var chosen = best(sizes);
        double left = minutes - (WorkingTime.now() - begun) / 60e9;
        if (left < minutes / 2) {
            throw new IllegalArgumentException("choosing a size took "
                    + Numbers.duration((minutes - left) * 60) + " of the " + Numbers.value(minutes)
                    + " minutes here, which leaves too little to train; ask for more minutes, or name a size, as in"
                    + " pretrain(Llama.small(), …).minutes(" + Numbers.value(minutes) + ")");
        }
        return of(chosen.architecture())
                .fitted(
                        minutes,
                        (minutes - left) * 60,
                        chosen.secondsPerStep(),
                        steps -> why(sizes, chosen, steps * tokensPerStep()));
    }

    /** The shape of the run that was begun in the folder. */
    private Optional<Architecture> earlier() {
        return TimedTraining.begun(recipe.options().folder())
                .map(card -> Models.config(card.recipe(), card.id()))
                .filter(Architecture.class::isInstance)
                .map(Architecture.class::cast);
    }

    private Pretraining of(Architecture size) {
        var like = new Pretraining(
                size,
                recipe.tokenizer(),
                recipe.material(),
                recipe.evaluation(),
                recipe.optimisation(),
                recipe.options());
        return like.learningRate(LEARNING_RATE * Math.min(1, NARROW / size.width()));
    }

    private double tokensPerStep() {
        return (double) recipe.optimisation().batching().all()
                * LADDER.getFirst().context();
    }

    private double secondsPerStep(Architecture size) {
        return TimedTraining.secondsPerStep(
                of(size), A_SIZE * minutes * 60, WINDOWS * A_SIZE * minutes * 60, PretrainingTrainer::new);
    }

    /**
     * Walks along the ladder towards the lowest expected loss, and stops where a neighbour would be no better even at
     * the best speed that its size lets hope for, or where enough time was spent. It begins with the size that would be
     * the best on a typical machine, which is measured again where another one seems to be better: HotSpot compiles
     * during the first measurement.
     *
     * @param spent seconds since measuring began
     */
    static List<Size> measured(
            double seconds,
            int vocabulary,
            double tokensPerStep,
            ToDoubleFunction<Architecture> secondsPerStep,
            DoubleSupplier spent) {
        var sizes = new ArrayList<Size>();
        int at = typical(vocabulary, seconds, tokensPerStep);
        boolean again = false;
        do {
            var shape = LADDER.get(at);
            double step = secondsPerStep.applyAsDouble(shape);
            sizes.add(size(shape, vocabulary, step, seconds, tokensPerStep));
            var first = sizes.getFirst();
            double cold = first.secondsPerStep();
            if (!again
                    && best(sizes) != first
                    && size(first.architecture(), vocabulary, cold / COLD, seconds, tokensPerStep)
                                    .loss()
                            < best(sizes).loss()) {
                again = true;
                double warm = Math.min(cold, secondsPerStep.applyAsDouble(first.architecture()));
                sizes.set(0, size(first.architecture(), vocabulary, warm, seconds, tokensPerStep));
            }
            at = next(sizes, vocabulary, seconds, tokensPerStep);
        } while (at >= 0 && spent.getAsDouble() < ALL_SIZES * seconds);
        return sizes;
    }

    /** Where the size that is the best on a typical machine stands on the ladder. */
    private static int typical(int vocabulary, double seconds, double tokensPerStep) {
        var sizes = LADDER.stream()
                .map(shape -> size(
                        shape,
                        vocabulary,
                        6 * weights(shape, vocabulary) * tokensPerStep / TYPICAL,
                        seconds,
                        tokensPerStep))
                .toList();
        return sizes.indexOf(best(sizes));
    }

    private static Size size(
            Architecture shape, int vocabulary, double secondsPerStep, double seconds, double tokensPerStep) {
        double tokens = STEPPING * seconds / secondsPerStep * tokensPerStep;
        double loss = ScalingLaw.TOY_TOWN.loss(weights(shape, vocabulary), tokens);
        return new Size(shape, secondsPerStep, tokens, loss);
    }

    /** The best size's neighbour that was not measured and would be better than it, or −1. */
    private static int next(List<Size> sizes, int vocabulary, double seconds, double tokensPerStep) {
        var best = best(sizes);
        int at = LADDER.indexOf(best.architecture());
        for (int i : new int[] {at + 1, at - 1}) {
            if (i < 0
                    || i >= LADDER.size()
                    || sizes.stream().anyMatch(size -> size.architecture().equals(LADDER.get(i)))) {
                continue;
            }
            double times = weights(LADDER.get(i), vocabulary) / weights(best.architecture(), vocabulary);
            double step = best.secondsPerStep() * (times < 1 ? times : Math.pow(times, SLOWER));
            if (size(LADDER.get(i), vocabulary, step, seconds, tokensPerStep).loss() < best.loss()) {
                return i;
            }
        }
        return -1;
    }

    /** The parameters that multiply in a forward pass: all but the embedding, which is looked up. */
    private static double weights(Architecture shape, int vocabulary) {
        return shape.parameters(vocabulary) - (double) vocabulary * shape.width();
    }

    static Size best(List<Size> sizes) {
        return sizes.stream().min(Comparator.comparingDouble(Size::loss)).orElseThrow();
    }

    /**
     * The choice in a sentence.
     *
     * @param tokens that the chosen size reads in the steps it has
     */
    String why(List<Size> sizes, Size chosen, double tokens) {
        var text = String.format(
                Locale.ROOT,
                "of the sizes measured for %s minutes, %s was expected to end lowest: at %.2f nats per token after the"
                        + " %,.0f tokens of this training, by a law fitted to the stories of Toy Town",
                Numbers.value(minutes),
                named(chosen),
                law(chosen, tokens),
                tokens);
        var others = sizes.stream()
                .filter(size -> size != chosen)
                .map(size -> String.format(
                        Locale.ROOT,
                        "%s at %.2f",
                        named(size),
                        law(size, tokens * chosen.secondsPerStep() / size.secondsPerStep())))
                .toList();
        return others.isEmpty() ? text : text + "; in the same time " + String.join(", ", others);
    }

    private double law(Size size, double tokens) {
        return ScalingLaw.TOY_TOWN.loss(
                weights(size.architecture(), recipe.tokenizer().size()), tokens);
    }

    private static String named(Size size) {
        return "width " + size.architecture().width() + ", "
                + size.architecture().layers() + " layers";
    }
}
