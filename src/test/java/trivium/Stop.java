package trivium;

import java.util.Map;
import trivium.run.Progress;

/** Stops at a step: by an interrupt as people do, or by what stands for the end of a process. */
record Stop(long at, boolean crash) implements Progress {
    @Override
    public void step(long done, Map<String, Double> metrics) {
        if (done == at && crash) {
            throw new IllegalStateException("fallen");
        } else if (done == at) {
            Thread.currentThread().interrupt();
        }
    }
}
