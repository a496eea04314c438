package trivium.model;

import java.util.Optional;
import trivium.tensor.Precision;
import trivium.tensor.Workers;

/**
 * What a training computes with.
 *
 * @param workers threads, at least 1; they do not change the result
 * @param precision of the matrix products; it changes the result a little. What this machine does not offer is replaced
 *     by float32, see {@link #used()}
 */
public record Compute(int workers, Precision precision) {

    /** All processors, float32. */
    public static final Compute DEFAULT = new Compute(Workers.available(), Precision.FLOAT32);

    public Compute {
        if (workers < 1) {
            throw new IllegalArgumentException(workers + " workers: expected at least 1");
        }
    }

    public Compute withWorkers(int workers) {
        return new Compute(workers, precision);
    }

    public Compute withPrecision(Precision precision) {
        return new Compute(workers, precision);
    }

    /** A sentence for the user where this machine does not offer the precision that was asked for. */
    public Optional<String> caveat() {
        return used() == precision
                ? Optional.empty()
                : Optional.of("this processor does not multiply bfloat16 itself, so products were computed in float32");
    }

    /** The precision that is used here. */
    public Precision used() {
        return precision.available() ? precision : Precision.FLOAT32;
    }
}
