package trivium.tensor;

import java.util.Locale;

/** In what a model's matrix products are computed; weights, sums and everything else are float32 in either. */
public enum Precision {
    /** IEEE single precision, 24 bits of significand. */
    FLOAT32,
    /**
     * Factors rounded to bfloat16, 8 bits of significand and float32's range, products summed in float32: mixed
     * precision (Micikevicius et al. 2018; Kalamkar et al. 2019), about twice as fast where the processor multiplies
     * bfloat16 itself (AVX512_BF16).
     */
    BF16;

    /** By name, in letters of either case. */
    public static Precision of(String name) {
        try {
            return valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the precision must be FLOAT32 or BF16, not \"" + name + "\"", e);
        }
    }

    /** Whether this machine computes in this precision; bfloat16 without the processor's help is not offered. */
    public boolean available() {
        return this == FLOAT32 || Blas.multipliesBf16();
    }
}
