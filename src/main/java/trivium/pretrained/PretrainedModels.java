package trivium.pretrained;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import trivium.run.Progress;

/**
 * Small models that many people have used, of families that {@code load} reads.
 *
 * <pre>{@code
 * var base = load(PretrainedModels.download("SmolLM2-135M", Progress.SILENT));
 * }</pre>
 *
 * The TinyStories models of 1 to 33 million parameters (Eldan and Li 2023, arXiv:2305.07759) are of the family GPT-Neo,
 * every other layer of which sees the last 256 tokens: they are read with a context of 256. They are not in this list,
 * because their repositories hold pickles only, which are not read: transformers'
 * {@code AutoModelForCausalLM.from_pretrained("roneneldan/TinyStories-1M").save_pretrained(folder)}, and the same of
 * the tokenizer, writes a folder that {@code load} reads. The stories models here are of the same data, and Llamas.
 */
public final class PretrainedModels {

    private static final List<PretrainedModel> CATALOGUE = List.of(
            model("distilgpt2", 81_912_576, 355, "Apache 2.0", "distilbert/distilgpt2"),
            model("gpt2", 124_439_808, 551, "MIT", "openai-community/gpt2"),
            model("SmolLM2-135M", 134_515_008, 271, "Apache 2.0", "HuggingFaceTB/SmolLM2-135M"),
            model("SmolLM2-135M-Instruct", 134_515_008, 271, "Apache 2.0", "HuggingFaceTB/SmolLM2-135M-Instruct"),
            model("SmolLM2-360M", 361_821_120, 726, "Apache 2.0", "HuggingFaceTB/SmolLM2-360M"),
            model("SmolLM2-360M-Instruct", 361_821_120, 726, "Apache 2.0", "HuggingFaceTB/SmolLM2-360M-Instruct"),
            stories("stories260K", 260_032, 1),
            stories("stories15M", 15_191_712, 61),
            stories("stories42M", 41_689_600, 167),
            stories("stories110M", 109_529_856, 439),
            model("pythia-14m", 14_067_712, 30, "Apache 2.0", "EleutherAI/pythia-14m"),
            model("pythia-31m", 30_494_720, 63, "Apache 2.0", "EleutherAI/pythia-31m"),
            model("pythia-70m", 70_426_624, 168, "Apache 2.0", "EleutherAI/pythia-70m"),
            model("pythia-160m", 162_322_944, 377, "Apache 2.0", "EleutherAI/pythia-160m"),
            model("Qwen3-0.6B", 596_049_920, 1_515, "Apache 2.0", "Qwen/Qwen3-0.6B"));

    private PretrainedModels() {}

    private static PretrainedModel model(String name, long parameters, int megabytes, String licence, String from) {
        return new PretrainedModel(name, parameters, megabytes, licence, from, PretrainedModel.SAFETENSORS);
    }

    private static PretrainedModel stories(String name, long parameters, int megabytes) {
        return new PretrainedModel(name, parameters, megabytes, "MIT", "karpathy/tinyllamas", PretrainedModel.LLAMA2C);
    }

    /** All there are. */
    public static List<PretrainedModel> catalogue() {
        return CATALOGUE;
    }

    /**
     * The model of this name.
     *
     * @throws IllegalArgumentException naming those there are, if there is no such one
     */
    public static PretrainedModel named(String name) {
        return CATALOGUE.stream()
                .filter(model -> model.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no model \"" + name
                        + "\" in the catalogue; there are "
                        + CATALOGUE.stream().map(PretrainedModel::name).collect(Collectors.joining(", "))
                        + ", and any repository of Hugging Face as OWNER/NAME"));
    }

    /**
     * The folder of a model in the user's cache, after downloading what is missing there.
     *
     * @param name of the catalogue, or a repository of Hugging Face as {@code OWNER/NAME}, {@code OWNER/NAME@REVISION}
     * @throws IllegalArgumentException if there is no such model, or its server refuses it or serves something else
     * @throws java.io.UncheckedIOException saying what to do, if it cannot be downloaded
     * @throws java.util.concurrent.CancellationException if the thread is interrupted; the next call goes on from there
     */
    public static Path download(String name, Progress progress) {
        return Hub.ofUser(progress).fetch(Repository.of(name));
    }

    /** The same in a folder of one's own. */
    public static Path download(String name, Path folder, Progress progress) {
        return Hub.ofUser(progress).fetch(Repository.of(name), folder);
    }
}
