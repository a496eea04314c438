package trivium.text;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Tokens as a reader can see them: spaces, line ends and stray bytes get a visible form. */
final class Visible {

    private Visible() {}

    /** Bytes that are valid UTF-8 show as text, others as {@code \xE2\x80}. */
    static String show(byte[] bytes) {
        try {
            return show(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException notUtf8) {
            var shown = new StringBuilder();
            for (byte b : bytes) {
                shown.append(b > ' ' && b < 0x7f ? String.valueOf((char) b) : escape(b & 0xff));
            }
            return shown.toString();
        }
    }

    static String show(String text) {
        var shown = new StringBuilder();
        text.codePoints().forEach(c -> {
            switch (c) {
                case ' ' -> shown.append('␣');
                case '\n' -> shown.append('⏎');
                case '\t' -> shown.append('⇥');
                default -> {
                    if (Character.isISOControl(c)) {
                        shown.append(escape(c));
                    } else {
                        shown.appendCodePoint(c);
                    }
                }
            }
        });
        return shown.toString();
    }

    private static String escape(int value) {
        return "\\x" + HexFormat.of().withUpperCase().toHexDigits((byte) value);
    }
}
