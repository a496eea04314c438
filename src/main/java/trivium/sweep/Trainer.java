package trivium.sweep;

import java.util.Map;

/** Tries one setting and says how well it did. */
@FunctionalInterface
public interface Trainer {

    /**
     * Runs a trial on the calling thread alone.
     *
     * @return metrics by name, in the order to be shown
     * @throws Exception if the trial cannot be run; the sweep notes the reason and goes on
     */
    Map<String, Double> train(Trial trial) throws Exception;
}
