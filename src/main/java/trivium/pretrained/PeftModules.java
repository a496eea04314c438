package trivium.pretrained;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import trivium.model.AdaptedTransformer;
import trivium.model.Lora;
import trivium.model.Parameters;
import trivium.model.Transformer;
import trivium.pretrained.TensorMap.Piece;

/**
 * The linear layers that PEFT puts adapters beside, by the names that transformers has for them, and which of the
 * engine's rows stand in each. GPT-2's c_attn and GPT-NeoX's query_key_value are one layer there.
 *
 * @param modules in the family's order, the head last
 */
record PeftModules(List<Module> modules) {

    private static final String WEIGHT = ".weight";

    /**
     * One layer.
     *
     * @param name such as model.layers.0.self_attn.q_proj
     * @param target what the engine calls it as one target
     * @param rows where each of its rows stands in the engine's parameters
     * @param in numbers in a row
     * @param transposed whether the family keeps it as (in, out)
     */
    record Module(String name, String target, long[] rows, int in, boolean transposed) {

        /** Which of a target's rows each of the layer's rows is, or -1 for none of them. */
        int[] rowsOf(AdaptedTransformer.Target of) {
            var found = new int[rows.length];
            for (int i = 0; i < rows.length; i++) {
                long row = Math.floorDiv(rows[i] - of.weight(), in);
                found[i] = of.in() == in && row >= 0 && row < of.outs() ? (int) row : -1;
            }
            return found;
        }
    }

    static PeftModules of(Family family, Transformer model) {
        var architecture = model.architecture();
        var places = TensorMap.places(model.parameters().tensors());
        var modules = new ArrayList<Module>();
        for (var tensor : family.tensors(architecture, model.vocabulary()).tensors()) {
            if (tensor.shape().size() == 2
                    && isLinear(places.get(tensor.pieces().getFirst().tensor()))) {
                modules.add(module(family.alias(tensor.name()), tensor, places));
            }
        }
        if (architecture.conventions().tiedHead()) {
            var embedding = model.parameters().tensors().getFirst();
            var piece = new Piece(embedding.name(), 0, model.vocabulary());
            var tied = new TensorMap.Tensor("lm_head.weight", embedding.shape(), false, List.of(piece));
            modules.add(new Module("lm_head", "head", rows(tied, places), architecture.width(), false));
        }
        return new PeftModules(List.copyOf(modules));
    }

    private static boolean isLinear(Parameters.Tensor tensor) {
        return switch (tensor.role()) {
            case MATRIX, RESIDUAL, HEAD -> true;
            default -> false;
        };
    }

    private static Module module(String name, TensorMap.Tensor tensor, Map<String, Parameters.Tensor> places) {
        return new Module(
                bare(name), target(tensor, places), rows(tensor, places), tensor.rowSize(), tensor.transposed());
    }

    private static String bare(String name) {
        return name.substring(0, name.length() - WEIGHT.length());
    }

    private static String target(TensorMap.Tensor tensor, Map<String, Parameters.Tensor> places) {
        var names = tensor.pieces().stream()
                .map(Piece::tensor)
                .distinct()
                .map(PeftModules::bare)
                .toList();
        if (names.size() == 1) {
            return names.getFirst();
        }
        int last = names.getFirst().lastIndexOf('.') + 1;
        return names.getFirst().substring(0, last)
                + names.stream()
                        .sorted((a, b) -> Long.compare(
                                places.get(a + WEIGHT).offset(),
                                places.get(b + WEIGHT).offset()))
                        .map(name -> name.substring(last))
                        .collect(Collectors.collectingAndThen(Collectors.toList(), Lora::joined));
    }

    private static long[] rows(TensorMap.Tensor tensor, Map<String, Parameters.Tensor> places) {
        int size = tensor.rowSize();
        var rows = new long[tensor.pieces().stream().mapToInt(Piece::rows).sum()];
        int at = 0;
        for (var piece : tensor.pieces()) {
            long offset = places.get(piece.tensor()).offset();
            for (int i = 0; i < piece.rows(); i++) {
                rows[at++] = offset + (long) (piece.from() + i) * size;
            }
        }
        return rows;
    }

    /** The layer of this name; transformers' older names of heads count too. */
    Optional<Module> find(String name) {
        var wanted = name.equals("embed_out") ? "lm_head" : name;
        return modules.stream().filter(module -> module.name().equals(wanted)).findFirst();
    }

    String names() {
        return modules.stream()
                .map(module -> module.name().replaceAll("\\.\\d+\\.", ".#."))
                .distinct()
                .collect(Collectors.joining(", "));
    }
}
