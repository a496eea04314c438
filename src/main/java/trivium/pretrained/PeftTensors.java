package trivium.pretrained;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import trivium.model.AdaptedTransformer;
import trivium.model.Lora;
import trivium.pretrained.TensorMap.Piece;

/** PEFT's tensors of an adapter, in memory, and which of the engine's stand in them. */
public final class PeftTensors {

    private PeftTensors() {}

    /**
     * Those of an adapter whose targets are layers of the family, one each, by the names that PEFT's model has for its
     * parameters.
     */
    public static TensorMap of(Family family, AdaptedTransformer model) {
        var tensors = new ArrayList<TensorMap.Tensor>();
        var modules = PeftModules.of(family, model.withoutAdapter()).modules().stream()
                .collect(Collectors.toMap(PeftModules.Module::target, Function.identity(), (first, second) -> second));
        for (var target : model.targets()) {
            var module = modules.get(target.name());
            if (module == null) {
                throw new IllegalArgumentException(
                        target.name() + " is no layer of its own in a " + family.modelType() + " model");
            }
            var name = PeftFolder.PREFIX + module.name();
            var a = new Piece(target.name() + Lora.A, 0, target.rank());
            tensors.add(new TensorMap.Tensor(
                    name + ".lora_A.default.weight", List.of(target.rank(), target.in()), false, List.of(a)));
            tensors.add(new TensorMap.Tensor(
                    name + ".lora_B.default.weight",
                    List.of(target.outs(), target.rank()),
                    false,
                    pieces(target.name() + Lora.B, module.rowsOf(target))));
            if (model.lora().useDora()) {
                tensors.add(new TensorMap.Tensor(
                        name + ".lora_magnitude_vector.default.weight",
                        List.of(target.outs()),
                        false,
                        pieces(target.name() + Lora.MAGNITUDE, module.rowsOf(target))));
            }
        }
        for (var tensor : model.parameters().tensors()) {
            var name = switch (tensor.name()) {
                case Lora.TOKENS_IN_FULL + ".weight" -> family.embedding();
                case Lora.HEAD_IN_FULL + ".weight" -> "lm_head.weight";
                case Lora.TOKEN_ROWS + ".weight" -> PeftTokens.module(family) + PeftTokens.ROWS;
                case Lora.HEAD_ROWS + ".weight" -> PeftTokens.HEAD + PeftTokens.ROWS;
                default -> "";
            };
            if (!name.isEmpty()) {
                var theirs = name.endsWith(PeftTokens.ROWS)
                        ? name + ".default"
                        : name.replaceFirst("weight$", "modules_to_save.default.weight");
                tensors.add(new TensorMap.Tensor(
                        PeftFolder.PREFIX + theirs,
                        tensor.shape(),
                        false,
                        List.of(new Piece(tensor.name(), 0, tensor.shape().getFirst()))));
            }
        }
        return new TensorMap(tensors);
    }

    /** One for each of the layer's rows. */
    private static List<Piece> pieces(String tensor, int[] rows) {
        var pieces = new ArrayList<Piece>();
        for (int row : rows) {
            pieces.add(new Piece(tensor, row, 1));
        }
        return pieces;
    }
}
