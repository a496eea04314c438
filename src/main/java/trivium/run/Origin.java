package trivium.run;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is needed beside a run's recipe to make the run again.
 *
 * @param seed every random choice follows from it
 * @param dataHash of the data it learned from, as its corpus gives it; empty if there was none
 * @param commit of the source, 40 hexadecimal digits, or empty outside a repository
 * @param environment Java, operating system, processor, cores, library versions, by name
 * @param notes what became of the data, and what the steps showed, each in a sentence: "12 of 500 conversations, longer
 *     than the context of 64, were left out"
 * @param checkup what the training was looked at for faults with, and what was found
 * @param interventions what was changed by hand while it ran, by step
 */
public record Origin(
        long seed,
        String dataHash,
        String commit,
        Map<String, String> environment,
        List<String> notes,
        Checkup checkup,
        List<Intervention> interventions) {

    public Origin {
        // Older cards have no notes.
        notes = notes == null ? List.of() : List.copyOf(notes);
        interventions = List.copyOf(interventions);
        environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
    }

    /** An origin without notes. */
    public Origin(long seed, String dataHash, String commit, Map<String, String> environment) {
        this(seed, dataHash, commit, environment, List.of());
    }

    /** The origin of a training that was not looked at for faults. */
    public Origin(long seed, String dataHash, String commit, Map<String, String> environment, List<String> notes) {
        this(seed, dataHash, commit, environment, notes, Checkup.NONE, List.of());
    }

    /** This origin with one more note; a note that it already has is not added. */
    public Origin noting(String note) {
        if (notes.contains(note)) {
            return this;
        }
        var more = new ArrayList<>(notes);
        more.add(note);
        return noting(more);
    }

    /** This origin with these notes in the place of its own. */
    Origin noting(List<String> others) {
        return new Origin(seed, dataHash, commit, environment, others, checkup, interventions);
    }

    /** This origin with these notes and interventions in the place of its own. */
    Origin marked(List<String> others, List<Intervention> changes) {
        return new Origin(seed, dataHash, commit, environment, others, checkup, changes);
    }

    /** This origin with this in the place of what was found before. */
    Origin checked(Checkup now) {
        return new Origin(seed, dataHash, commit, environment, notes, now, interventions);
    }

    /** This origin with one more intervention, which takes the place of one at the same step. */
    Origin intervened(Intervention latest) {
        var all = new ArrayList<>(interventions);
        all.removeIf(earlier -> earlier.step() >= latest.step());
        all.add(latest);
        return new Origin(seed, dataHash, commit, environment, notes, checkup, all);
    }

    /** This origin without interventions from a later step on, which no step had. */
    Origin until(long last) {
        var none = interventions.stream().filter(change -> change.step() > last).toList();
        var said = none.stream().map(Intervention::text).toList();
        return none.isEmpty()
                ? this
                : marked(
                        notes.stream().filter(note -> !said.contains(note)).toList(),
                        interventions.stream()
                                .filter(change -> !none.contains(change))
                                .toList());
    }

    /** What the schedule's learning rate of this step, counted from 1, is multiplied by. */
    double learningRateFactor(long step) {
        double factor = 1;
        for (var intervention : interventions) {
            if (intervention.step() <= step) {
                factor = intervention.learningRateFactor();
            }
        }
        return factor;
    }

    /** This machine, this Java, this source, now. */
    public static Origin here(long seed, String dataHash) {
        return new Origin(seed, dataHash, Provenance.commit(), Provenance.environment());
    }
}
