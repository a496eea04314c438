package trivium.data.files;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** The two prompts, copied out by hand from the {@code PROMPT_DICT} of Stanford Alpaca's train.py. */
class AlpacaTest {

    @Test
    void withInput() {
        assertEquals("""
                Below is an instruction that describes a task, paired with an input that provides further context. \
                Write a response that appropriately completes the request.

                ### Instruction:
                Add 100% of it.

                ### Input:
                1 and %s

                ### Response:""", Alpaca.prompt("Add 100% of it.", "1 and %s"));
    }

    @Test
    void withoutInput() {
        assertEquals("""
                Below is an instruction that describes a task. \
                Write a response that appropriately completes the request.

                ### Instruction:
                Say hello.

                ### Response:""", Alpaca.prompt("Say hello.", ""));
    }
}
