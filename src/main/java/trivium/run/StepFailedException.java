package trivium.run;

/**
 * A step or an evaluation cannot be taken for a reason outside of the model, such as a reward that threw. A training
 * that has taken steps ends as failed, with this message as the reason, and keeps what was learned until then.
 */
public final class StepFailedException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    /** @param message one sentence without capital and full stop: what failed, and on what */
    public StepFailedException(String message) {
        super(message);
    }

    public StepFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
