package trivium.text.jinja;

/** What went wrong in an operation, before it is known where in the template. */
final class Failure extends RuntimeException {

    private static final long serialVersionUID = 1;

    final boolean refusal;

    Failure(String message) {
        this(message, false);
    }

    Failure(String message, boolean refusal) {
        super(message, null, false, false);
        this.refusal = refusal;
    }
}
