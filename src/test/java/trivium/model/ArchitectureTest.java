package trivium.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import trivium.model.Architecture.Activation;
import trivium.model.Architecture.Attention;
import trivium.model.Architecture.FeedForward;
import trivium.model.Architecture.QkNorm;
import trivium.model.Architecture.Rotary;

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
                () -> Gpt.of(8, 12, 1, 12).qkNorm(QkNorm.HEAD));
        assertSentence(
                "a transformer needs an activation, one of [GELU, GELU_ERF, SWIGLU, GEGLU, GEGLU_ERF, RELU_SQUARED]",
                () -> Gpt.tiny().activation(null));
        assertSentence(
                "context, widths and layers go up to 16777216; 1073741824 is too large",
                () -> Gpt.tiny().width(1 << 30));
        assertSentence(
                "rotary positions turn pairs of elements; a share of 0.04 of 20 is 0",
                () -> Llama.of(8, 40, 1, 2, 2).headSize(20).rotary(new Rotary(1e4, 0.04, RotaryScaling.NONE)));
        assertSentence(
                "rotary positions need an even head size, not 9",
                () -> Llama.of(8, 40, 1, 2, 2).headSize(9));
        assertSentence(
                "a rotary share or scaling needs rotary positions; learned ones are not turned",
                () -> Gpt.tiny().rotary(new Rotary(1e4, 1, RotaryScaling.linear(2))));
        assertSentence(
                "the rotary share of a head must be above 0 and at most 1, not 1.5",
                () -> Llama.small().rotary(new Rotary(1e4, 1.5, RotaryScaling.NONE)));
        assertSentence(
                "theta of rotary positions must be above 0, not -1.0",
                () -> Llama.small().rotaryTheta(-1));
        assertSentence(
                "epsilon of norms must be above 0 in float32, not 1.0E-60",
                () -> Gpt.tiny().epsilon(1e-60));
        assertSentence(
                "the head size must not be negative: -2", () -> Gpt.tiny().headSize(-2));
        assertSentence(
                "QK-norm would leave nothing but the sign of heads of size 1",
                () -> Gpt.tiny().headSize(1).qkNorm(QkNorm.HEAD));
        assertSentence(
                "QK-norm would leave nothing but the sign of keys that are one number",
                () -> Gpt.of(8, 4, 1, 4).attention(new Attention(4, 1, true, QkNorm.WIDTH)));
        assertSentence(
                "the embedding's scale must be above 0 in float32, not -2.0",
                () -> Gpt.tiny().embeddingScale(-2));
        assertSentence("rotary scaling needs a factor from 1, not 0.5", () -> RotaryScaling.linear(0.5));
        assertSentence(
                "rotary scaling YARN needs the context that the model was trained on before, not 0",
                () -> RotaryScaling.yarn(4, 0));
        assertSentence(
                "rotary scaling LLAMA3 needs turns 0 < slow < fast, not 4.0 and 1.0",
                () -> new RotaryScaling(RotaryScaling.Kind.LLAMA3, 8, 8_192, 4, 1));
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
        var looking =
                Gpt.small().attention(new Attention(4, 4, false, QkNorm.HEAD)).heads(8);
        assertEquals(new Attention(8, 8, false, QkNorm.HEAD), looking.attention());
    }

    @Test
    void oneChoiceLeavesTheOthers() {
        var grouped = Llama.of(8, 48, 2, 4, 2).feedForward(new FeedForward(Activation.SWIGLU, 77));
        var chosen = grouped.qkNorm(QkNorm.HEAD).dropout(0.2).activation(Activation.RELU_SQUARED);
        assertEquals(new Attention(4, 2, true, QkNorm.HEAD), chosen.attention());
        assertEquals(new FeedForward(Activation.RELU_SQUARED, 77), chosen.feedForward());
        assertEquals(
                grouped, chosen.qkNorm(QkNorm.NONE).dropout(0).activation(Activation.SWIGLU), "and can be taken back");
    }
}
