package trivium.sweep;

import java.io.Serializable;
import java.util.Map;

/** Tries one setting and says how well it did. Serializable, for it may be sent to where trials run. */
@FunctionalInterface
public interface TrialFunction extends Serializable {

    /**
     * Runs a trial on the calling thread alone.
     *
     * @return metrics by name, in the order to be shown
     * @throws Exception if the trial cannot be run; the sweep notes the reason and goes on
     */
    Map<String, Double> train(Trial trial) throws Exception;
}
