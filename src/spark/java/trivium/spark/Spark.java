package trivium.spark;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import trivium.sweep.Site;
import trivium.sweep.Work;

/**
 * A sweep's trials on an Apache Spark cluster: each trial a job of one task on one core.
 *
 * <pre>{@code
 * sweep(knobs).on(Spark.master("spark://head:7077")).keep(Path.of("sweeps/rates")).run(runs(), trial -> …)
 * }</pre>
 *
 * The function of a trial is sent to the workers with all it uses: classes and variables of notebook cells, records,
 * tokenizers, models, runs. What cannot be sent is refused in one sentence before anything begins. The libraries on
 * this JVM's class path go along, except for those that Spark has itself. Workers need Spark and a JDK of this version.
 *
 * <p>A worker that dies loses its trials to others. A trial that is begun twice measures the same both times, and one
 * answer is taken.
 *
 * @param master such as {@code spark://head:7077}, or {@code local[2]} for a try without a cluster
 * @param trials how many run side by side, or 0 for as many as the cluster has cores to give
 * @param sharedStore whether the folder of the run store is the same on every machine
 * @param settings Spark's own, by name
 */
public record Spark(String master, int trials, boolean sharedStore, Map<String, String> settings) implements Site {

    public Spark {
        if (!master.matches("spark://.+|local(\\[.+])?")) {
            throw new IllegalArgumentException("\"" + master
                    + "\" is not the address of a Spark master; expected something like spark://host:7077");
        }
        if (trials < 0) {
            throw new IllegalArgumentException("a sweep needs at least 1 trial at a time, not " + trials);
        }
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    }

    /** The cluster of this master, all cores it gives, with runs sent back over the network. */
    public static Spark master(String url) {
        return new Spark(url, 0, false, Map.of());
    }

    /** At most so many trials side by side. */
    public Spark parallel(int most) {
        if (most < 1) {
            throw new IllegalArgumentException("a sweep needs at least 1 trial at a time, not " + most);
        }
        return new Spark(master, most, sharedStore, settings);
    }

    /**
     * The run store's folder is one that all machines share under the same path: workers write runs there themselves,
     * and nothing is sent back but metrics.
     */
    public Spark withSharedStore() {
        return new Spark(master, trials, true, settings);
    }

    /** With a setting of Spark's, such as {@code ("spark.executor.memory", "4g")}. */
    public Spark set(String name, String value) {
        var more = new LinkedHashMap<>(settings);
        more.put(name, value);
        return new Spark(master, trials, sharedStore, more);
    }

    boolean isLocal() {
        return master.startsWith("local");
    }

    @Override
    public Site.Crew open(Work work, boolean judged) throws InterruptedException {
        boolean bringsRuns = work.store() != null && !sharedStore;
        var sent = work.store() == null || bringsRuns
                ? work.leavingRunsIn(null)
                : work.leavingRunsIn(work.store().toAbsolutePath());
        byte[] baggage = Baggage.pack(sent); // before a cluster is asked for anything
        return Cluster.open(this, baggage, new Cluster.Errand(judged, bringsRuns ? work.store() : null));
    }
}
