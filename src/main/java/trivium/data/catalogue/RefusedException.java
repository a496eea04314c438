package trivium.data.catalogue;

/** A server has answered, and asking again would bring the same: the file is not there, or not for everybody. */
public final class RefusedException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    private final int status;

    RefusedException(int status, String sentence) {
        super(sentence);
        this.status = status;
    }

    /** The status of the answer, such as 404. */
    public int status() {
        return status;
    }
}
