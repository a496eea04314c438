package trivium.exercise;

/** Thrown by a stub that nobody has filled in. */
final class Unfilled extends RuntimeException {

    private static final long serialVersionUID = 1;

    Unfilled() {
        super("This is still the stub: write your answer in the place of unfilled().");
    }
}
