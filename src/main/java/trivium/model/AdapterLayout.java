package trivium.model;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import trivium.model.Parameters.Role;
import trivium.model.Parameters.Tensor;

/**
 * Where every number of an adapter stands in its own flat vector. Beside a linear layer the As of its targets stand one
 * below the other, so that one product makes {@code A x} of all of them, then their Bs, then DoRA's magnitudes.
 *
 * @param tensors names and shapes in order
 * @param layers by the layer that they stand beside
 * @param saved what is trained in full beside them
 * @param rows of tokens that are trained alone
 */
record AdapterLayout(List<Tensor> tensors, Map<Linear, Layer> layers, Saved saved, Alone rows) {

    private static final String WEIGHT = ".weight";
    private static final String BIAS = ".bias";
    private static final long PLACES = 1L << 40;

    /**
     * The adapter of one linear layer.
     *
     * @param block of the layer; the number of blocks for the head
     * @param a where A (ranks, in) of all targets stands
     * @param ranks of all targets, added up
     */
    record Layer(int block, Linear linear, long a, int ranks, List<Target> targets) {}

    /**
     * A target: some outputs of a linear layer.
     *
     * @param name such as blocks.0.attention.q
     * @param column the first of its outputs
     * @param outs how many
     * @param row the first of its rows among those of the layer's A
     * @param rank r, how many
     * @param scale s
     * @param b where B (outs, rank) stands
     * @param magnitude where DoRA's magnitudes (outs) stand, or -1
     */
    record Target(String name, int column, int outs, int row, int rank, double scale, long b, long magnitude) {

        /** Of its dropout among the random numbers of a step, apart from those of the residual stream. */
        long place() {
            return PLACES + b;
        }
    }

    /**
     * What is trained in full.
     *
     * @param tokens where the embedding (V, C) stands, or -1 for that of the model beneath
     * @param head the output layer, or null for that of the model beneath
     * @param tied whether both are one
     */
    record Saved(long tokens, Linear head, boolean tied) {}

    /** Rows of tokens that are trained alone; where the head is tied, those of the embedding are the head's. */
    record Alone(TokenRows embedding, TokenRows head) {

        boolean isEmpty() {
            return embedding.isEmpty() && head.isEmpty();
        }

        boolean tied() {
            return embedding.at() == head.at();
        }
    }

    /** What may become a target. */
    private record Candidate(int block, Linear linear, String name, int column, int outs, boolean fused) {

        /** As {@link TensorNames} knows it. */
        Tensor tensor(Role role) {
            long at = linear.weight() + (long) column * linear.in();
            return new Tensor(name + WEIGHT, at, List.of(outs, linear.in()), role);
        }
    }

    /** How many numbers in all. */
    long size() {
        return tensors.getLast().end();
    }

    /** Whether any row of the embedding is trained. */
    boolean trainsEmbedding() {
        return saved.tokens() >= 0 || !rows.embedding().isEmpty();
    }

    /** The lowest block that has an adapter; the embedding is under the lowest. */
    int lowest() {
        return trainsEmbedding()
                ? 0
                : layers.values().stream().mapToInt(Layer::block).min().orElseThrow();
    }

    /**
     * The layout of this adapter beside a model.
     *
     * @param outputs of the adapted model: those of the model, or 1 for a scalar head of the adapter's own
     * @throws IllegalArgumentException in a sentence if a pattern names nothing, or targets that DoRA would scale twice
     *     overlap
     */
    static AdapterLayout of(Lora lora, Layout layout, int outputs) {
        return new Builder(lora, layout, outputs).build();
    }

    /** The names of what may become a target. */
    static TensorNames names(Layout layout) {
        return new Builder(Lora.rank(1), layout, layout.head().out()).names;
    }

    private static final class Builder {
        private final Lora lora;
        private final Layout layout;
        private final int outputs;
        private final boolean savesTokens;
        private final boolean savesHead; // apart from the embedding
        private final Map<Tensor, Candidate> candidates = new HashMap<>();
        private final TensorNames names;
        private final List<Tensor> tensors = new ArrayList<>();
        private final Map<Linear, Layer> layers = new HashMap<>();
        private final List<Linear> order;
        private long next;

        Builder(Lora lora, Layout layout, int outputs) {
            this.lora = lora;
            this.layout = layout;
            this.outputs = outputs;
            var saved = rolesInFull();
            savesTokens = saved.contains(Role.EMBEDDING);
            savesHead = saved.contains(Role.HEAD) || outputs != layout.head().out();
            order = layout.linears().toList();
            var known = new ArrayList<Tensor>();
            for (int i = 0; i < layout.blocks().size(); i++) {
                var block = layout.blocks().get(i);
                for (var linear : List.of(block.queriesKeysValues(), block.output(), block.up(), block.down())) {
                    addParts(i, linear, layout, known);
                }
            }
            boolean inFull = saved.contains(Role.HEAD) || savesTokens && tied();
            if (!inFull) {
                int out = layout.head().out();
                add(new Candidate(layout.blocks().size(), layout.head(), "head", 0, out, false), Role.HEAD, known);
            }
            names = new TensorNames(known);
        }

        private boolean tied() {
            return layout.head().weight() == layout.tokens();
        }

        /** Of the tensors that are trained in full; a tied head has a name of its own. */
        private Set<Role> rolesInFull() {
            var all = new ArrayList<>(layout.tensors());
            if (tied()) {
                all.add(new Tensor(
                        "head.weight", layout.tokens(), all.getFirst().shape(), Role.HEAD));
            }
            var roles = new HashSet<Role>();
            for (var tensor : new TensorNames(all).matching(lora.parts().modulesToSave())) {
                boolean head = tensor.name().startsWith("head.");
                if (!head && tensor.role() != Role.EMBEDDING) {
                    throw new IllegalArgumentException(
                            "only the embedding of tokens and the head can be trained in full"
                                    + " beside an adapter, not " + tensor.name()
                                    + ": modulesToSave takes \"embedding\" and \"head\"");
                }
                roles.add(head ? Role.HEAD : tensor.role());
            }
            return roles;
        }

        /** The parts of a linear layer, and where there are several, all of them as one. */
        private void addParts(int block, Linear linear, Layout layout, List<Tensor> known) {
            long end = linear.weight() + (long) linear.in() * linear.out();
            var parts = layout.tensors().stream()
                    .filter(t -> t.offset() >= linear.weight() && t.end() <= end)
                    .toList();
            for (var part : parts) {
                var name = part.name().substring(0, part.name().length() - WEIGHT.length());
                int column = (int) ((part.offset() - linear.weight()) / linear.in());
                add(new Candidate(block, linear, name, column, part.shape().getFirst(), false), part.role(), known);
            }
            if (parts.size() > 1) {
                var first = parts.getFirst().name();
                var names = parts.stream()
                        .map(part -> part.name().split("\\."))
                        .map(part -> part[part.length - 2])
                        .toList();
                var prefix = first.substring(
                        0, first.length() - WEIGHT.length() - names.getFirst().length());
                var name = prefix + Lora.joined(names);
                add(
                        new Candidate(block, linear, name, 0, linear.out(), true),
                        parts.getFirst().role(),
                        known);
            }
        }

        private void add(Candidate candidate, Role role, List<Tensor> known) {
            var tensor = candidate.tensor(role);
            known.add(tensor);
            candidates.put(tensor, candidate);
        }

        AdapterLayout build() {
            var chosen = matching(lora.parts().targets());
            var ranks = new HashMap<Candidate, Integer>();
            var alphas = new HashMap<Candidate, Double>();
            for (var text : lora.parts().rankPattern()) {
                var factor = Lora.Factor.of(text);
                matching(List.of(factor.pattern())).forEach(c -> ranks.put(c, (int) factor.whole()));
            }
            for (var text : lora.parts().alphaPattern()) {
                var factor = Lora.Factor.of(text);
                matching(List.of(factor.pattern())).forEach(c -> alphas.put(c, factor.number()));
            }
            for (var linear : order) {
                if (savesHead && linear.equals(layout.head())) {
                    continue; // a scalar head takes the place of the model's, and of what stood beside it
                }
                var targets =
                        chosen.stream().filter(c -> c.linear().equals(linear)).toList();
                if (!targets.isEmpty()) {
                    add(linear, targets, ranks, alphas);
                }
            }
            if (layers.isEmpty()) {
                throw new IllegalArgumentException("beside a head that answers one number no target of "
                        + lora.parts().targets() + " is left");
            }
            var inFull = place();
            var rows = placeRows();
            return new AdapterLayout(List.copyOf(tensors), Map.copyOf(layers), inFull, rows);
        }

        /** Places what is trained in full behind all else. */
        private Saved place() {
            var head = layout.head();
            int width = head.in();
            long tokens = savesTokens
                    ? add(
                            Lora.TOKENS_IN_FULL + WEIGHT,
                            Role.EMBEDDING,
                            layout.tensors().getFirst().shape().getFirst(),
                            width)
                    : -1;
            boolean tied = savesTokens && tied() && !savesHead;
            if (!savesHead && !tied) {
                return new Saved(tokens, null, false);
            }
            long weight = tied ? tokens : add(Lora.HEAD_IN_FULL + WEIGHT, Role.HEAD, outputs, width);
            long bias = head.bias() < 0 ? -1 : add(Lora.HEAD_IN_FULL + BIAS, Role.BIAS, outputs);
            return new Saved(tokens, new Linear(weight, bias, width, outputs), tied);
        }

        /** Places the rows of tokens that are trained alone behind all else. */
        private Alone placeRows() {
            var embedding = new LinkedHashSet<Integer>();
            var head = new LinkedHashSet<Integer>();
            boolean tied = tied() && !savesHead;
            for (var text : lora.parts().trainableTokens()) {
                var token = Lora.TrainableToken.of(text);
                int id = token.id(layout.vocabulary());
                if (token.embedding()) {
                    requireRow(!savesTokens, "the embedding is trained in full (modulesToSave)");
                    embedding.add(id);
                } else {
                    requireRow(!tied() && !savesHead, "the head is tied to the embedding, or trained in full");
                }
                if (token.head() && !savesHead) {
                    requireRow(
                            !layers.containsKey(layout.head()),
                            "the head is an adapter's target (targets); "
                                    + (tied ? "leave one of them out" : "\"embedding=…\" trains the embedding's row"));
                    head.add(id);
                }
            }
            var ofTokens = rows(Lora.TOKEN_ROWS, Role.EMBEDDING, embedding);
            return new Alone(ofTokens, tied ? ofTokens : rows(Lora.HEAD_ROWS, Role.HEAD, head));
        }

        private static void requireRow(boolean possible, String why) {
            if (!possible) {
                throw new IllegalArgumentException("rows of tokens cannot be trained alone where " + why);
            }
        }

        private TokenRows rows(String name, Role role, Collection<Integer> ids) {
            if (ids.isEmpty()) {
                return TokenRows.NONE;
            }
            return TokenRows.of(List.copyOf(ids), add(name + WEIGHT, role, ids.size(), layout.width()));
        }

        /** The targets that any pattern means, in the order of the model. */
        private Collection<Candidate> matching(List<String> patterns) {
            Set<Candidate> all = new HashSet<>();
            for (var pattern : patterns) {
                if (pattern.equals(Lora.ALL_LINEAR)) {
                    candidates.forEach((tensor, candidate) -> {
                        if (!candidate.fused() && tensor.role() != Role.HEAD) {
                            all.add(candidate);
                        }
                    });
                    continue;
                }
                var parts = List.of(pattern.split("\\."));
                names.matching(List.of(pattern)).stream()
                        .map(candidates::get)
                        .filter(c -> !c.fused()
                                || parts.contains(c.name().substring(c.name().lastIndexOf('.') + 1)))
                        .forEach(all::add);
            }
            return all.stream()
                    .sorted((a, b) ->
                            a.column() != b.column() ? a.column() - b.column() : Boolean.compare(a.fused(), b.fused()))
                    .toList();
        }

        private void add(
                Linear linear, List<Candidate> targets, Map<Candidate, Integer> ranks, Map<Candidate, Double> alphas) {
            requireApart(targets);
            long a = next;
            int rows = 0;
            for (var target : targets) {
                int rank = ranks.getOrDefault(target, lora.rank());
                add(target.name() + Lora.A, Role.ADAPTER, rank, linear.in());
                rows += rank;
            }
            var placed = new ArrayList<Target>();
            int row = 0;
            for (var target : targets) {
                int rank = ranks.getOrDefault(target, lora.rank());
                double scale = lora.scale(rank, alphas.getOrDefault(target, lora.alpha()));
                long b = add(target.name() + Lora.B, Role.ADAPTER, target.outs(), rank);
                placed.add(new Target(target.name(), target.column(), target.outs(), row, rank, scale, b, -1));
                row += rank;
            }
            if (lora.useDora()) {
                placed.replaceAll(t -> new Target(
                        t.name(),
                        t.column(),
                        t.outs(),
                        t.row(),
                        t.rank(),
                        t.scale(),
                        t.b(),
                        add(t.name() + Lora.MAGNITUDE, Role.MAGNITUDE, t.outs())));
            }
            layers.put(linear, new Layer(targets.getFirst().block(), linear, a, rows, List.copyOf(placed)));
        }

        /** What DoRA scales must be the whole weight of a row. */
        private void requireApart(List<Candidate> targets) {
            if (lora.useDora() && targets.size() > 1 && targets.stream().anyMatch(Candidate::fused)) {
                throw new IllegalArgumentException("with DoRA no weight can be part of two targets, but "
                        + targets.stream().map(Candidate::name).collect(Collectors.joining(", ")) + " overlap");
            }
        }

        private long add(String name, Role role, Integer... shape) {
            var tensor = new Tensor(name, next, List.of(shape), role);
            tensors.add(tensor);
            next = tensor.end();
            return tensor.offset();
        }
    }
}
