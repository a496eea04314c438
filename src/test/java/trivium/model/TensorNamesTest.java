package trivium.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import trivium.lstm.Lstm;
import trivium.lstm.LstmShape;
import trivium.model.Parameters.Tensor;

/** Patterns against lists of the names that they mean, written out. */
class TensorNamesTest {

    private static final LanguageModel LLAMA = Llama.of(4, 8, 12, 2, 2).fresh(5, 1);

    private static String matching(LanguageModel model, String... patterns) {
        return new TensorNames(model.parameters().tensors())
                .matching(Arrays.asList(patterns)).stream().map(Tensor::name).collect(Collectors.joining(" "));
    }

    @Test
    void aNameOrNeighbouringPartsOfIt() {
        assertEquals("norm.weight", matching(LLAMA, "norm.weight"));
        assertEquals("blocks.11.mlp.down.weight", matching(LLAMA, "blocks.11.mlp.down.weight"));
        assertEquals(
                "blocks.1.mlp.gate.weight blocks.1.mlp.up.weight blocks.1.mlp.down.weight", matching(LLAMA, "1.mlp"));
    }

    @Test
    void layersByNumber() {
        assertEquals(
                "blocks.0.attention.q.weight blocks.1.attention.q.weight blocks.2.attention.q.weight"
                        + " blocks.10.attention.q.weight",
                matching(LLAMA, "layers.0-2.attention.q", "blocks.10.attention.q"));
        assertEquals(
                "layers.1.input.weight layers.1.recurrent.weight layers.1.bias",
                matching(Lstm.of(new LstmShape(4, 6, 2), 5, 1), "layers.1"));
        assertEquals(matching(LLAMA, "blocks.1"), matching(LLAMA, "layers.1-1"));
    }

    @Test
    void aRole() {
        assertEquals("tokens.weight", matching(LLAMA, "embedding"));
        assertEquals(25, matching(LLAMA, "norm").split(" ", -1).length);
        assertEquals(
                "tokens.weight positions.weight",
                matching(Gpt.of(4, 8, 1, 2).fresh(5, 1), "position", "embedding", "tokens"));
    }

    @Test
    void whatNamesNothingIsRefusedWithTheNamesThereAre() {
        var gpt = Gpt.of(4, 8, 2, 2).fresh(5, 1);
        assertSentence(gpt, "layer.0", "\"layer.0\" names none of the model's tensors; there are tokens.weight, ");
        assertSentence(
                gpt, "layers.1-2", "\"layers.1-2\" names none of the model's tensors at its end layers.2; there");
        for (var wrong : List.of("", ".", "layers.-1", "EMBEDDING", "layers.99999999999", "layers.1-0x", "weight.")) {
            assertSentence(gpt, wrong, "\"" + wrong + "\" names none of the model's tensors; there are ");
        }
        assertSentence(gpt, "x", "blocks.0-1.attention.q.weight, ");
        assertSentence(gpt, "x", "; roles: embedding, position, norm, matrix, residual");
    }

    private static void assertSentence(LanguageModel model, String pattern, String part) {
        var thrown = assertThrows(IllegalArgumentException.class, () -> matching(model, pattern));
        assertTrue(thrown.getMessage().contains(part), thrown.getMessage());
    }
}
