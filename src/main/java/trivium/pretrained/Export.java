package trivium.pretrained;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import trivium.model.AdaptedTransformer;
import trivium.model.JsonFields;
import trivium.model.Transformer;
import trivium.run.Run;
import trivium.tensor.Dtype;

/**
 * A run on its way to other programs: {@code save(run).huggingFace(folder)}.
 *
 * @param run whose model, tokenizer and chat template are written
 * @param chosen how numbers are written; empty to write them as they were read where that loses nothing, and else as
 *     float32
 * @param maxShardSize bytes that a file of weights has at most, unless a single tensor has more
 */
public record Export(Run run, Optional<Dtype> chosen, long maxShardSize) {

    /** That of transformers. */
    private static final String SHARD = "50GB";

    private static final Pattern SIZE =
            Pattern.compile("(\\d{1,9}(?:\\.\\d{1,9})?) ?([KMGT]?)(i?)B", Pattern.CASE_INSENSITIVE);

    public Export {
        if (!(run.model() instanceof Transformer || run.model() instanceof AdaptedTransformer)) {
            throw new IllegalArgumentException("a model of the class "
                    + run.model().getClass().getSimpleName()
                    + " has no counterpart in other programs; transformers have (Gpt, Llama)");
        }
        if (maxShardSize < 1) {
            throw new IllegalArgumentException("a file of weights needs at least 1 byte, not " + maxShardSize);
        }
    }

    /** A run, as it is. */
    public static Export of(Run run) {
        return new Export(Objects.requireNonNull(run, "a run"), Optional.empty(), bytes(SHARD));
    }

    /**
     * With numbers in this type, rounded to the nearest: {@code "float32"}, {@code "float16"} or {@code "bfloat16"}.
     */
    public Export dtype(String dtype) {
        return dtype(Dtype.of(dtype));
    }

    /** With numbers in this type, rounded to the nearest. */
    public Export dtype(Dtype dtype) {
        return new Export(run, Optional.of(dtype), maxShardSize);
    }

    /** With files of weights of at most this size, such as {@code "5GB"}, {@code "200MB"} or {@code "1GiB"}. */
    public Export maxShardSize(String size) {
        return new Export(run, chosen, bytes(size));
    }

    private static long bytes(String size) {
        var found = SIZE.matcher(size.strip());
        if (!found.matches()) {
            throw new IllegalArgumentException("the largest size of a file should be such as 5GB, 200MB or 1GiB, not \""
                    + JsonFields.shown(size) + "\"");
        }
        int power = "KMGT".indexOf(found.group(2).toUpperCase(Locale.ROOT))
                + (found.group(2).isEmpty() ? 0 : 1);
        double unit = found.group(3).isEmpty() ? 1_000 : 1_024;
        return (long) (Double.parseDouble(found.group(1)) * Math.pow(unit, power));
    }

    /** The model that is written; that beneath an adapter where the run has one. */
    public Transformer model() {
        return run.model() instanceof AdaptedTransformer adapted ? adapted.withoutAdapter() : (Transformer) run.model();
    }

    /** With an adapter merged into the weights, where there is one. */
    private Export merged() {
        return new Export(run.merged(), chosen, maxShardSize);
    }

    /**
     * The family of transformers that the model is written as.
     *
     * @throws IllegalArgumentException if there is none, with what each lacks
     */
    public Family family() {
        return HuggingFaceFolder.family(this);
    }

    /**
     * Writes a folder that transformers reads: config.json, the weights as safetensors, generation_config.json,
     * tokenizer.json, tokenizer_config.json, and chat_template.jinja where the tokenizer has the template's tokens. All
     * is written beside the folder first and then moved: where a model was there stays a whole one, the old or the new.
     *
     * @return the folder
     * @throws IllegalArgumentException in one sentence: why transformers has no counterpart of the model, or why the
     *     folder is not overwritten
     */
    public Path huggingFace(Path folder) {
        return HuggingFaceFolder.write(merged(), folder);
    }

    /**
     * Writes the run's adapter alone, as PEFT does: adapter_config.json and adapter_model.safetensors, which
     * {@code PeftModel.from_pretrained} puts beside the model that the adapter was trained on. Targets that are one
     * layer there, such as GPT-2's c_attn, become one A and one B that are the same function. Where tokens were added
     * to the vocabulary, their rows and the tokenizer stand in the folder too, and {@code AutoPeftModelForCausalLM}
     * adds them to the model; before {@code PeftModel.from_pretrained}, {@code resize_token_embeddings} has to.
     *
     * @return the folder
     * @throws IllegalArgumentException if the run's model has no adapter, or transformers no counterpart of the model
     *     beneath
     */
    public Path peft(Path folder) {
        if (!(run.model() instanceof AdaptedTransformer adapted)) {
            throw new IllegalArgumentException(
                    "the model of " + run.id() + " has no adapter: train one with lora(…), or"
                            + " write the whole model with huggingFace(folder)");
        }
        var source = Source.of(run);
        return PeftWriting.write(adapted, family(), source, run, folder);
    }

    /** The same. */
    public Path peft(String folder) {
        return peft(Path.of(folder));
    }

    /**
     * Writes the model as a file that llama2.c's {@code run.c} reads, in float32, and {@code tokenizer.bin} beside it.
     *
     * @return the file
     * @throws IllegalArgumentException in one sentence: why llama2.c has no counterpart of the model or the tokenizer
     */
    public Path llama2c(Path file) {
        return Llama2c.write(merged(), file);
    }

    /**
     * Writes a GGUF file, an adapter merged into the weights, which llama.cpp, Ollama and others run: weights,
     * tokenizer and chat template. Weights are written in the {@linkplain #dtype chosen} type; unless one is, in the
     * first of float16, bfloat16 and float32 that keeps each as it is. Norms, biases and learned positions stay
     * float32.
     *
     * @return the file
     * @throws IllegalArgumentException in one sentence: why llama.cpp has no counterpart of the model or the tokenizer
     */
    public Path gguf(Path file) {
        return GgufModel.write(merged(), file, Optional.empty());
    }

    /** The same. */
    public Path gguf(String file) {
        return gguf(Path.of(file));
    }

    /** The same in this type: {@code "F32"}, {@code "F16"}, {@code "BF16"} or {@code "Q8_0"}, which is 8.5 bits. */
    public Path gguf(Path file, String type) {
        return GgufModel.write(merged(), file, Optional.of(GgmlType.of(type)));
    }

    /** The same. */
    public Path huggingFace(String folder) {
        return huggingFace(Path.of(folder));
    }
}
