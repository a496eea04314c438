package trivium.text;

/** What other threads throw in a parallel stream. */
public final class ParallelErrors {

    private ParallelErrors() {}

    /** The exception as it was thrown: one of another thread comes wrapped in one of its kind. */
    public static RuntimeException unwrapped(RuntimeException e) {
        return e.getCause() instanceof RuntimeException thrown && thrown.getClass() == e.getClass() ? thrown : e;
    }
}
