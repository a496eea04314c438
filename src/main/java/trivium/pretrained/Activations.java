package trivium.pretrained;

import java.util.Optional;
import trivium.model.Architecture.Activation;

/** The names of non-linearities in a {@code config.json} (transformers' {@code ACT2FN}). */
final class Activations {

    private Activations() {}

    /** Of a feed-forward layer with one product: down(f(up(x))). */
    static Activation plain(ConfigFields config, String setting, String missing) {
        return switch (config.text(setting, missing)) {
            case "gelu", "gelu_python" -> Activation.GELU_ERF;
            case "gelu_new", "gelu_pytorch_tanh", "gelu_fast", "gelu_accurate", "gelu_python_tanh" -> Activation.GELU;
            case "relu2" -> Activation.RELU_SQUARED;
            default ->
                throw config.unsupported(
                        setting, "supported are gelu, gelu_new, gelu_pytorch_tanh, gelu_fast and relu2");
        };
    }

    /** Of a feed-forward layer with a gate: down(f(gate(x)) · up(x)). */
    static Activation gated(ConfigFields config, String setting, String missing) {
        return switch (config.text(setting, missing)) {
            case "silu", "swish" -> Activation.SWIGLU;
            case "gelu", "gelu_python" -> Activation.GEGLU_ERF;
            case "gelu_new", "gelu_pytorch_tanh", "gelu_fast", "gelu_accurate", "gelu_python_tanh" -> Activation.GEGLU;
            default -> throw config.unsupported(setting, "supported are silu, gelu and gelu_pytorch_tanh");
        };
    }

    /** How a config.json calls one of {@link #plain}; empty for another. */
    static Optional<String> plainName(Activation activation) {
        return switch (activation) {
            case GELU -> Optional.of("gelu_new");
            case GELU_ERF -> Optional.of("gelu");
            case RELU_SQUARED -> Optional.of("relu2");
            case SWIGLU, GEGLU, GEGLU_ERF -> Optional.empty();
        };
    }

    /** How a config.json calls one of {@link #gated}; empty for another. */
    static Optional<String> gatedName(Activation activation) {
        return switch (activation) {
            case SWIGLU -> Optional.of("silu");
            case GEGLU -> Optional.of("gelu_pytorch_tanh");
            case GEGLU_ERF -> Optional.of("gelu");
            case GELU, GELU_ERF, RELU_SQUARED -> Optional.empty();
        };
    }
}
