package trivium.run;

import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import tech.tablesaw.api.Table;
import trivium.model.Parameters;
import trivium.tensor.Floats;
import trivium.train.Selection;

/**
 * The best state of a training so far: a copy of the parameters, made anew whenever an evaluation is better than all
 * before.
 */
final class BestState {

    private final Selection selection;
    private Floats values;
    private BestStep best;
    /** Evaluations since the best one. */
    private int since;

    BestState(Selection selection) {
        this.selection = selection;
    }

    /** Whether these are the metrics of an evaluation. */
    boolean isEvaluation(Map<String, Double> measured) {
        return measured.get(selection.keepBest()) != null;
    }

    /** Takes note of an evaluation; of equals the earlier stays. */
    void evaluate(long step, Map<String, Double> measured, Parameters parameters) {
        if (note(step, measured.get(selection.keepBest()))) {
            if (values == null) {
                values = Floats.zeros(parameters.count());
            }
            values.copyFrom(parameters.values(), 0, 0, parameters.count());
        }
    }

    private boolean note(long step, Double value) {
        if (value == null || !Double.isFinite(value)) {
            return false;
        }
        if (best == null || isBetter(value, best.value())) {
            best = new BestStep(selection.keepBest(), value, step);
            since = 0;
            return true;
        }
        since++;
        return false;
    }

    private boolean isBetter(double value, double than) {
        return Metric.of(selection.keepBest()).better() == Metric.Better.LOWER ? value < than : value > than;
    }

    /**
     * Goes on from where {@code rows} end, with the state that was best until then; null if there was no evaluation.
     */
    void restore(Table rows, Floats kept) {
        if (rows.containsColumn(selection.keepBest())) {
            var column = rows.numberColumn(selection.keepBest());
            for (int i = 0; i < rows.rowCount(); i++) {
                note(
                        rows.longColumn(MetricsTable.STEP).getLong(i),
                        column.isMissing(i) ? null : (Double) column.getDouble(i));
            }
        }
        values = kept;
    }

    /** Whether so many evaluations have followed the best one that training is to stop. */
    boolean isExhausted() {
        return selection.patience() > 0 && since >= selection.patience();
    }

    /** The best step; empty before the first evaluation. */
    Optional<BestStep> step() {
        return Optional.ofNullable(best);
    }

    /** The parameters after the best step, flat; null before the first evaluation. */
    Floats values() {
        return values;
    }

    /** A run with this state's parameters in the place of its own; the run itself before the first evaluation. */
    Run in(Run run) {
        if (values == null) {
            return run;
        }
        var model = run.model().copy();
        model.parameters().values().copyFrom(values, 0, 0, values.size());
        return run.with(model);
    }

    /** Does {@code work} while this state stands among the trained parameters, which come back; there must be one. */
    <T> T within(Parameters trained, Supplier<T> work) {
        var now = trained.values();
        var last = Floats.zeros(now.size());
        last.copyFrom(now, 0, 0, now.size());
        now.copyFrom(values, 0, 0, now.size());
        try {
            return work.get();
        } finally {
            now.copyFrom(last, 0, 0, now.size());
        }
    }

    /** Why training stopped before all of its {@code steps}. */
    String stopped(long at, long steps) {
        return "stopped early at step " + at + " of " + steps + ", as " + since
                + (since == 1 ? " evaluation" : " evaluations") + " in a row had no better "
                + Metric.of(selection.keepBest()).label()
                + " than step " + best.step();
    }
}
