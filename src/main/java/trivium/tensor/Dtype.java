package trivium.tensor;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How numbers stand in files of weights, little-endian; in memory all are float32. */
public enum Dtype {
    /** IEEE single precision: 24 bits of significand. */
    F32(Float.BYTES, "float32"),
    /** IEEE half precision: 11 bits of significand, up to 65,504. */
    F16(Short.BYTES, "float16"),
    /** bfloat16, the upper half of a float32: 8 bits of significand, float32's range. */
    BF16(Short.BYTES, "bfloat16");

    private static final int LOWER_BITS = 16;
    private static final int HALF = 0x7fff;
    private static final int CHUNK = 1 << 14;

    private final int bytes;
    private final String torchName;

    Dtype(int bytes, String torchName) {
        this.bytes = bytes;
        this.torchName = torchName;
    }

    /** Bytes a number. */
    public int bytes() {
        return bytes;
    }

    /** What PyTorch calls it: {@code float32}, {@code float16}, {@code bfloat16}. */
    public String torchName() {
        return torchName;
    }

    /**
     * By the name, in letters of either case, that safetensors, PyTorch or a config.json has for it; empty for what is
     * none of the three.
     */
    public static Optional<Dtype> find(String name) {
        var lower = name.toLowerCase(Locale.ROOT).replace("torch.", "");
        return Arrays.stream(values())
                .filter(dtype -> dtype.torchName.equals(lower) || dtype.name().equalsIgnoreCase(lower))
                .findFirst();
    }

    /**
     * The same.
     *
     * @throws IllegalArgumentException naming the three for another name
     */
    public static Dtype of(String name) {
        return find(name)
                .orElseThrow(() -> new IllegalArgumentException(
                        "the dtype must be float32, float16 or bfloat16, not \"" + name + "\""));
    }

    /** The number nearest to {@code value}, ties to even, as the bits of this type; float16 may answer infinity. */
    private int encoded(float value) {
        return switch (this) {
            case F32 -> Float.floatToRawIntBits(value);
            case F16 -> Float.floatToFloat16(value);
            case BF16 -> {
                int bits = Float.floatToRawIntBits(value);
                yield Float.isNaN(value)
                        ? bits >>> LOWER_BITS | 1
                        : (bits + ((bits >>> LOWER_BITS) & 1) + HALF) >>> LOWER_BITS;
            }
        };
    }

    /** The number of this type that is nearest to {@code value}, ties to even. */
    public float rounded(float value) {
        return decoded(encoded(value));
    }

    private float decoded(int bits) {
        return switch (this) {
            case F32 -> Float.intBitsToFloat(bits);
            case F16 -> Float.float16ToFloat((short) bits);
            case BF16 -> Float.intBitsToFloat(bits << LOWER_BITS);
        };
    }

    /** Whether so many numbers from {@code offset} on stay what they are, to the last bit, when they are written so. */
    public boolean holds(Floats values, long offset, long count) {
        if (this == F32) {
            return true;
        }
        if (this == BF16) {
            return BrainFloats.hold(values, offset, count);
        }
        for (long at = 0; at < count; at += CHUNK) {
            for (float value : values.toArray(offset + at, (int) Math.min(CHUNK, count - at))) {
                if (Float.floatToRawIntBits(rounded(value)) != Float.floatToRawIntBits(value)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** Writes numbers, each rounded to the nearest, into a buffer of little-endian order. */
    public void put(float[] values, ByteBuffer to) {
        for (float value : values) {
            if (bytes == Float.BYTES) {
                to.putInt(encoded(value));
            } else {
                to.putShort((short) encoded(value));
            }
        }
    }
}
