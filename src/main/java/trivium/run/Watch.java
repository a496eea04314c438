package trivium.run;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import trivium.model.LanguageModel;

/** Looks for faults, step by step, and remembers which were seen. */
final class Watch {

    /** Numbers of a tensor that say how large it is. */
    private static final long SAMPLED = 10_000;

    private final Evidence evidence;
    private final List<Fault> unseen;
    private final Set<String> excluded = new HashSet<>();
    private final Consumer<String> say;

    /** @param say is told of faults that cannot be looked for */
    Watch(Evidence evidence, List<Fault> faults, Consumer<String> say) {
        this.say = say;
        this.evidence = evidence;
        unseen = new ArrayList<>(faults);
    }

    /** What is measured of a training before its first step. */
    static Map<String, Double> probes(Trainer work, long steps) {
        var probes = new LinkedHashMap<String, Double>();
        probes.put(Probe.STEPS, (double) steps);
        work.uniformLoss().ifPresent(loss -> probes.put(Probe.UNIFORM_LOSS, loss));
        work.model().ifPresent(model -> probes.put(Probe.WEIGHTS, size(model)));
        probes.putAll(work.probes());
        probes.values().removeIf(value -> !Double.isFinite(value));
        return probes;
    }

    /** Root mean square of the trained matrices, of at most so many of their numbers; not a number without any. */
    private static double size(LanguageModel model) {
        var parameters = model.parameters();
        double sum = 0;
        long count = 0;
        for (var tensor : parameters.trained()) {
            long stride = Math.max(1, tensor.size() / SAMPLED);
            for (long i = 0; tensor.shape().size() > 1 && i < tensor.size(); i += stride) {
                double weight = parameters.values().get(tensor.offset() + i);
                sum += weight * weight;
                count++;
            }
        }
        return Math.sqrt(sum / count);
    }

    /** What is seen for the first time after so many steps. */
    List<Finding> after(long step) {
        evidence.at(step);
        List<Finding> found = null;
        for (int i = 0; i < unseen.size(); i++) {
            var fault = unseen.get(i);
            if (excluded.contains(fault.name())) {
                unseen.remove(i--);
                continue;
            }
            var symptom = look(fault);
            if (symptom == null) {
                unseen.remove(i--);
            } else if (symptom.isPresent()) {
                found = found == null ? new ArrayList<>() : found;
                found.add(new Finding(fault.name(), step, symptom.get()));
                excluded.addAll(fault.excluded());
                unseen.remove(i--);
            }
        }
        return found == null ? List.of() : found;
    }

    /** What is wrong; null where the fault's own code fails, which must not end a training. */
    private Optional<Symptom> look(Fault fault) {
        try {
            return fault.look().apply(evidence);
        } catch (RuntimeException e) {
            say.accept("the fault " + fault.name() + " is not looked for any more: looking for it failed with " + e);
            return null;
        }
    }

    /** What is seen over all steps from before the first. */
    List<Finding> until(long last) {
        var found = new ArrayList<Finding>();
        for (long step = 0; step <= last; step++) {
            found.addAll(after(step));
        }
        return found;
    }

    /**
     * All that is wrong with a run: what its training said, and what this version sees in its metrics besides.
     *
     * @return in the order of the steps
     */
    static List<Finding> findings(Run run) {
        var said = run.card().origin().checkup().findings();
        var names = names(said);
        said.forEach(finding -> Fault.of(finding.name()).ifPresent(fault -> names.addAll(fault.excluded())));
        var faults = Fault.known().stream()
                .filter(fault -> !names.contains(fault.name()))
                .toList();
        var all = new ArrayList<>(said);
        all.addAll(
                new Watch(Evidence.of(run), faults, _ -> {}).until(run.metrics().rowCount()));
        all.sort((a, b) -> Long.compare(a.step(), b.step()));
        return all;
    }

    private static Set<String> names(List<Finding> findings) {
        var names = new HashSet<String>();
        findings.forEach(finding -> names.add(finding.name()));
        return names;
    }

    /** How a training ends that was to stop at one of these faults; empty where it was not. */
    static Optional<Status> stopping(List<Finding> findings, List<String> stopWhen) {
        return findings.stream()
                .filter(finding -> stopWhen.contains(finding.name()) || stopWhen.contains(Recipe.ANY_FAULT))
                .findFirst()
                .map(finding -> new Status.StoppedByFinding(
                        finding.step(),
                        finding.name() + ": " + finding.symptom().seen()));
    }

    /**
     * How a training ends that took all its steps; one whose loss had diverged does not end as if nothing was wrong.
     */
    static Status finished(List<Finding> findings) {
        return findings.stream()
                .filter(finding -> finding.name().equals(OptimisationFaults.DIVERGES))
                .findFirst()
                .<Status>map(finding -> new Status.Finished(
                        "at step " + finding.step() + " the loss had diverged (" + finding.name() + ")"))
                .orElse(new Status.Finished());
    }
}
