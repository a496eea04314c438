package trivium.align;

import java.util.List;
import trivium.run.Fault;

/** What is wrong with rewards and rollouts, and with the policy that they move. */
public final class RolloutFaults implements Fault.Source {

    @Override
    public List<Fault> faults() {
        return List.of();
    }
}
