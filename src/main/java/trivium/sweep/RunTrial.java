package trivium.sweep;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import tech.tablesaw.api.NumericColumn;
import trivium.run.Run;

/**
 * Tries one setting by training a model. A function of this type is serialisable, because a cluster sends it to its
 * workers.
 */
@FunctionalInterface
public interface RunTrial extends Serializable {

    /**
     * Trains on the calling thread alone (recipes take {@code workers(1)}).
     *
     * @throws Exception if the trial cannot be run; the sweep notes the reason and goes on
     */
    Run train(Trial trial) throws Exception;

    /** The newest value of every metric of a run, and "best_X" where the state was kept in which X was best. */
    static Map<String, Double> lastValues(Run run) {
        var last = new LinkedHashMap<String, Double>();
        for (var column : run.metrics().columns()) {
            if (column instanceof NumericColumn<?> && run.has(column.name())) {
                last.put(column.name(), run.last(column.name()));
            }
        }
        var best = run.card().outcome().best();
        if (best != null) {
            last.put("best_" + best.metric(), best.value());
        }
        return last;
    }
}
