package trivium.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import trivium.model.Architecture.Activation;
import trivium.model.Architecture.Attention;
import trivium.model.Architecture.FeedForward;

class ArchitectureTest {

    @Test
    void saysWhatIsWrong() {
        assertSentence(
                "width 130 is not a multiple of heads 4", () -> Gpt.small().width(130));
        assertSentence(
                "width 128 is not a multiple of heads 0", () -> Gpt.small().heads(0));
        assertSentence("heads 4 is not a multiple of key-value heads 3", () -> Llama.of(8, 128, 1, 4, 3));
        assertSentence("rotary positions need an even head size, not 20 / 4", () -> Llama.of(8, 20, 1, 4, 4));
        assertSentence(
                "context must be at least 1 token, not 0", () -> Gpt.tiny().context(0));
        assertSentence("layers must be at least 1, not -1", () -> Gpt.tiny().layers(-1));
        assertSentence(
                "the feed-forward width must not be negative: -5",
                () -> Gpt.tiny().feedForward(new FeedForward(Activation.GELU, -5)));
        assertSentence("a vocabulary needs at least 2 tokens, not 1", () -> Transformer.of(Gpt.tiny(), 1, 0));
    }

    private static void assertSentence(String sentence, Executable making) {
        assertEquals(
                sentence, assertThrows(IllegalArgumentException.class, making).getMessage());
    }

    @Test
    void theConventionsDecideTheInnerWidth() {
        assertEquals(512, Gpt.of(8, 128, 1, 1).hidden());
        assertEquals(352, Llama.of(8, 128, 1, 1, 1).hidden()); // 8/3 · 128 = 341.3, and 352 = 11 · 32
        assertEquals(256, Llama.of(8, 96, 1, 1, 1).hidden()); // exactly 8/3 · 96
        assertEquals(
                77, Gpt.tiny().feedForward(new FeedForward(Activation.GELU, 77)).hidden());
    }

    @Test
    void changingTheHeadsKeepsTheDirection() {
        var looking = Gpt.small().attention(new Attention(4, 4, false)).heads(8);
        assertEquals(new Attention(8, 8, false), looking.attention());
    }
}
