package trivium.pretrained;

import java.util.Optional;
import trivium.model.Architecture;
import trivium.model.Architecture.Norm;
import trivium.model.Architecture.Placement;
import trivium.model.Architecture.Position;
import trivium.model.Architecture.QkNorm;

/** What several families lack. */
final class CommonLacks {

    private CommonLacks() {}

    /** Every family is a causal language model; all but GPT-Neo divide products of queries and keys by √D. */
    static Optional<String> causal(Architecture architecture) {
        return looksBack(architecture)
                .or(() -> architecture.attention().scale() == 0
                        ? Optional.empty()
                        : Optional.of("its products of queries and keys are multiplied by "
                                + architecture.attention().scale()));
    }

    static Optional<String> looksBack(Architecture architecture) {
        return architecture.attention().causal()
                ? Optional.empty()
                : Optional.of("its attention looks ahead, as models of missing words do");
    }

    /** GPT-2 and GPT-NeoX have LayerNorm and biases, which are written as zeros for a model without. */
    static Optional<String> layerNorm(Architecture architecture) {
        var conventions = architecture.conventions();
        var biases = conventions.biases();
        if (conventions.norm() != Norm.LAYER_NORM) {
            return Optional.of("its norms are not LayerNorm");
        }
        if (conventions.embeddingScale() != 1) {
            return Optional.of("its embedding is scaled");
        }
        if (Activations.plainName(architecture.feedForward().activation()).isEmpty()) {
            return Optional.of(
                    "its feed-forward layer, " + architecture.feedForward().activation() + ", has a gate");
        }
        if (biases.head()) {
            return Optional.of("its head has a bias");
        }
        return Optional.empty();
    }

    /** GPT-2 and GPT-Neo have learned positions, and the feed-forward layer behind attention. */
    static Optional<String> likeGpt2(Architecture architecture) {
        if (architecture.conventions().position() != Position.LEARNED) {
            return Optional.of("its positions are rotary");
        }
        return architecture.feedForward().placement() == Placement.AFTER_ATTENTION
                ? onlyWholeHeads(architecture)
                : Optional.of("its feed-forward layer stands beside attention, or norms behind the layers");
    }

    /** Heads of width / heads, each with keys and values of its own, without QK-norm. */
    static Optional<String> onlyWholeHeads(Architecture architecture) {
        var attention = architecture.attention();
        if (attention.keyValueHeads() != attention.heads()) {
            return Optional.of("its heads share keys and values");
        }
        if (architecture.headSize() * attention.heads() != architecture.width()) {
            return Optional.of("its heads are not of width / heads");
        }
        return attention.qkNorm() == QkNorm.NONE ? Optional.empty() : Optional.of("it has QK-norm");
    }
}
