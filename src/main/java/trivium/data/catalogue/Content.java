package trivium.data.catalogue;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import trivium.data.files.ContentHash;

/**
 * What is known of a file's content before it is here.
 *
 * @param bytes its size; {@link #UNKNOWN} if nobody said
 * @param hash of its bytes, in hexadecimal: 64 digits are SHA-256, 40 are the SHA-1 that Git names a blob by; empty if
 *     nobody said
 */
public record Content(long bytes, String hash) {

    public static final long UNKNOWN = -1;

    /** Nothing is known. */
    public static final Content NOTHING = new Content(UNKNOWN, "");

    private static final int SHA_256 = 64;

    /**
     * What a server says, as Hugging Face's does: of a large file, which another server delivers, {@code X-Linked-Size}
     * and {@code X-Linked-ETag} (its SHA-256), of a small one {@code ETag} (Git's name of the blob).
     *
     * @param answers the headers of the answers on the way to the file, redirections first
     * @param length of the last answer, or {@link #UNKNOWN}
     */
    static Content announced(List<HttpHeaders> answers, long length) {
        long bytes = first(answers, "X-Linked-Size")
                .filter(size -> size.matches("\\d{1,18}"))
                .map(Long::parseLong)
                .orElse(length);
        var hash = first(answers, "X-Linked-ETag")
                .or(() -> first(answers.subList(0, 1), "ETag"))
                .map(tag -> tag.replaceAll("^W/|\"", ""))
                .filter(tag -> tag.matches("[0-9a-f]{40}|[0-9a-f]{64}"))
                .orElse("");
        return new Content(bytes, hash);
    }

    private static Optional<String> first(List<HttpHeaders> answers, String name) {
        return answers.stream()
                .flatMap(headers -> headers.firstValue(name).stream())
                .findFirst();
    }

    /** This, and of what is not known here the other. */
    Content or(Content other) {
        return new Content(isSized() ? bytes : other.bytes, hash.isEmpty() ? other.hash : hash);
    }

    boolean isSized() {
        return bytes != UNKNOWN;
    }

    /** "SHA-256" or "Git's SHA-1". */
    String kind() {
        return hash.length() == SHA_256 ? "SHA-256" : "Git's SHA-1";
    }

    /** The hash, of the kind that is known, of a file that is here; empty if none is known. */
    String found(Path file) throws IOException {
        if (hash.isEmpty()) {
            return "";
        }
        if (hash.length() == SHA_256) {
            return sha256(file);
        }
        var digest = sha1();
        digest.update(("blob " + Files.size(file) + "\0").getBytes(StandardCharsets.UTF_8));
        return digest(file, digest);
    }

    /** SHA-256 of a file's bytes, in hexadecimal. */
    public static String sha256(Path file) throws IOException {
        return digest(file, ContentHash.sha256());
    }

    private static String digest(Path file, MessageDigest digest) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] chunk = new byte[1 << 16];
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                digest.update(chunk, 0, read);
            }
            return HexFormat.of().formatHex(digest.digest());
        }
    }

    private static MessageDigest sha1() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-1", e);
        }
    }
}
