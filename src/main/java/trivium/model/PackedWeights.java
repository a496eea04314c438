package trivium.model;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import trivium.tensor.Floats;
import trivium.tensor.Panels;
import trivium.tensor.Team;
import trivium.tensor.Vectors;

/**
 * A model's weights in the order in which decoding reads them: a copy as large as the model, shared by all its decoders
 * and made anew before a generation where the weights have changed, as training does.
 */
final class PackedWeights {

    private final Weights weights;
    private final Adapter adapter; // null for none
    private final Linear ownHead; // the adapter's, or null
    private final Map<Linear, Panels> panels = new HashMap<>();
    private int[] fingerprint = {}; // of the parameters that were copied
    private int[] adapted = {}; // of the adapter's

    PackedWeights(Layout layout, Weights weights) {
        this(layout.linears(), weights, null);
    }

    /** With an adapter, whose weights are merged into the others on the way. */
    PackedWeights(Adapter adapter) {
        this(
                adapter.beneath()
                        .linears()
                        .map(linear -> linear.equals(adapter.beneath().head()) ? adapter.head() : linear),
                adapter.weights(),
                adapter);
    }

    private PackedWeights(Stream<Linear> linears, Weights weights, Adapter adapter) {
        this.weights = weights;
        this.adapter = adapter;
        ownHead = adapter == null ? null : adapter.layout().saved().head();
        linears.forEach(layer -> panels.put(layer, new Panels(layer.out(), layer.in())));
    }

    /** Copies the weights as they are now, where they are not as they were. */
    synchronized void refresh() {
        int[] now = weights.fingerprint();
        boolean all = !Arrays.equals(now, fingerprint);
        if (all) {
            panels.forEach((layer, packed) -> {
                if (adapter == null || !adapter.changes(layer)) {
                    weights.pack(layer, packed);
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
        if (!all && Arrays.equals(now, adapted)) {
            return;
        }
        var room = new Weights.Room();
        adapter.layout().layers().forEach((linear, layer) -> {
            var merged = room.of((long) linear.out() * linear.in());
            adapter.merge(layer, merged, 0);
            panels.get(linear).pack(merged, 0);
        });
        if (ownHead != null) {
            panels.get(adapter.head()).pack(adapter.numbers(), ownHead.weight());
        }
        adapted = now;
    }

    /** Products for one decoder, which asks for its team at each. */
    Product product(Supplier<Team> team) {
        var scratch = Floats.zeros(Panels.SCRATCH);
        var head = ownHead == null ? null : adapter.head();
        var rows = adapter == null ? TokenRows.NONE : adapter.layout().rows().head();
        var beneath = rows.isEmpty() ? null : adapter.beneath().head();
        var few = new Weights.Room();
        return (layer, x, y, n, add) -> {
            if (layer.equals(head)) {
                ownHead.bias(adapter.numbers(), y, n, add);
            } else {
                layer.bias(weights.numbers(), y, n, add);
            }
            panels.get(layer).multiply(x, y, n, add || layer.bias() >= 0, scratch, team.get());
            if (layer.equals(beneath)) {
                for (int i = 0; i < n; i++) { // row by row: what stands beside a row changes nothing of its numbers
                    rows.outputs(beneath, weights.numbers(), adapter.numbers(), x, y, i, 1, few.of(rows.count()));
                }
            }
        };
    }
}
