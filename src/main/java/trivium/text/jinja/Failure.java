package trivium.text.jinja;

/** What went wrong in an operation, before it is known where in the template. */
final class Failure extends RuntimeException {

    private static final long serialVersionUID = 1;

    Failure(String message) {
        super(message, null, false, false);
    }
}
