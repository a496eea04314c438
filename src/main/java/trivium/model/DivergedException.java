package trivium.model;

/** A model was asked whose numbers have left what floats can hold, for its training diverged. */
public final class DivergedException extends IllegalStateException {

    private static final long serialVersionUID = 1;

    private final String what;

    /** @param what is not finite, such as "the model's logits are not finite numbers" */
    public DivergedException(String what) {
        super(what + ": its training diverged; go back to an earlier state or lower the learning rate");
        this.what = what;
    }

    /** What is not finite, without advice. */
    public String what() {
        return what;
    }
}
