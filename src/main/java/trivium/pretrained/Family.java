package trivium.pretrained;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Optional;
import trivium.model.Architecture;

/**
 * A family of models, as transformers has it: what its {@code config.json} says of the computation, both ways, and
 * where its tensors stand. {@link Families} lists all; docs/extending.md says how to add one.
 */
public interface Family {

    /** What {@code config.json} calls the family in {@code model_type}. */
    String modelType();

    /** The class of transformers that reads it, such as "LlamaForCausalLM". */
    String className();

    /** What transformers takes for {@code vocab_size} where a file has none. */
    int missingVocabulary();

    /**
     * The shape that a {@code config.json} describes, with the whole context that it allows. Every setting that the
     * family has is asked for, with the value that transformers takes where the file has none.
     *
     * @throws IllegalArgumentException naming a setting that the engine has not
     */
    Architecture read(ConfigFields config);

    /** Why a model of this shape cannot be one of the family, in a few words; empty if it can. */
    Optional<String> lacks(Architecture architecture);

    /**
     * Writes a shape of which the family {@linkplain #lacks lacks} nothing into a {@code config.json}: all settings but
     * those that every family has ({@link HuggingFaceConfig}).
     */
    void write(Architecture architecture, JsonObject config);

    /** The family's tensors, in transformers' order, and which of the engine's stand in them. */
    TensorMap tensors(Architecture architecture, int vocabulary);

    /** The name of the embedding of tokens, which {@link #tensors} begin with. */
    String embedding();

    /** What {@code config.json} calls the longest context. */
    default String contextSetting() {
        return "max_position_embeddings";
    }

    /** The prefix of all names but the head's, which files of the body alone leave out: "model.". */
    String prefix();

    /** Another name that files, or transformers itself, have for a tensor; the same name for most. */
    default String alias(String tensor) {
        return tensor;
    }

    /**
     * Patterns of names of tensors that older files hold and transformers does not read, such as masks and frequencies
     * that follow from the configuration.
     */
    default List<String> ignored() {
        return List.of();
    }
}
