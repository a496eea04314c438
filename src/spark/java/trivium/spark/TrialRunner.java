package trivium.spark;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.apache.spark.SparkFiles;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;
import trivium.run.Status;
import trivium.sweep.Trial;
import trivium.sweep.TrialTask;

/**
 * Runs trials on a worker.
 *
 * @param sweep its name, another one for each
 * @param payload the {@link TrialTask}, packed
 * @param judged whether a trial's progress may stop it
 * @param returnsRuns whether the files of runs are to be sent back
 * @param accepted of which classes objects are made of what was sent
 */
record TrialRunner(
        String sweep, Broadcast<byte[]> payload, boolean judged, boolean returnsRuns, AcceptedClasses accepted)
        implements Function<TrialRunner.TrialRequest, TrialRunner.TrialReply> {

    /**
     * A trial to be run.
     *
     * @param id for its progress
     * @param values of the hyperparameters, {@link Payload#serialised}
     */
    record TrialRequest(String id, int number, long seed, byte[] values) implements Serializable {}

    /**
     * How a trial went.
     *
     * @param failure the exception's sentence, or null
     * @param cancelled whether it was interrupted and has no metrics
     * @param files of its run, by name
     */
    record TrialReply(
            Map<String, Double> metrics, Status outcome, String failure, boolean cancelled, Map<String, byte[]> files)
            implements Serializable {}

    /** The sweep whose payload was unpacked last: one copy for all trials of this JVM, as on threads. */
    private static String latest = "";

    private static Payload.Unpacked unpacked;

    @Override
    public TrialReply call(TrialRequest request) throws Exception {
        var arrived = unpacked(sweep, payload, accepted);
        var progress = new RemoteProgress(request.id(), TaskContext.get().taskAttemptId(), judged);
        @SuppressWarnings("unchecked")
        var values = (Map<String, Object>) Payload.read(request.values(), arrived.loader(), accepted);
        var before = Thread.currentThread().getContextClassLoader();
        Thread.currentThread().setContextClassLoader(arrived.loader());
        try {
            return run((TrialTask) arrived.object(), new Trial(request.number(), request.seed(), values, progress));
        } finally {
            Thread.currentThread().setContextClassLoader(before);
            progress.flush();
            Thread.interrupted(); // the interrupt was for the trial; Spark ends the task itself in another way
        }
    }

    private static synchronized Payload.Unpacked unpacked(
            String sweep, Broadcast<byte[]> payload, AcceptedClasses accepted) {
        try {
            if (!latest.equals(sweep)) {
                unpacked = Payload.unpack(payload.value(), accepted);
                latest = sweep;
            }
            return unpacked;
        } catch (IOException e) {
            throw new UncheckedIOException("the trials' function did not arrive whole: " + e.getMessage(), e);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("this worker has no class " + e.getMessage(), e);
        }
    }

    private TrialReply run(TrialTask work, Trial trial) throws IOException {
        // beside Spark's own files, which it takes away when the sweep is over, whatever happens to this process
        var place = returnsRuns ? Files.createTempDirectory(Path.of(SparkFiles.getRootDirectory()), "run") : null;
        try {
            var answer = (returnsRuns ? work.leavingRunsIn(place) : work).on(trial);
            Thread.interrupted(); // what follows reads files, and an interrupt closes them
            var files = returnsRuns ? Folder.read(place) : Map.<String, byte[]>of();
            return new TrialReply(new LinkedHashMap<>(answer.metrics()), answer.outcome(), null, false, files);
        } catch (CancellationException | InterruptedException e) {
            return new TrialReply(Map.of(), null, null, true, Map.of());
        } catch (Throwable e) { // any error is the trial's, and running the trial again elsewhere would not help
            var reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            return new TrialReply(Map.of(), null, reason, false, Map.of());
        } finally {
            Thread.interrupted();
            if (place != null) {
                Folder.delete(place);
            }
        }
    }
}
