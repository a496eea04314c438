package trivium.run;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import trivium.data.files.ContentHash;
import trivium.model.JsonFields;
import trivium.model.Models;
import trivium.model.Parameters;
import trivium.text.Tokenizer;

/** SHA-256 of what a training starts from: the same content, the same fingerprint, whatever it is called. */
public final class Fingerprint {

    /** Hexadecimal digits of a fingerprint: enough to tell apart all runs anybody makes, and short in a table. */
    private static final int DIGITS = 16;

    private static final int CHUNK = 1 << 16;

    private Fingerprint() {}

    /**
     * The fingerprint of a run's model (shape and weights, float32 or resting in bfloat16) and tokenizer: 16
     * hexadecimal digits.
     */
    public static String of(Run run) {
        var digest = ContentHash.sha256();
        digest.update(Models.identity(run.model()).getBytes(StandardCharsets.UTF_8));
        run.model().beneath().ifPresent(beneath -> update(digest, beneath));
        update(digest, run.model().parameters());
        digest.update(run.tokenizer().identity().getBytes(StandardCharsets.UTF_8));
        return hex(digest).substring(0, DIGITS);
    }

    /** The fingerprint of a tokenizer: 16 hexadecimal digits. */
    public static String of(Tokenizer tokenizer) {
        var digest = ContentHash.sha256();
        digest.update(tokenizer.identity().getBytes(StandardCharsets.UTF_8));
        return hex(digest).substring(0, DIGITS);
    }

    /** SHA-256 of a file's bytes: all 64 digits. */
    public static String of(Path file) throws IOException {
        JsonFields.requireFile(file);
        var digest = ContentHash.sha256();
        var bytes = new byte[CHUNK];
        try (var in = Files.newInputStream(file)) {
            for (int n = in.read(bytes); n >= 0; n = in.read(bytes)) {
                digest.update(bytes, 0, n);
            }
        }
        return hex(digest);
    }

    private static void update(MessageDigest digest, Parameters parameters) {
        var bytes = ByteBuffer.allocate(CHUNK * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (long at = 0; at < parameters.count(); at += CHUNK) {
            int n = (int) Math.min(CHUNK, parameters.count() - at);
            bytes.clear();
            bytes.asFloatBuffer().put(parameters.toArray(at, n));
            digest.update(bytes.limit(n * Float.BYTES));
        }
    }

    private static String hex(MessageDigest digest) {
        return HexFormat.of().formatHex(digest.digest());
    }
}
