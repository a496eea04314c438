package trivium.pretrained;

import java.util.List;
import java.util.stream.Collectors;

/** The families of models that are read and written. */
public final class Families {

    /** In the order in which a shape of ours looks for its own: the simplest first. */
    private static final List<Family> ALL = List.of(
            new Gpt2Family(),
            LlamaFamily.LLAMA,
            LlamaFamily.MISTRAL,
            LlamaFamily.QWEN2,
            LlamaFamily.QWEN3,
            LlamaFamily.OLMO2,
            LlamaFamily.GEMMA,
            new NeoxFamily(),
            new GptNeoFamily());

    private Families() {}

    /** All of them. */
    public static List<Family> all() {
        return ALL;
    }

    /**
     * The family that {@code config.json} names in {@code model_type}.
     *
     * @throws IllegalArgumentException naming those there are for another name
     */
    public static Family of(String modelType, String where) {
        return ALL.stream()
                .filter(family -> family.modelType().equals(modelType))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(where + " has the model_type \"" + modelType
                        + "\"; those known are "
                        + ALL.stream().map(Family::modelType).collect(Collectors.joining(", "))));
    }
}
