package trivium.pretrained;

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
