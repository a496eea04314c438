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
        assertSentence(
                "dropout must be from 0 to under 1, not 1.0", () -> Gpt.tiny().dropout(1));
        assertSentence(
                "dropout must be from 0 to under 1, not -0.1", () -> Gpt.tiny().dropout(-0.1));
        assertSentence(
                "dropout must be from 0 to under 1, not NaN", () -> Gpt.tiny().dropout(Double.NaN));
        assertSentence(
                "QK-norm would leave nothing but the sign of heads of size 1; width 12 needs fewer heads than 12",
                () -> Gpt.of(8, 12, 1, 12).headNorm(true));
        assertSentence(
                "a transformer needs an activation, one of [GELU, SWIGLU, RELU_SQUARED]",
                () -> Gpt.tiny().activation(null));
        assertSentence(
                "context, widths and layers go up to 16777216; 1073741824 is too large",
                () -> Gpt.tiny().width(1 << 30));
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
        assertEquals(
                512, Gpt.of(8, 128, 1, 1).activation(Activation.RELU_SQUARED).hidden()); // as in Primer
        assertEquals(256, Llama.of(8, 96, 1, 1, 1).hidden()); // exactly 8/3 · 96
        assertEquals(
                77, Gpt.tiny().feedForward(new FeedForward(Activation.GELU, 77)).hidden());
    }

    @Test
    void changingTheHeadsKeepsTheRestOfAttention() {
        var looking = Gpt.small().attention(new Attention(4, 4, false, true)).heads(8);
        assertEquals(new Attention(8, 8, false, true), looking.attention());
    }

    @Test
    void oneChoiceLeavesTheOthers() {
        var grouped = Llama.of(8, 48, 2, 4, 2).feedForward(new FeedForward(Activation.SWIGLU, 77));
        var chosen = grouped.headNorm(true).dropout(0.2).activation(Activation.RELU_SQUARED);
        assertEquals(new Attention(4, 2, true, true), chosen.attention());
        assertEquals(new FeedForward(Activation.RELU_SQUARED, 77), chosen.feedForward());
        assertEquals(grouped, chosen.headNorm(false).dropout(0).activation(Activation.SWIGLU), "and can be taken back");
    }
}
