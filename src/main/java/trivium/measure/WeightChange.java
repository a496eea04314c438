package trivium.measure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import trivium.model.Parameters;
import trivium.model.Parameters.Tensor;

/**
 * How a training changed one tensor of a model, Δ = after − before.
 *
 * @param tensor the tensor that was changed, such as "blocks.0.attention.q"
 * @param size ‖Δ‖, the root of the sum of squares (Frobenius)
 * @param before ‖W‖ of what the tensor was before
 * @param spectrum of a matrix; {@link Spectrum#UNKNOWN} for other tensors and for those that are too large
 */
public record WeightChange(Tensor tensor, double size, double before, Spectrum spectrum) {

    /** The distance of 1 from the next float32 number. */
    private static final double EPSILON = Math.ulp(1f);

    /** Multiplications for the singular values of a matrix, up to which they are computed: some seconds. */
    private static final double MOST = 4e9;

    /**
     * The singular values σ₁ ≥ σ₂ ≥ … of a change.
     *
     * @param values those that rounding does not explain; null where they are not known
     * @param full the rank that the matrix can have, the smaller of its sides
     */
    public record Spectrum(double[] values, int full) {

        /** Of what has no singular values, or too many. */
        public static final Spectrum UNKNOWN = new Spectrum(null, 0);

        /** How many singular values there are that rounding does not explain. */
        public OptionalInt rank() {
            return values == null ? OptionalInt.empty() : OptionalInt.of(values.length);
        }

        /**
         * exp H of the shares σᵢ / Σσ: of r equal singular values r, of one that outweighs the others 1 (Roy and
         * Vetterli 2007, "The effective rank", section 2); 0 where nothing changed.
         */
        public OptionalDouble effectiveRank() {
            if (values == null) {
                return OptionalDouble.empty();
            }
            double sum = Arrays.stream(values).sum();
            double entropy = Arrays.stream(values)
                    .map(value -> value / sum)
                    .map(share -> -share * Math.log(share))
                    .sum();
            return OptionalDouble.of(values.length == 0 ? 0 : Math.exp(entropy));
        }

        /** The largest, ‖Δ‖₂; 0 where nothing changed. */
        public OptionalDouble largest() {
            return values == null
                    ? OptionalDouble.empty()
                    : Arrays.stream(values).max().isPresent() ? OptionalDouble.of(values[0]) : OptionalDouble.of(0);
        }
    }

    /** ‖Δ‖ / ‖W‖; 0 where nothing changed. */
    public double relative() {
        return size == 0 ? 0 : size / before;
    }

    /** Of each tensor that both have by name and shape, in the order of {@code after}. */
    public static List<WeightChange> between(Parameters before, Parameters after) {
        var changes = new ArrayList<WeightChange>();
        for (var tensor : after.tensors()) {
            before.tensors().stream()
                    .filter(was ->
                            was.name().equals(tensor.name()) && was.shape().equals(tensor.shape()))
                    .findFirst()
                    .ifPresent(was -> changes.add(of(before, was, after, tensor)));
        }
        return changes;
    }

    private static WeightChange of(Parameters before, Tensor was, Parameters after, Tensor is) {
        var change = new double[Math.toIntExact(is.size())];
        float[] old = before.toArray(was.offset(), change.length);
        float[] now = after.toArray(is.offset(), change.length);
        double changed = 0;
        double squaresBefore = 0;
        double squaresAfter = 0;
        for (int i = 0; i < change.length; i++) {
            double from = old[i];
            double to = now[i];
            change[i] = to - from;
            changed += change[i] * change[i];
            squaresBefore += from * from;
            squaresAfter += to * to;
        }
        return new WeightChange(
                is,
                Math.sqrt(changed),
                Math.sqrt(squaresBefore),
                spectrum(is.shape(), change, Math.sqrt(squaresAfter)));
    }

    /**
     * Rounding to float32 moves each weight by at most ε/2 of itself, and so no singular value by more than ε/2 ‖W‖
     * (Weyl). Singular values of up to ε ‖W‖, and of up to max(m, n) ε σ₁ as in NumPy's {@code matrix_rank}, are what
     * rounding leaves.
     */
    private static Spectrum spectrum(List<Integer> shape, double[] change, double after) {
        if (shape.size() != 2) {
            return Spectrum.UNKNOWN;
        }
        int rows = shape.getFirst();
        int columns = shape.getLast();
        int full = Math.min(rows, columns);
        if (Arrays.stream(change).allMatch(x -> x == 0)) {
            return new Spectrum(new double[0], full);
        }
        if ((double) rows * columns * full + Math.pow(full, 3) > MOST) {
            return Spectrum.UNKNOWN;
        }
        var values = SingularValues.of(change, rows, columns);
        double least = EPSILON * (after + Math.max(rows, columns) * values[0]);
        return new Spectrum(Arrays.stream(values).filter(value -> value > least).toArray(), full);
    }
}
