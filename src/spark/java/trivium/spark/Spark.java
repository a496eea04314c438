package trivium.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import trivium.sweep.TrialBackend;
import trivium.sweep.TrialTask;

/**
 * A sweep's trials on an Apache Spark cluster: each trial a job of one task on one core.
 *
 * <pre>{@code
 * sweep(hyperparameters).on(Spark.master("spark://head:7077")).keep(Path.of("sweeps/rates")).run(runs(), trial -> …)
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
 * @param accepted packages of one's own, of whose classes objects may be sent
 */
public record Spark(String master, int trials, boolean sharedStore, Map<String, String> settings, List<String> accepted)
        implements TrialBackend {

    private static final int SECRET_BYTES = 32;

    public Spark {
        if (!master.matches("spark://.+|local(\\[.+])?")) {
            throw new IllegalArgumentException("\"" + master
                    + "\" is not the address of a Spark master; expected something like spark://host:7077");
        }
        if (trials < 0) {
            throw new IllegalArgumentException("a sweep needs at least 1 trial at a time, not " + trials);
        }
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        accepted = List.copyOf(accepted);
    }

    /**
     * The cluster of this master, all cores it gives, with runs sent back over the network. Connections are
     * authenticated and encrypted; a cluster other than a local one needs its {@link #secret}.
     */
    public static Spark master(String url) {
        return new Spark(url, 0, false, Map.of(), List.of());
    }

    /**
     * The secret that the master and the workers share as their {@code spark.authenticate.secret}, in a file. Where
     * there is no such file, one is made with 256 random bits, which only this user may read.
     *
     * @throws UncheckedIOException if the file cannot be read or made
     */
    public Spark secret(Path file) {
        try {
            if (!Files.exists(file)) {
                write(file);
            }
            var secret = Files.readString(file).strip();
            if (secret.isEmpty()) {
                throw new IllegalArgumentException(file + " is empty; expected the secret of a Spark cluster");
            }
            return set(Cluster.SECRET, secret);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot use " + file + " for the cluster's secret: " + e.getMessage(), e);
        }
    }

    private static void write(Path file) throws IOException {
        var secret = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(secret);
        if (Files.getFileStore(file.toAbsolutePath().getParent()).supportsFileAttributeView("posix")) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        Files.writeString(file, HexFormat.of().formatHex(secret) + "\n");
    }

    /**
     * Objects of classes in these packages, and in those below them, may be sent as well. Without being told, workers
     * accept plain data of Java's own, Trivium's classes, those of notebook cells, and those in and below the package
     * of the function of the trial.
     */
    public Spark accept(String... packages) {
        var more = new ArrayList<>(accepted);
        more.addAll(List.of(packages));
        return new Spark(master, trials, sharedStore, settings, more);
    }

    /** At most so many trials side by side. */
    public Spark parallel(int most) {
        if (most < 1) {
            throw new IllegalArgumentException("a sweep needs at least 1 trial at a time, not " + most);
        }
        return new Spark(master, most, sharedStore, settings, accepted);
    }

    /**
     * The run store's folder is one that all machines share under the same path: workers write runs there themselves,
     * and nothing is sent back but metrics.
     */
    public Spark withSharedStore() {
        return new Spark(master, trials, true, settings, accepted);
    }

    /** With a setting of Spark's, such as {@code ("spark.executor.memory", "4g")}. */
    public Spark set(String name, String value) {
        var more = new LinkedHashMap<>(settings);
        more.put(name, value);
        return new Spark(master, trials, sharedStore, more, accepted);
    }

    /** Without the settings' values, of which one is a secret. */
    @Override
    public String toString() {
        return "Spark[" + master + ", " + (trials == 0 ? "all cores" : trials + " trials at a time") + "]";
    }

    boolean isLocal() {
        return master.startsWith("local");
    }

    @Override
    public TrialBackend.TrialWorkers open(TrialTask work, boolean judged) throws InterruptedException {
        boolean returnsRuns = work.store() != null && !sharedStore;
        var sent = work.store() == null || returnsRuns
                ? work.leavingRunsIn(null)
                : work.leavingRunsIn(work.store().toAbsolutePath());
        var classes = accepted(work);
        byte[] payload = Payload.pack(sent, classes); // before a cluster is asked for anything
        return Cluster.open(
                this, payload, new Cluster.TrialSettings(judged, returnsRuns ? work.store() : null, classes));
    }

    private AcceptedClasses accepted(TrialTask work) {
        Object function = switch (work) {
            case TrialTask.Measuring measuring -> measuring.function();
            case TrialTask.Training training -> training.function();
        };
        var classes = AcceptedClasses.DEFAULT.and(function.getClass().getPackageName());
        for (var name : accepted) {
            classes = classes.and(name);
        }
        return classes;
    }
}
