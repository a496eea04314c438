package trivium.text;

import java.util.Arrays;

/**
 * GPT-2's way to write any bytes as printable characters: bytes that are visible Latin-1 stand for themselves, the
 * other 68 for U+0100 and on. A space is {@code Ġ}, a line end {@code Ċ}. Used in tokenizer files only.
 */
final class ByteAlphabet {

    private static final char[] CHARACTERS = new char[256];
    private static final int[] BYTES = new int[0x144];

    static {
        Arrays.fill(BYTES, -1);
        char next = 0x100;
        for (int b = 0; b < 256; b++) {
            boolean visible = b >= '!' && b <= '~' || b >= 0xa1 && b <= 0xac || b >= 0xae;
            CHARACTERS[b] = visible ? (char) b : next++;
            BYTES[CHARACTERS[b]] = b;
        }
    }

    private ByteAlphabet() {}

    static String write(byte[] bytes) {
        var text = new StringBuilder(bytes.length);
        for (byte b : bytes) {
            text.append(CHARACTERS[b & 0xff]);
        }
        return text.toString();
    }

    /** Whether a token is written in this alphabet. */
    static boolean holds(String token) {
        return token.chars().allMatch(c -> c < BYTES.length && BYTES[c] >= 0);
    }

    static byte[] read(String token) {
        byte[] bytes = new byte[token.length()];
        for (int i = 0; i < bytes.length; i++) {
            char c = token.charAt(i);
            if (c >= BYTES.length || BYTES[c] < 0) {
                throw new IllegalArgumentException("the token \"" + Visible.show(token)
                        + "\" of this vocabulary is not written in GPT-2's byte alphabet: only byte-level BPE"
                        + " can be read");
            }
            bytes[i] = (byte) BYTES[c];
        }
        return bytes;
    }
}
