package trivium.pretrained;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import trivium.tensor.Dtype;

/** How numbers stand in a GGUF file, by ggml's names; the first three lose as much as {@link Dtype}'s do. */
public enum GgmlType {
    F32(0, 0, 1, Float.BYTES),
    F16(1, 1, 1, Short.BYTES),
    BF16(30, 32, 1, Short.BYTES),
    /**
     * Blocks of 32 numbers in a row: a scale d in float16, the largest magnitude over 127, and 32 whole numbers of 8
     * bits, the nearest to x / d, halves away from zero (ggml's {@code quantize_row_q8_0_ref}). The rest of a row that
     * is no multiple of 32 has no block, so such a tensor is written as F16.
     */
    Q8_0(8, 7, 32, Short.BYTES + 32);

    private static final int LARGEST = 127;

    private final int id;
    private final int fileType;
    private final int block;
    private final int blockBytes;

    GgmlType(int id, int fileType, int block, int blockBytes) {
        this.id = id;
        this.fileType = fileType;
        this.block = block;
        this.blockBytes = blockBytes;
    }

    /** By its name, in letters of either case. */
    static GgmlType of(String name) {
        return Arrays.stream(values())
                .filter(type -> type.name().equals(name.toUpperCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("a GGUF file is written as "
                        + Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", ")) + ", not as \""
                        + name + "\""));
    }

    static GgmlType of(Dtype dtype) {
        return of(dtype.name());
    }

    /** Its number in a tensor's description. */
    int id() {
        return id;
    }

    /** The number of a file most of whose tensors have this type ({@code general.file_type}). */
    int fileType() {
        return fileType;
    }

    /** The same without blocks; empty for blocks. */
    Optional<Dtype> dtype() {
        return Dtype.find(name());
    }

    /** Whether rows of this length can be written so. */
    boolean takesRowsOf(int length) {
        return length % block == 0;
    }

    /** Whether a number of this magnitude is written as a finite one. */
    boolean reaches(float magnitude) {
        return switch (this) {
            case F32, BF16 -> true;
            case F16 -> Float.isFinite(half(magnitude));
            case Q8_0 -> Float.isFinite(half(magnitude / LARGEST));
        };
    }

    private static float half(float value) {
        return Float.float16ToFloat(Float.floatToFloat16(value));
    }

    /** Bytes of so many numbers in whole blocks. */
    long bytes(long numbers) {
        return numbers / block * blockBytes;
    }

    /** Writes numbers, whole blocks of them, into a buffer of little-endian order. */
    void put(float[] values, ByteBuffer to) {
        if (this != Q8_0) {
            dtype().orElseThrow().put(values, to);
            return;
        }
        for (int from = 0; from < values.length; from += block) {
            float largest = 0;
            for (int i = from; i < from + block; i++) {
                largest = Math.max(largest, Math.abs(values[i]));
            }
            float scale = largest / LARGEST;
            float inverse = scale == 0 ? 0 : 1 / scale;
            to.putShort(Float.floatToFloat16(scale));
            for (int i = from; i < from + block; i++) {
                to.put((byte) rounded(values[i] * inverse));
            }
        }
    }

    /** C's {@code roundf}: the nearest whole number, halves away from zero. */
    private static int rounded(float value) {
        float magnitude = Math.abs(value);
        int whole = (int) magnitude;
        int nearest = magnitude - whole >= 0.5f ? whole + 1 : whole;
        return value < 0 ? -nearest : nearest;
    }
}
