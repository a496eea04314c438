package trivium.model;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import trivium.model.Architecture.Biases;
import trivium.model.Architecture.Placement;
import trivium.model.Architecture.Position;
import trivium.model.Architecture.QkNorm;
import trivium.model.Parameters.Role;
import trivium.model.Parameters.Tensor;
import trivium.tensor.HeadNorms;

/**
 * Where every weight stands in the flat vector, and the layers made of them. Queries, keys and values (and gate and up)
 * stand side by side, so that one product makes them all.
 *
 * @param tensors names and shapes in order
 * @param tokens token embedding (V, C)
 * @param positions position embedding (T, C), or -1
 * @param norm the last normalisation
 * @param head the output layer
 */
record Layout(List<Tensor> tensors, long tokens, long positions, List<Block> blocks, Normalisation norm, Linear head) {

    /** One block's layers; {@code norm2} is null where attention and feed-forward share the first. */
    record Block(Normalisation norm1, Attention attention, Normalisation norm2, Linear up, Linear down) {

        Linear queriesKeysValues() {
            return attention.queriesKeysValues();
        }

        Linear output() {
            return attention.output();
        }
    }

    /** What attention has weights for; {@code headNorms} is null without QK-norm. */
    record Attention(Linear queriesKeysValues, Linear output, HeadNorms headNorms) {}

    /**
     * The layout of a model.
     *
     * @param vocabulary V
     * @param outputs V, or 1 for a scalar head of its own
     */
    static Layout of(Architecture architecture, int vocabulary, int outputs) {
        return new Builder(architecture).build(vocabulary, outputs);
    }

    /** Every linear layer, the head last. */
    Stream<Linear> linears() {
        return Stream.concat(
                blocks.stream().flatMap(b -> Stream.of(b.queriesKeysValues(), b.output(), b.up(), b.down())),
                Stream.of(head));
    }

    /** V. */
    int vocabulary() {
        return tensors.getFirst().shape().getFirst();
    }

    /** C. */
    int width() {
        return norm.width();
    }

    /** How many numbers in all. */
    long size() {
        var last = tensors.getLast();
        return last.offset() + last.size();
    }

    private static final class Builder {
        private final Architecture architecture;
        private final List<Tensor> tensors = new ArrayList<>();
        private long next;

        Builder(Architecture architecture) {
            this.architecture = architecture;
        }

        Layout build(int vocabulary, int outputs) {
            int width = architecture.width();
            long tokens = add("tokens.weight", Role.EMBEDDING, vocabulary, width);
            long positions = architecture.conventions().position() == Position.LEARNED
                    ? add("positions.weight", Role.POSITION, architecture.context(), width)
                    : -1;
            var blocks = new ArrayList<Block>();
            for (int i = 0; i < architecture.layers(); i++) {
                blocks.add(block("blocks." + i + "."));
            }
            var norm = norm("norm");
            boolean tied = architecture.conventions().tiedHead() && outputs == vocabulary;
            long weight = tied ? tokens : add("head.weight", Role.HEAD, outputs, width);
            long bias = biases().head() ? add("head.bias", Role.BIAS, outputs) : -1;
            var head = new Linear(weight, bias, width, outputs);
            return new Layout(List.copyOf(tensors), tokens, positions, List.copyOf(blocks), norm, head);
        }

        private Block block(String name) {
            int width = architecture.width();
            int gathered = architecture.gathered();
            int shared = architecture.attention().keyValueHeads() * architecture.headSize();
            var norm1 = norm(name + "norm1");
            var biases = biases();
            var queriesKeysValues = linear(
                    name + "attention.",
                    Role.MATRIX,
                    biases.queriesKeysValues(),
                    width,
                    new String[] {"q", "k", "v"},
                    new int[] {gathered, shared, shared});
            var output = linear(name + "attention.", Role.RESIDUAL, biases.output(), gathered, "o", width);
            var headNorms = architecture.attention().qkNorm() == QkNorm.NONE ? null : headNorms(name + "attention.");
            var norm2 =
                    architecture.feedForward().placement() == Placement.PARALLEL_ONE_NORM ? null : norm(name + "norm2");
            int hidden = architecture.hidden();
            boolean gated = architecture.feedForward().activation().gated();
            var names = gated ? new String[] {"gate", "up"} : new String[] {"up"};
            var outs = gated ? new int[] {hidden, hidden} : new int[] {hidden};
            var up = linear(name + "mlp.", Role.MATRIX, biases.feedForward(), width, names, outs);
            var down = linear(name + "mlp.", Role.RESIDUAL, biases.feedForward(), hidden, "down", width);
            return new Block(norm1, new Attention(queriesKeysValues, output, headNorms), norm2, up, down);
        }

        private HeadNorms headNorms(String prefix) {
            var attention = architecture.attention();
            int size = architecture.headSize();
            boolean each = attention.qkNorm() == QkNorm.HEAD;
            int queries = each ? attention.heads() : 1;
            int keys = each ? attention.keyValueHeads() : 1;
            int querySize = each ? size : attention.heads() * size;
            int keySize = each ? size : attention.keyValueHeads() * size;
            long queryWeight = add(prefix + "qnorm.weight", Role.NORM, querySize);
            long keyWeight = add(prefix + "knorm.weight", Role.NORM, keySize);
            return new HeadNorms(queries, querySize, keys, keySize, queryWeight, keyWeight);
        }

        private Biases biases() {
            return architecture.conventions().biases();
        }

        private Linear linear(String prefix, Role role, boolean biased, int in, String name, int out) {
            return linear(prefix, role, biased, in, new String[] {name}, new int[] {out});
        }

        /** Layers that share their input, side by side: first all weights, then all biases. */
        private Linear linear(String prefix, Role role, boolean biased, int in, String[] names, int[] outs) {
            long weight = next;
            int out = 0;
            for (int i = 0; i < names.length; i++) {
                add(prefix + names[i] + ".weight", role, outs[i], in);
                out += outs[i];
            }
            if (!biased) {
                return new Linear(weight, -1, in, out);
            }
            long bias = next;
            for (int i = 0; i < names.length; i++) {
                add(prefix + names[i] + ".bias", Role.BIAS, outs[i]);
            }
            return new Linear(weight, bias, in, out);
        }

        private Normalisation norm(String name) {
            var kind = architecture.conventions().norm();
            int width = architecture.width();
            long weight = add(name + ".weight", Role.NORM, width);
            boolean shifted = kind == Architecture.Norm.LAYER_NORM && biases().norms();
            float epsilon = (float) architecture.conventions().epsilon();
            return new Normalisation(
                    kind, epsilon, weight, shifted ? add(name + ".bias", Role.BIAS, width) : -1, width);
        }

        private long add(String name, Role role, Integer... shape) {
            var tensor = new Tensor(name, next, List.of(shape), role);
            tensors.add(tensor);
            next += tensor.size();
            return tensor.offset();
        }
    }
}
