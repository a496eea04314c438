package trivium.sweep;

/**
 * Trials on threads of this JVM.
 *
 * @param count how many trials run side by side, each on one thread
 */
public record Threads(int count) implements Site {

    public Threads {
        if (count < 1) {
            throw new IllegalArgumentException("a sweep needs at least 1 worker, not " + count);
        }
    }

    @Override
    public Crew open(Work work, boolean judged) {
        return new Crew() {
            @Override
            public int size() {
                return count;
            }

            @Override
            public Work.Answer run(Trial trial) throws Exception {
                return work.on(trial);
            }

            @Override
            public void close() {}
        };
    }
}
