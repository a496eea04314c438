package trivium.run;

import java.util.List;
import java.util.Optional;
import trivium.text.Numbers;

/** What is wrong with how a model is optimised, of whatever phase. */
public final class OptimisationFaults implements Fault.Source {

    private static final String LOSS = Metric.LOSS.name();

    @Override
    public List<Fault> faults() {
        return List.of(new Fault("loss-diverges", List.of(LOSS), OptimisationFaults::diverges));
    }

    /**
     * Each of the last steps is above a uniform guess, and as far above the first as {@link Divergence} asks of a short
     * training.
     */
    private static Optional<Symptom> diverges(Evidence run) {
        double uniform = run.probe(Probe.UNIFORM_LOSS);
        if (Double.isNaN(uniform) || run.step() <= Divergence.FEWEST) {
            return Optional.empty();
        }
        double first = run.at(LOSS, 1);
        double bound = Math.max(uniform, Divergence.SHORT_MARGIN * first);
        for (long step = run.step() - Divergence.FEWEST + 1; step <= run.step(); step++) {
            if (!(run.at(LOSS, step) > bound)) {
                return Optional.empty();
            }
        }
        return Optional.of(new Symptom(
                "the loss rose from " + Numbers.value(first) + " to " + Numbers.value(run.now(LOSS)) + ", above the "
                        + Numbers.value(uniform) + " of a uniform guess",
                "the learning rate is too high",
                lower(run)));
    }

    /** A call with a tenth of the learning rate. */
    private static String lower(Evidence run) {
        double rate = run.number("learning_rate");
        return Double.isNaN(rate) ? "a lower learning rate" : ".learningRate(" + Numbers.value(rate / 10) + ")";
    }
}
