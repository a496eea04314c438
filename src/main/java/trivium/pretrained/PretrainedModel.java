package trivium.pretrained;

import trivium.text.Numbers;

/**
 * A model of the catalogue.
 *
 * @param name what it is downloaded by
 * @param parameters how many numbers it consists of
 * @param megabytes of all its files, about (10⁶ bytes)
 * @param licence under which terms it may be used
 * @param repository owner and name on Hugging Face
 * @param format of its files: "safetensors" (a folder with config.json and tokenizer.json) or "llama2.c"
 */
public record PretrainedModel(
        String name, long parameters, int megabytes, String licence, String repository, String format) {

    static final String SAFETENSORS = "safetensors";
    static final String LLAMA2C = "llama2.c";

    @Override
    public String toString() {
        return name + ": " + Numbers.count(parameters) + " parameters, about " + Numbers.count(megabytes) + " MB, "
                + licence + ", https://huggingface.co/" + repository;
    }
}
