package trivium.run;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import trivium.data.files.ContentHash;

/**
 * Numbers that a training computes once: SHA-256 of what follows (32 bytes), then each as float64, little-endian.
 * docs/formats.md has the format.
 */
final class NumbersFile {

    private static final int HASH_BYTES = 32;

    private NumbersFile() {}

    static void write(Path file, double[] numbers) throws IOException {
        var content = ByteBuffer.allocate(Math.multiplyExact(numbers.length, Double.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        content.asDoubleBuffer().put(numbers);
        AtomicFile.write(file, temporary -> {
            try (var out = Files.newOutputStream(temporary)) {
                out.write(ContentHash.sha256().digest(content.array()));
                out.write(content.array());
            }
        });
    }

    /** The numbers, if the file is there, holds so many and is as it was written. */
    static Optional<double[]> read(Path file, int count) throws IOException {
        long bytes = HASH_BYTES + (long) count * Double.BYTES;
        if (!Files.exists(file) || Files.size(file) != bytes) {
            return Optional.empty();
        }
        byte[] all = Files.readAllBytes(file);
        byte[] content = Arrays.copyOfRange(all, HASH_BYTES, all.length);
        if (!Arrays.equals(ContentHash.sha256().digest(content), Arrays.copyOf(all, HASH_BYTES))) {
            return Optional.empty();
        }
        var numbers = new double[count];
        ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer().get(numbers);
        return Optional.of(numbers);
    }
}
