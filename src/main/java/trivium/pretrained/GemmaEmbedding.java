package trivium.pretrained;

import java.util.Arrays;
import java.util.stream.Collectors;
import trivium.model.Architecture;
import trivium.tensor.Dtype;

/**
 * What Gemma multiplies its embedding by: √width, which transformers rounds to the type that it computes in, the one
 * that {@code config.json} says its weights have ({@code modeling_gemma.py}, GemmaTextScaledWordEmbedding).
 */
final class GemmaEmbedding {

    private GemmaEmbedding() {}

    static double scale(ConfigFields config, int width) {
        var name = config.text("dtype", config.text("torch_dtype", Dtype.F32.torchName()));
        return scale(width, Dtype.find(name).orElse(Dtype.F32));
    }

    private static double scale(int width, Dtype dtype) {
        return dtype.rounded((float) Math.sqrt(width));
    }

    /** Refuses a type of weights with which transformers would multiply by another number than the model does. */
    static void requireKept(Architecture architecture, Dtype dtype) {
        double scale = architecture.conventions().embeddingScale();
        int width = architecture.width();
        if (scale == 1 || (float) scale == scale(width, dtype)) {
            return;
        }
        var keeping = Arrays.stream(Dtype.values())
                .filter(other -> (float) scale == scale(width, other))
                .map(other -> "dtype(\"" + other.torchName() + "\")")
                .collect(Collectors.joining(" or "));
        throw new IllegalArgumentException("the model's embedding is multiplied by " + (float) scale
                + ", and transformers rounds √" + width + " to the type of the weights, to "
                + (float) scale(width, dtype) + " in " + dtype.torchName() + ", which would be another model; "
                + keeping + " keeps it");
    }

    /** Whether it is that of some type. */
    static boolean isScale(double scale, int width) {
        for (var dtype : Dtype.values()) {
            if (scale == scale(width, dtype) || scale == Math.sqrt(width)) {
                return true;
            }
        }
        return false;
    }
}
