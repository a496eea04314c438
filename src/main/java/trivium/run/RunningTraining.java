package trivium.run;

import java.util.function.Consumer;

/** A training between two of its steps, for a listener that looks at it or changes how it goes on. */
public interface RunningTraining {

    /** How many steps were taken. */
    long step();

    /** What the learning rates of the schedule are multiplied by. */
    double learningRateFactor();

    /**
     * From the next step on, learning rates are those of the schedule times this. The card says so.
     *
     * @throws IllegalArgumentException if it is not a finite number above 0
     */
    void learningRateFactor(double factor);

    /**
     * Shows the run as it would be if it ended now. The weights are those that are trained: they are to be read and not
     * kept.
     *
     * @return false if this kind of work cannot show its run
     */
    boolean look(Consumer<Run> listener);
}
