package trivium.run;

import java.util.List;

/** What is wrong with the data that is learned from, seen before the first step by what trainers probe. */
public final class DataFaults implements Fault.Source {

    @Override
    public List<Fault> faults() {
        return List.of();
    }
}
