package trivium.sweep;

/**
 * Where a sweep's trials run: {@link Threads} of this JVM, or the machines of a cluster.
 *
 * <p>Contract (TrialBackendContract): a trial measures the same in every backend; {@link Trial#progress()} hears what
 * it tells, on any thread but one call after the other, and a listener that interrupts the thread that told it stops
 * the trial; an exception comes back as one with the same message; each trial has one answer, however often it had to
 * be begun.
 */
public interface TrialBackend {

    /**
     * Opens the workers of a sweep; called once for each sweep, when its first trial is about to run.
     *
     * @param judged whether a trial's progress may stop it, so that no step may go by unheard
     * @throws IllegalArgumentException if the work cannot be done there, in one sentence
     * @throws InterruptedException if this thread is interrupted while it waits for workers
     */
    TrialWorkers open(TrialTask work, boolean judged) throws InterruptedException;

    /** Runs the trials of a sweep. Many threads may call {@link #run} at once. */
    interface TrialWorkers extends AutoCloseable {

        /** How many trials run side by side. */
        int size();

        /**
         * Runs a trial and waits for it. Interrupting the calling thread stops it.
         *
         * @throws Exception if it could not be run, or was interrupted ({@link InterruptedException} or
         *     {@link java.util.concurrent.CancellationException})
         */
        TrialTask.Answer run(Trial trial) throws Exception;

        /** Ends the workers. */
        @Override
        void close();
    }
}
