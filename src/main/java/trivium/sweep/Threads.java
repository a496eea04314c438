package trivium.sweep;

/**
 * Trials on threads of this JVM.
 *
 * @param count how many trials run side by side, each on one thread
 */
public record Threads(int count) implements TrialBackend {

    public Threads {
        if (count < 1) {
            throw new IllegalArgumentException("a sweep needs at least 1 worker, not " + count);
        }
    }

    @Override
    public TrialWorkers open(TrialTask work, boolean judged) {
        return new TrialWorkers() {
            @Override
            public int size() {
                return count;
            }

            @Override
            public TrialTask.Answer run(Trial trial) throws Exception {
                return work.on(trial);
            }

            @Override
            public void close() {}
        };
    }
}
