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
    private final Adapter adapter; // null for none
    private final Map<Linear, Panels> panels = new HashMap<>();
    private int[] fingerprint = {}; // of the parameters that were copied
    private int[] adapted = {}; // of the adapter's

    /** @param adapter whose weights are merged into the others on the way; null for none */
    PackedWeights(Layout layout, Floats parameters, Adapter adapter) {
        this.parameters = parameters;
        this.adapter = adapter;
        layout.linears().forEach(layer -> panels.put(layer, new Panels(layer.out(), layer.in())));
    }

    /** Copies the weights as they are now, where they are not as they were. */
    synchronized void refresh() {
        int[] now = Vectors.fingerprint(parameters, parameters.size());
        boolean all = !Arrays.equals(now, fingerprint);
        if (all) {
            panels.forEach((layer, packed) -> {
                if (adapter == null || !adapter.layout().layers().containsKey(layer)) {
                    packed.pack(parameters, layer.weight());
                }
            });
            fingerprint = now;
        }
        if (adapter != null) {
            refresh(adapter, all);
        }
    }

    private void refresh(Adapter adapter, boolean all) {
        int[] now = Vectors.fingerprint(adapter.numbers(), adapter.numbers().size());
        if (all || !Arrays.equals(now, adapted)) {
            var room = new Adapter.Room();
            adapter.layout().layers().forEach((linear, layer) -> {
                var merged = room.of((long) linear.out() * linear.in());
                adapter.merge(layer, merged, 0);
                panels.get(linear).pack(merged, 0);
            });
            adapted = now;
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
