package trivium.model;

import trivium.model.Architecture.Activation;
import trivium.model.Architecture.Attention;
import trivium.model.Architecture.Conventions;
import trivium.model.Architecture.FeedForward;
import trivium.model.Architecture.Norm;
import trivium.model.Architecture.Position;

/**
 * Presets in GPT-2's conventions (Radford et al. 2019): learned positions, LayerNorm before each layer, GELU, tied
 * head; without biases, as nanoGPT trains them.
 */
public final class Gpt {

    private Gpt() {}

    /** 2 layers, width 64, context 64: about 0.1 M parameters, for a demonstration that takes seconds. */
    public static Architecture tiny() {
        return of(64, 64, 2, 2);
    }

    /**
     * 4 layers, width 128, context 128: about 0.8 M parameters, trained in minutes on a laptop; with
     * {@code context(64)} nanoGPT's CPU configuration.
     */
    public static Architecture small() {
        return of(128, 128, 4, 4);
    }

    /** 6 layers, width 384, context 256: about 10.6 M parameters, nanoGPT's Shakespeare configuration. */
    public static Architecture medium() {
        return of(256, 384, 6, 6);
    }

    /** GPT-2 small's shape: 12 layers, width 768, context 1,024, with biases. */
    public static Architecture gpt2() {
        var plain = of(1_024, 768, 12, 12);
        return plain.conventions(new Conventions(Norm.LAYER_NORM, Position.LEARNED, true, true));
    }

    /** A GPT of your own. */
    public static Architecture of(int context, int width, int layers, int heads) {
        return new Architecture(
                context,
                width,
                layers,
                new Attention(heads, heads, true),
                new FeedForward(Activation.GELU, 0),
                new Conventions(Norm.LAYER_NORM, Position.LEARNED, false, true));
    }
}
