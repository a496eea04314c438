package trivium.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import trivium.run.Status;
import trivium.sweep.Trial;
import trivium.sweep.TrialBackend;
import trivium.sweep.TrialTask;

/** The workers of a Spark cluster, for the length of a sweep. */
final class Cluster implements TrialBackend.TrialWorkers {

    static final String AUTHENTICATE = "spark.authenticate";
    static final String SECRET = "spark.authenticate.secret";
    static final String ENCRYPT = "spark.network.crypto.enabled";
    private static final String LOOPBACK = "127.0.0.1";

    private static final long PATIENCE_SECONDS = 120;
    private static final long SETTLING_MILLISECONDS = 2_000;
    private static final long POLL_MILLISECONDS = 50;

    /**
     * The settings of each trial of a sweep.
     *
     * @param judged whether its progress may stop it
     * @param store where the files of its run go, or null if none are sent back
     * @param accepted of which classes objects may be sent
     */
    record TrialSettings(boolean judged, Path store, AcceptedClasses accepted) {}

    private final JavaSparkContext spark;
    private final Broadcast<byte[]> payload;
    private final TrialSettings settings;
    private final Path jars;
    private final int size;

    private Cluster(JavaSparkContext spark, byte[] payload, TrialSettings settings, Path jars, int size) {
        this.spark = spark;
        this.payload = spark.broadcast(payload);
        this.settings = settings;
        this.jars = jars;
        this.size = size;
    }

    static Cluster open(Spark backend, byte[] payload, TrialSettings settings) throws InterruptedException {
        Path jars = null;
        JavaSparkContext spark = null;
        try {
            jars = Files.createTempDirectory("trivium-jars");
            spark = connected(configuration(backend, jars));
            return new Cluster(spark, payload, settings, jars, cores(spark, backend));
        } catch (IOException e) {
            leave(spark, jars);
            throw new UncheckedIOException("cannot pack classes for the workers: " + e.getMessage(), e);
        } catch (InterruptedException | RuntimeException | Error e) {
            leave(spark, jars);
            throw e;
        }
    }

    private static JavaSparkContext connected(SparkConf configuration) throws InterruptedException {
        try {
            return new JavaSparkContext(configuration);
        } catch (Exception e) { // Scala throws what it does not declare
            if (e instanceof InterruptedException interrupt) {
                throw interrupt;
            }
            throw new IllegalArgumentException(
                    "the Spark master at " + configuration.get("spark.master") + " did not take the sweep: "
                            + firstLine(e),
                    e);
        }
    }

    private static String firstLine(Throwable e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    private static SparkConf configuration(Spark backend, Path jars) throws IOException {
        var configuration = new SparkConf()
                .setMaster(backend.master())
                .setAppName("trivium sweep")
                .set("spark.plugins", ProgressPlugin.class.getName())
                .set("spark.executor.extraJavaOptions", Jars.options())
                .set("spark.ui.enabled", "false")
                .set(AUTHENTICATE, "true")
                .set(ENCRYPT, "true");
        if (backend.isLocal()) { // Spark makes a secret of its own there
            configuration.set("spark.driver.host", LOOPBACK).set("spark.driver.bindAddress", LOOPBACK);
        }
        if (!backend.isLocal()) {
            configuration.set("spark.jars", String.join(",", Jars.toSend(System.getProperty("java.class.path"), jars)));
            if (backend.trials() > 0) {
                configuration.set("spark.cores.max", Integer.toString(backend.trials()));
            }
        }
        backend.settings().forEach(configuration::set);
        requireSecret(backend, configuration);
        return configuration;
    }

    /** Refuses a cluster without a secret: anybody who can reach it could run code on its machines and on this one. */
    private static void requireSecret(Spark backend, SparkConf configuration) {
        if (!backend.isLocal() && configuration.getBoolean(AUTHENTICATE, true) && !configuration.contains(SECRET)) {
            throw new IllegalArgumentException(
                    "a sweep on " + backend.master() + " needs the secret that its master and"
                            + " workers share: Spark.master(…).secret(file), which makes one where there is none; or, in a"
                            + " network in which everybody may run anything, set(\"" + AUTHENTICATE
                            + "\", \"false\").set(\"" + ENCRYPT + "\", \"false\")");
        }
    }

    /** Waits until there are workers, and their number no longer grows. */
    private static int cores(JavaSparkContext spark, Spark backend) throws InterruptedException {
        if (backend.isLocal()) {
            return backend.trials() > 0 ? backend.trials() : spark.defaultParallelism();
        }
        long start = System.nanoTime();
        long changed = start;
        int workers = 0;
        while (workers == 0 || milliseconds(changed) < SETTLING_MILLISECONDS) {
            TimeUnit.MILLISECONDS.sleep(POLL_MILLISECONDS);
            int now = spark.sc().statusTracker().getExecutorInfos().length - 1; // without this JVM
            if (now != workers) {
                workers = now;
                changed = System.nanoTime();
            }
            if (spark.sc().isStopped()) {
                throw new IllegalArgumentException("Spark at " + backend.master()
                        + " does not answer or has given the sweep up: is its master there," + " and have its workers "
                        + java() + "?");
            }
            if (workers == 0 && milliseconds(start) > PATIENCE_SECONDS * 1_000) {
                throw new IllegalArgumentException("no worker of " + backend.master() + " began within "
                        + PATIENCE_SECONDS + " seconds: each should have a free core and " + java()
                        + "; the folder work beside Spark on the worker says more");
            }
        }
        return backend.trials() > 0 ? backend.trials() : Math.max(1, spark.defaultParallelism());
    }

    private static String java() {
        return "Java " + Runtime.version().feature() + " or newer";
    }

    private static long milliseconds(long since) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since);
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public TrialTask.Answer run(Trial trial) throws Exception {
        var id = spark.sc().applicationId() + "/" + trial.number();
        ProgressPlugin.register(id, trial.progress());
        try {
            return answer(reply(new TrialRunner.TrialRequest(
                    id,
                    trial.number(),
                    trial.seed(),
                    Payload.serialised(new LinkedHashMap<>(trial.values()), settings.accepted()))));
        } catch (ExecutionException e) {
            var reason = firstLine(e.getCause());
            if (spark.sc().isStopped()) {
                return new TrialTask.Answer(Map.of(), new Status.Interrupted("the cluster is gone: " + reason));
            }
            throw new IllegalStateException("Spark gave the trial up: " + reason, e);
        } finally {
            ProgressPlugin.unregister(id);
        }
    }

    private TrialRunner.TrialReply reply(TrialRunner.TrialRequest request)
            throws InterruptedException, ExecutionException {
        spark.setJobGroup(request.id(), "trial " + request.number(), true); // true: cancelling interrupts the trial
        var answers = spark.parallelize(List.of(request), 1)
                .map(new TrialRunner(
                        spark.sc().applicationId(),
                        payload,
                        settings.judged(),
                        settings.store() != null,
                        settings.accepted()))
                .collectAsync();
        try {
            return answers.get().getFirst();
        } catch (InterruptedException e) {
            answers.cancel(true);
            throw e;
        }
    }

    private TrialTask.Answer answer(TrialRunner.TrialReply reply) {
        if (reply.cancelled()) {
            throw new CancellationException("interrupted");
        }
        if (reply.failure() != null) {
            throw new IllegalStateException(reply.failure());
        }
        if (settings.store() != null) {
            Folder.write(reply.files(), settings.store().toAbsolutePath().normalize());
        }
        return new TrialTask.Answer(reply.metrics(), reply.outcome());
    }

    @Override
    public void close() {
        leave(spark, jars);
    }

    private static void leave(JavaSparkContext spark, Path jars) {
        if (spark != null) {
            spark.stop();
        }
        if (jars != null) {
            try {
                Folder.delete(jars);
            } catch (IOException e) {
                return; // the system clears its temporary folder
            }
        }
    }
}
