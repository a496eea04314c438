package trivium.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The tokens that merging starts from: one per byte in a byte-level vocabulary, else one per character.
 *
 * <p>A byte or character without a token of its own becomes, as in Hugging Face's library: the tokens {@code <0xE2>} of
 * its UTF-8 bytes where the vocabulary falls back on bytes and has them all; else the unknown token; else nothing.
 */
final class Symbols {

    /** No token: the character or byte is dropped. */
    static final int NONE = -1;

    private static final Pattern BYTE_TOKEN = Pattern.compile("<0x[0-9A-F]{2}>");

    private final boolean byteLevel;
    private final int unknown;
    private final boolean fuse;
    private final int[] ofByte = new int[256];
    private final boolean allBytes;
    private final Map<Integer, Integer> ofCharacter = new HashMap<>();
    private final int[] ofCommon = new int[0x3000];

    Symbols(boolean byteLevel, Map<String, Integer> ids, MergeRules rules) {
        this.byteLevel = byteLevel;
        this.unknown = rules.unknown() == null ? NONE : ids.getOrDefault(rules.unknown(), NONE);
        this.fuse = rules.fuseUnknown();
        Arrays.fill(ofByte, NONE);
        Arrays.fill(ofCommon, NONE);
        for (int b = 0; b < 256; b++) {
            if (byteLevel) {
                ofByte[b] = ids.getOrDefault(ByteAlphabet.write(new byte[] {(byte) b}), NONE);
            } else if (rules.byteFallback()) {
                ofByte[b] = ids.getOrDefault(String.format("<0x%02X>", b), NONE);
            }
        }
        allBytes = Arrays.stream(ofByte).noneMatch(id -> id == NONE);
        ids.forEach((token, id) -> {
            int first = token.isEmpty() ? 0 : token.codePointAt(0);
            if (!token.isEmpty() && token.length() == Character.charCount(first)) {
                ofCharacter.put(first, id);
                if (first < ofCommon.length) {
                    ofCommon[first] = id;
                }
            }
        });
    }

    /** The tokens of {@code text[from] … text[to - 1]} before anything is merged; a stray surrogate counts as "?". */
    int[] of(char[] text, int from, int to) {
        return byteLevel
                ? ofBytes(new String(text, from, to - from).getBytes(StandardCharsets.UTF_8))
                : ofCharacters(text, from, to);
    }

    /** One token per byte where there is one; what the bytes mean as text does not matter. */
    int[] ofBytes(byte[] bytes) {
        var ids = new Ids(bytes.length);
        boolean pending = false;
        for (byte b : bytes) {
            int id = ofByte[b & 0xff];
            pending = id == NONE ? unknown(ids, pending) : known(ids, pending);
            if (id != NONE) {
                ids.add(id);
            }
        }
        known(ids, pending);
        return ids.toArray();
    }

    private int[] ofCharacters(char[] text, int from, int to) {
        var ids = new Ids(to - from);
        boolean pending = false;
        for (int i = from, c; i < to; i += Character.charCount(c)) {
            c = character(text, i, to);
            int id = id(c);
            if (id != NONE) {
                pending = known(ids, pending);
                ids.add(id);
            } else if (!fallBack(c, ids)) {
                pending = unknown(ids, pending);
            }
        }
        known(ids, pending);
        return ids.toArray();
    }

    private boolean fallBack(int character, Ids ids) {
        byte[] bytes = utf8(character);
        for (byte b : bytes) {
            if (ofByte[b & 0xff] == NONE) {
                return false;
            }
        }
        for (byte b : bytes) {
            ids.add(ofByte[b & 0xff]);
        }
        return true;
    }

    /** Unknown characters in a row may become one unknown token, so the last one waits. */
    private boolean unknown(Ids ids, boolean pending) {
        if (unknown == NONE) {
            return false;
        }
        if (pending && !fuse) {
            ids.add(unknown);
        }
        return true;
    }

    private boolean known(Ids ids, boolean pending) {
        if (pending) {
            ids.add(unknown);
        }
        return false;
    }

    /** How many characters (bytes in a byte-level vocabulary) of a text have no token. */
    long unknown(String text) {
        if (byteLevel) {
            long lost = 0;
            for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
                lost += ofByte[b & 0xff] == NONE ? 1 : 0;
            }
            return lost;
        }
        return text.codePoints()
                .filter(c -> id(c) == NONE && !fallBack(c, new Ids(4)))
                .count();
    }

    /**
     * The first or last of the tokens that spell a character whatever stands before it, or {@link #NONE}: a character
     * without any may become one with its neighbours, and in a vocabulary that lacks some bytes an unknown token may
     * wait behind a character's bytes.
     */
    int edge(int character, boolean first) {
        int id = byteLevel ? NONE : id(character);
        if (id != NONE || !allBytes) {
            return id;
        }
        byte[] bytes = utf8(character);
        return ofByte[bytes[first ? 0 : bytes.length - 1] & 0xff];
    }

    /** The same of a character that a token is written with: in a byte-level vocabulary it stands for a byte. */
    int writtenEdge(int character, boolean first) {
        return byteLevel ? id(character) : edge(character, first);
    }

    /** All tokens that merging may start from. */
    int[] all() {
        return IntStream.concat(
                        IntStream.concat(IntStream.of(unknown), IntStream.of(ofByte)),
                        ofCharacter.values().stream().mapToInt(id -> id))
                .filter(id -> id != NONE)
                .distinct()
                .toArray();
    }

    /** The id of a byte's token, given as {@code <0x0A>}, or -1. */
    int ofByteToken(String token) {
        return BYTE_TOKEN.matcher(token).matches() ? ofByte[Integer.parseInt(token.substring(3, 5), 16)] : NONE;
    }

    private int id(int character) {
        return character < ofCommon.length ? ofCommon[character] : ofCharacter.getOrDefault(character, NONE);
    }

    private static byte[] utf8(int character) {
        return Character.toString(character).getBytes(StandardCharsets.UTF_8);
    }

    static int character(char[] text, int i, int to) {
        int c = Character.codePointAt(text, i, to);
        return c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? '?' : c;
    }
}
