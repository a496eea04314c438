package trivium.kernel;

/**
 * Stops code that was written in a cell. {@link CellControl} weaves a call of {@link #check} into every method and
 * every loop of a cell, so that {@code while (true) {}} too ends when the user interrupts it.
 */
public final class StopCheck {

    private static volatile boolean stopping;

    private StopCheck() {}

    /** Called by woven code: goes on, or ends the cell if an interrupt has been asked for. */
    public static void check() {
        if (stopping) {
            throw new Stopped();
        }
    }

    static void set(boolean stop) {
        stopping = stop;
    }

    static boolean stopping() {
        return stopping;
    }

    /** Ends a cell; an error, so that a cell's own {@code catch (Exception e)} does not hold it up. */
    @SuppressWarnings("serial")
    static final class Stopped extends Error {
        Stopped() {
            super("the cell was interrupted");
        }
    }
}
