package trivium.align;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import trivium.align.Dpo.LossType;
import trivium.align.LossCase.Answer;
import trivium.tensor.Batch;

/**
 * How the losses of preferences answer a {@link LossCase}. A case has all chosen rows before all rejected ones, as TRL
 * puts them; here the two of a pair stand beside each other.
 */
final class PreferenceLossMethods {

    private PreferenceLossMethods() {}

    static Answer dpo(LossCase given) {
        return paired(
                given,
                new Dpo(
                        given.require("beta"),
                        LossType.valueOf(given.text("loss_type").toUpperCase(Locale.ROOT)),
                        given.require("label_smoothing"),
                        divergence(given)));
    }

    private static FDivergence divergence(LossCase given) {
        var name = given.text("f_divergence_type");
        return switch (name) {
            case "reverse_kl" -> new FDivergence.ReverseKl();
            case "forward_kl" -> new FDivergence.ForwardKl();
            case "js_divergence" -> new FDivergence.JsDivergence();
            case "alpha_divergence" ->
                new FDivergence.AlphaDivergence(
                        given.number("f_alpha_divergence_coef").orElse(0.5));
            default ->
                throw new IllegalArgumentException("\"" + name
                        + "\" is no f_divergence_type; there are reverse_kl, forward_kl, js_divergence and"
                        + " alpha_divergence");
        };
    }

    static Answer simPo(LossCase given) {
        return paired(given, new SimPo(given.require("beta"), given.require("gamma")));
    }

    static Answer orpo(LossCase given) {
        return paired(given, new Orpo(given.require("beta")));
    }

    /** TRL's function is the contrast alone; its trainer adds the likelihood. */
    static Answer cpo(LossCase given) {
        return paired(
                given, new Cpo(given.require("beta"), given.number("alpha").orElse(0.0)));
    }

    static Answer kto(LossCase given) {
        var kto =
                new Kto(given.require("beta"), given.require("desirable_weight"), given.require("undesirable_weight"));
        var batch = given.batch(1);
        double[] labels = given.vector("label");
        var good = new boolean[labels.length];
        for (int i = 0; i < good.length; i++) {
            good[i] = labels[i] != 0;
        }
        return given.answer(batch, kto.objective(sums(given, batch), good, given.scalar("kl")));
    }

    private static Answer paired(LossCase given, PairLoss loss) {
        var whole = given.batch(1);
        int time = whole.time();
        if (whole.rows() % 2 != 0) {
            throw new IllegalArgumentException("a case of comparisons should have as many rejected as chosen rows");
        }
        int[] place = IntStream.range(0, whole.rows())
                .map(row -> row % 2 == 0 ? row / 2 : whole.rows() / 2 + row / 2)
                .toArray();
        var values = moved(given.floats("values"), place, time, false);
        var batch = new Batch(
                whole.rows(), time, whole.tokens(), whole.targets(), moved(whole.weights(), place, time, false), 2);
        double[] sums = loss.needsReference() ? sums(given, whole) : new double[whole.rows()];
        double[] reference = Arrays.stream(place).mapToDouble(row -> sums[row]).toArray();
        var gradients = new float[values.length];
        double result = loss.objective(reference).loss(batch, 0, batch.rows(), values, gradients);
        return new Answer(result, Map.of("grad", moved(gradients, place, time, true)));
    }

    /** Row i from where {@code place} says it stands, or back to there. */
    private static float[] moved(float[] rows, int[] place, int time, boolean back) {
        var moved = new float[rows.length];
        for (int row = 0; row < place.length; row++) {
            System.arraycopy(rows, (back ? row : place[row]) * time, moved, (back ? place[row] : row) * time, time);
        }
        return moved;
    }

    private static double[] sums(LossCase given, Batch batch) {
        double[] reference = given.matrix("reference");
        var sums = new double[batch.rows()];
        for (int i = 0; i < reference.length; i++) {
            sums[i / batch.time()] += batch.weights()[i] != 0 ? reference[i] : 0;
        }
        return sums;
    }
}
