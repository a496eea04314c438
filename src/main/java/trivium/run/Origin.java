package trivium.run;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where a run comes from: what is needed, with its recipe, to make it again.
 *
 * @param seed every random choice follows from it
 * @param dataHash of the data it learned from, as its corpus gives it; empty if there was none
 * @param commit of the source, 40 hexadecimal digits, or empty outside a repository
 * @param environment Java, operating system, processor, cores, library versions, by name
 */
public record Origin(long seed, String dataHash, String commit, Map<String, String> environment) {

    public Origin {
        environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
    }

    /** This machine, this Java, this source, now. */
    public static Origin here(long seed, String dataHash) {
        return new Origin(seed, dataHash, Provenance.commit(), Provenance.environment());
    }
}
