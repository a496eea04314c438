package trivium.model;

import trivium.model.Architecture.Activation;
import trivium.model.Architecture.Attention;
import trivium.model.Architecture.Conventions;
import trivium.model.Architecture.FeedForward;
import trivium.model.Architecture.Norm;
import trivium.model.Architecture.Position;

/**
 * Presets after BERT (Devlin et al. 2018), for filling in missing words: attention in both directions, learned
 * positions, LayerNorm, GELU, biases, tied head.
 *
 * <p>What differs from the paper: the norm stands before each layer and once at the end, as in GPT-2, not after each
 * addition and after the embedding; there are no segment embeddings and no next-sentence task; the head is the tied
 * embedding alone, without the dense layer, norm and bias before it; ε is 1e-5, not 1e-12. Dropout is off:
 * {@code dropout(0.1)} is the paper's, less that of attention weights.
 */
public final class Bert {

    private Bert() {}

    /** 4 layers, width 128, 4 heads, context 128: the size of {@link Gpt#small()}. */
    public static Architecture small() {
        return of(128, 128, 4, 4);
    }

    /** BERT-base's shape: 12 layers, width 768, 12 heads, context 512. */
    public static Architecture base() {
        return of(512, 768, 12, 12);
    }

    /** A BERT of your own. */
    public static Architecture of(int context, int width, int layers, int heads) {
        return new Architecture(
                context,
                width,
                layers,
                new Attention(heads, heads, false),
                new FeedForward(Activation.GELU, 0),
                new Conventions(Norm.LAYER_NORM, Position.LEARNED, true, true));
    }
}
