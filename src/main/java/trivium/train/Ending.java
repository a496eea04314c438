package trivium.train;

import java.util.List;
import trivium.model.MayBeMissing;

/**
 * What a training leaves behind, and what may end it before its last step.
 *
 * @param selection which state is kept beside the last one, and whether training stops when it gets no better; null for
 *     the last state only, after all steps
 * @param stopWhen names of faults at which it stops, see {@code trivium.run.Fault}; none for a training that goes on
 *     whatever is found
 */
public record Ending(Selection selection, @MayBeMissing List<String> stopWhen) implements Setting {

    /** The last state only, after all steps. */
    public static final Ending NONE = new Ending(null, List.of());

    public Ending {
        stopWhen = List.copyOf(stopWhen);
    }
}
