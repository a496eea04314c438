package trivium.model;

import trivium.model.Architecture.Activation;
import trivium.model.Architecture.Attention;
import trivium.model.Architecture.Conventions;
import trivium.model.Architecture.FeedForward;
import trivium.model.Architecture.Norm;
import trivium.model.Architecture.Position;

/**
 * Presets in Llama's conventions (Touvron et al. 2023): rotary positions, RMSNorm, SwiGLU, keys and values shared
 * between heads, separate head, no biases.
 */
public final class Llama {

    private Llama() {}

    /** 4 layers, width 128, 4 heads over 2, context 128: the size of {@link Gpt#small()}. */
    public static Architecture small() {
        return of(128, 128, 4, 4, 2);
    }

    /** A Llama of your own. */
    public static Architecture of(int context, int width, int layers, int heads, int keyValueHeads) {
        return new Architecture(
                context,
                width,
                layers,
                new Attention(heads, keyValueHeads, true),
                new FeedForward(Activation.SWIGLU, 0),
                new Conventions(Norm.RMS_NORM, Position.ROTARY, false, false));
    }
}
