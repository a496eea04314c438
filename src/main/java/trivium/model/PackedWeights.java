package trivium.model;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import trivium.tensor.Floats;
import trivium.tensor.Panels;
import trivium.tensor.Team;
import trivium.tensor.Vectors;

/**
 * A model's weights in the order in which decoding reads them: a copy as large as the model, shared by all its decoders
 * and made anew before a generation where the weights have changed, as training does.
 */
final class PackedWeights {

    private final Floats parameters;
    private final Map<Linear, Panels> panels = new HashMap<>();
    private int[] fingerprint = {}; // of the parameters that were copied

    PackedWeights(Layout layout, Floats parameters) {
        this.parameters = parameters;
        layout.linears().forEach(layer -> panels.put(layer, new Panels(layer.out(), layer.in())));
    }

    /** Copies the weights as they are now, where they are not as they were. */
    synchronized void refresh() {
        int[] now = Vectors.fingerprint(parameters, parameters.size());
        if (!Arrays.equals(now, fingerprint)) {
            panels.forEach((layer, packed) -> packed.pack(parameters, layer.weight()));
            fingerprint = now;
        }
    }

    /** Products for one decoder, which asks for its team at each. */
    Product product(Supplier<Team> team) {
        var scratch = Floats.zeros(Panels.SCRATCH);
        return (layer, x, y, n, add) -> {
            layer.bias(parameters, y, n, add);
            panels.get(layer).multiply(x, y, n, add || layer.bias() >= 0, scratch, team.get());
        };
    }
}
