package trivium.train;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import trivium.model.Parameters;
import trivium.model.Parameters.Tensor;
import trivium.model.TensorNames;
import trivium.tensor.Floats;
import trivium.tensor.Workers;

/**
 * Trained tensors in groups, each of which an optimizer steps on at the group's factor of the learning rate; PyTorch's
 * param groups. Without factors there is one group.
 */
final class ParameterGroups {

    private record Group(double factor, Optimizer.State state) {}

    /** What a pattern multiplies the learning rate by. */
    private record Factor(String pattern, double factor) {

        static Factor of(String text) {
            int at = text.indexOf('=');
            try {
                double factor = Double.parseDouble(text.substring(at + 1).strip());
                if (at > 0 && factor > 0 && factor < Double.POSITIVE_INFINITY) {
                    return new Factor(text.substring(0, at).strip(), factor);
                }
            } catch (NumberFormatException _) {
                // refused below
            }
            throw new IllegalArgumentException(
                    "\"" + text + "\" is no factor of the learning rate: expected a role or a"
                            + " part of tensors' names, = and a number above 0, such as \"embedding=0.1\" (freeze(…) is for"
                            + " what should not be trained)");
        }
    }

    private final List<Group> groups;

    /**
     * Fresh state for what is trained.
     *
     * @param factors such as "embedding=0.1"; of several that name a tensor the last counts
     */
    ParameterGroups(Optimizer optimizer, Parameters parameters, List<String> factors) {
        var factorOf = new LinkedHashMap<Tensor, Double>();
        var names = new TensorNames(parameters.tensors());
        for (var text : factors) {
            var factor = Factor.of(text);
            names.matching(List.of(factor.pattern())).forEach(tensor -> factorOf.put(tensor, factor.factor()));
        }
        var byFactor = new TreeMap<Double, Set<Tensor>>();
        for (var tensor : parameters.trained()) {
            byFactor.computeIfAbsent(factorOf.getOrDefault(tensor, 1.0), f -> new LinkedHashSet<>())
                    .add(tensor);
        }
        groups = byFactor.entrySet().stream()
                .map(group -> new Group(group.getKey(), optimizer.start(only(parameters, group.getValue()))))
                .toList();
    }

    /** Refuses texts that are no factors. */
    static void check(List<String> factors) {
        factors.forEach(Factor::of);
    }

    private static Parameters only(Parameters all, Set<Tensor> group) {
        var view = new Parameters(all.values(), all.tensors());
        view.freeze(tensor -> !group.contains(tensor));
        return view;
    }

    /** Moves the parameters. */
    void step(Floats gradient, double scale, double learningRate, Workers workers) {
        for (int i = 0; i < groups.size(); i++) { // a loop, so that a step makes no objects
            var group = groups.get(i);
            group.state().step(gradient, scale, group.factor() * learningRate, workers);
        }
    }

    /** The states' buffers, which share no name with a tensor. */
    Stream<Map.Entry<String, Optimizer.Buffer>> buffers() {
        return groups.stream().flatMap(group -> group.state().buffers().entrySet().stream());
    }

    long steps() {
        return groups.getFirst().state().steps();
    }

    void steps(long steps) {
        groups.forEach(group -> group.state().steps(steps));
    }
}
