package trivium.model;

import java.util.SplittableRandom;
import trivium.model.AdapterLayout.Layer;
import trivium.model.AdapterLayout.Target;
import trivium.model.Weights.Room;
import trivium.model.Weights.Wide;
import trivium.tensor.Blas;
import trivium.tensor.Floats;
import trivium.tensor.Vectors;

/**
 * An adapter's numbers beside the frozen weights of a model.
 *
 * @param beneath the model's layout
 * @param weights the model's
 * @param numbers the adapter's
 */
record Adapter(Lora lora, AdapterLayout layout, Layout beneath, Weights weights, Floats numbers) {

    /** What a thread needs for the rows of the target at hand; it goes with the thread. */
    private static final ThreadLocal<Room> WIDENED = ThreadLocal.withInitial(Room::new);

    /** What a pass reads at both ends: the adapter's own where it has them. */
    Ends ends() {
        var saved = layout.saved();
        boolean tokens = saved.tokens() >= 0;
        var head = head();
        var embedding = new Ends.Tokens(
                tokens ? Weights.of(numbers) : weights,
                tokens ? saved.tokens() : beneath.tokens(),
                beneath.width(),
                layout.rows().embedding(),
                numbers);
        return new Ends(embedding, head, head.out(), saved.tied());
    }

    /** What an adapter takes beside the model, of which nothing is trained ({@link AdapterProducts}). */
    Size.Learning learning() {
        double ranks = 0;
        double directed = 0; // DoRA's u
        double dropped = 0;
        double drawn = 0;
        for (var layer : layout.layers().values()) {
            ranks += layer.ranks();
            directed += lora.useDora() ? layer.linear().out() : 0;
            dropped = Math.max(dropped, lora.dropout() > 0 ? layer.linear().in() : 0);
            for (var target : layer.targets()) {
                drawn = Math.max(drawn, lora.dropout() > 0 && lora.useDora() ? target.outs() : 0);
            }
        }
        return new Size.Learning(
                beneath.size(), weights.restingCount(), numbers.size(), ranks + directed, ranks + dropped + drawn);
    }

    /** Whether this layer's weights are others with the adapter than without. */
    boolean changes(Linear linear) {
        return layout.layers().containsKey(linear) || layout.saved().head() != null && linear.equals(head());
    }

    /** The output layer; one of the adapter's own is addressed as if its numbers stood behind the model's. */
    Linear head() {
        var own = layout.saved().head();
        if (own == null) {
            return beneath.head();
        }
        long behind = beneath.size();
        return new Linear(own.weight() + behind, own.bias() < 0 ? -1 : own.bias() + behind, own.in(), own.out());
    }

    /**
     * As PEFT begins: A uniform within ± 1 / √in (Kaiming's with a = √5, PyTorch's own for linear layers), B 0, so that
     * nothing is changed yet; DoRA's magnitudes are the lengths of W's rows.
     */
    void initialise(SplittableRandom random) {
        var saved = layout.saved();
        var room = new Room();
        if (saved.tokens() >= 0) {
            weights.read(beneath.tokens(), numbers, saved.tokens(), (long) beneath.width() * beneath.vocabulary());
        }
        if (saved.head() != null && saved.head().out() == beneath.head().out()) {
            copyHead(beneath.head(), saved.head());
        }
        layout.rows().embedding().copyFrom(weights, beneath.tokens(), numbers, beneath.width());
        layout.rows().head().copyFrom(weights, beneath.head().weight(), numbers, beneath.width());
        for (var layer : layout.layers().values().stream()
                .sorted((a, b) -> Long.compare(a.a(), b.a()))
                .toList()) {
            int in = layer.linear().in();
            double bound = 1 / Math.sqrt(in);
            for (long i = 0; i < (long) layer.ranks() * in; i++) {
                numbers.set(layer.a() + i, (float) random.nextDouble(-bound, bound));
            }
            for (var target : layer.targets()) {
                numbers.clear(target.b(), (long) target.outs() * target.rank());
                if (target.magnitude() >= 0) {
                    var wide = wide(layer.linear(), target, room);
                    for (int i = 0; i < target.outs(); i++) {
                        numbers.set(target.magnitude() + i, (float) Math.sqrt(squares(wide, layer.linear(), i)));
                    }
                }
            }
        }
    }

    private void copyHead(Linear from, Linear to) {
        weights.read(from.weight(), numbers, to.weight(), (long) from.in() * from.out());
        if (to.bias() >= 0) {
            weights.read(from.bias(), numbers, to.bias(), from.out());
        }
    }

    /** The rows of W that are a target's, (outs, in). */
    private Wide wide(Linear linear, Target target, Room room) {
        int in = linear.in();
        return weights.wide(linear.weight() + (long) target.column() * in, (long) target.outs() * in, room);
    }

    /** Σ w² over a row of a target. */
    private static double squares(Wide wide, Linear linear, int out) {
        long from = wide.at() + (long) out * linear.in();
        return Vectors.squares(wide.numbers(), from, from + linear.in());
    }

    /** DoRA's g; a row of zeros has no direction that a length could be given, and stays what it is. */
    private static float factor(double magnitude, double norm) {
        return norm == 0 ? 1 : (float) (magnitude / norm);
    }

    /** DoRA's ‖W + s B A‖ and g = m / ‖W + s B A‖ at the outputs of a layer's targets. */
    void factors(Layer layer, Floats norms, Floats factors, Room room) {
        var widened = WIDENED.get();
        var linear = layer.linear();
        int in = linear.in();
        for (var target : layer.targets()) {
            int rank = target.rank();
            int outs = target.outs();
            long a = layer.a() + (long) target.row() * in;
            var w = wide(linear, target, widened);
            // ‖w + s b A‖² = ‖w‖² + s b · (2 A wᵀ + s A Aᵀ bᵀ)
            long size = (long) outs * rank;
            long gram = 2 * size;
            var free = room.of(gram + (long) rank * rank);
            Blas.multiply(false, true, outs, rank, in, w.numbers(), w.at(), in, numbers, a, in, 0, free, 0, rank);
            Blas.multiply(false, true, rank, rank, in, numbers, a, in, numbers, a, in, 0, free, gram, rank);
            Blas.multiply(
                    false, true, outs, rank, rank, numbers, target.b(), rank, free, gram, rank, 0, free, size, rank);
            for (int i = 0; i < outs; i++) {
                double sum = 0;
                for (int k = 0; k < rank; k++) {
                    long at = (long) i * rank + k;
                    sum += numbers.get(target.b() + at) * (2.0 * free.get(at) + target.scale() * free.get(size + at));
                }
                double norm = Math.sqrt(Math.max(0, squares(w, linear, i) + target.scale() * sum));
                norms.set(target.column() + i, (float) norm);
                factors.set(target.column() + i, factor(numbers.get(target.magnitude() + i), norm));
            }
        }
    }

    /** Writes W + s B A, DoRA's lengths included, (out, in), from {@code at} on. */
    void merge(Layer layer, Floats to, long at) {
        var linear = layer.linear();
        int in = linear.in();
        weights.read(linear.weight(), to, at, (long) linear.out() * in);
        for (var target : layer.targets()) {
            int rank = target.rank();
            long size = (long) target.outs() * rank;
            var scaled = Floats.zeros(size);
            Vectors.combine(0, scaled, 0, (float) target.scale(), numbers, target.b(), size);
            long a = layer.a() + (long) target.row() * in;
            long rows = at + (long) target.column() * in;
            Blas.multiply(false, false, target.outs(), in, rank, scaled, 0, rank, numbers, a, in, 1, to, rows, in);
            for (int i = 0; target.magnitude() >= 0 && i < target.outs(); i++) {
                long row = rows + (long) i * in;
                double norm = Math.sqrt(Vectors.squares(to, row, row + in));
                float factor = factor(numbers.get(target.magnitude() + i), norm);
                Vectors.combine(factor, to, row, 0, to, row, in);
            }
        }
    }
}
