package trivium.data.files;

/**
 * The prompts of Stanford Alpaca (Taori et al. 2023, {@code PROMPT_DICT} in the project's train.py), to the character.
 * Models fine-tuned on Alpaca data expect them.
 */
public final class Alpaca {

    private Alpaca() {}

    /** The prompt for an instruction; a blank input gets the template without one. */
    public static String prompt(String instruction, String input) {
        return input.isBlank() ? """
                Below is an instruction that describes a task. \
                Write a response that appropriately completes the request.

                ### Instruction:
                %s

                ### Response:""".formatted(instruction) : """
                Below is an instruction that describes a task, paired with an input that provides further context. \
                Write a response that appropriately completes the request.

                ### Instruction:
                %s

                ### Input:
                %s

                ### Response:""".formatted(instruction, input);
    }
}
