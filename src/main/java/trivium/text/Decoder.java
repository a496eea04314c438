package trivium.text;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * What a {@code tokenizer.json} makes of tokens, as its vocabulary writes them, to get the text; step by step, as
 * Hugging Face's library does it.
 *
 * <p>A byte that is no text stands as a lone surrogate ({@link #ESCAPE} and the byte), so that it is not lost: in
 * {@link #bytes} it is that byte again, in {@link #text} U+FFFD.
 */
@FunctionalInterface
interface Decoder {

    /** Tokens are written in GPT-2's byte alphabet and their bytes follow each other; this one is never applied. */
    Decoder BYTES = tokens -> tokens;

    /** The lone surrogate of byte 0. */
    int ESCAPE = 0xDC00;

    Pattern BYTE_TOKEN = Pattern.compile("<0x([0-9A-Fa-f]{2})>");

    /** The tokens after this step; the text is what they make one after the other. */
    List<String> apply(List<String> tokens);

    /** The bytes of this text. */
    static byte[] bytes(String text) {
        if (text.chars().noneMatch(Decoder::isEscape)) {
            return text.getBytes(StandardCharsets.UTF_8);
        }
        var bytes = new ByteArrayOutputStream(text.length());
        text.codePoints().forEach(c -> {
            if (isEscape(c)) {
                bytes.write(c - ESCAPE);
            } else {
                bytes.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
            }
        });
        return bytes.toByteArray();
    }

    /** This text, with U+FFFD for each byte that is none. */
    static String text(String text) {
        if (text.chars().noneMatch(Decoder::isEscape)) {
            return text;
        }
        var shown = new StringBuilder(text.length());
        text.codePoints().forEach(c -> shown.appendCodePoint(isEscape(c) ? 0xFFFD : c));
        return shown.toString();
    }

    private static boolean isEscape(int c) {
        return c >= ESCAPE && c < ESCAPE + 256;
    }

    /**
     * The decoder that this part of a file describes.
     *
     * @throws IllegalArgumentException naming what is not supported
     */
    static Decoder read(JsonElement json) {
        if (json.isJsonNull()) {
            return tokens -> tokens;
        }
        var part = json.getAsJsonObject();
        var type = PipelineReader.type(part);
        return switch (type) {
            case "ByteLevel" -> BYTES;
            case "ByteFallback" -> Decoder::fallBack;
            case "Fuse" -> tokens -> List.of(String.join("", tokens));
            case "Replace" -> each(NormalizerReader.replace(part));
            case "Strip" -> strip(part);
            case "Metaspace" -> metaspace(part);
            case "Sequence" -> sequence(part);
            default ->
                throw PipelineReader.unsupported(
                        "decoder",
                        type,
                        "ByteLevel, ByteFallback, Fuse, Replace, Strip, Metaspace and Sequence of these");
        };
    }

    private static Decoder each(UnaryOperator<String> change) {
        return tokens -> tokens.stream().map(change).toList();
    }

    private static Decoder sequence(JsonObject part) {
        var steps = new ArrayList<Decoder>();
        part.getAsJsonArray("decoders").forEach(step -> steps.add(read(step)));
        if (steps.size() == 1) {
            return steps.getFirst();
        }
        if (steps.contains(BYTES)) {
            throw PipelineReader.unsupported(
                    "decoder", "a Sequence of ByteLevel and others", "ByteLevel by itself, or a Sequence without it");
        }
        return tokens -> {
            var now = tokens;
            for (var step : steps) {
                now = step.apply(now);
            }
            return now;
        };
    }

    /** Takes {@code content} away from the start of each token and from its end, up to so many times. */
    private static Decoder strip(JsonObject part) {
        var content = part.get("content").getAsString();
        int start = part.get("start").getAsInt();
        int stop = part.get("stop").getAsInt();
        return each(token -> {
            int from = 0;
            int to = token.length();
            for (int i = 0; i < start && from < to && token.startsWith(content, from); i++) {
                from += content.length();
            }
            for (int i = 0;
                    i < stop && to - content.length() >= from && token.startsWith(content, to - content.length());
                    i++) {
                to -= content.length();
            }
            return token.substring(from, to);
        });
    }

    /** The first token loses all its signs for a space, however many, as in Hugging Face's library. */
    private static Decoder metaspace(JsonObject part) {
        var sign = part.get("replacement").getAsString();
        boolean strips = !CuttingReader.scheme(part).equals("never");
        return tokens -> IntStream.range(0, tokens.size())
                .mapToObj(i -> tokens.get(i).replace(sign, i == 0 && strips ? "" : " "))
                .toList();
    }

    /** Runs of bytes become the text they are in UTF-8; where they are none, each byte stays a byte. */
    private static List<String> fallBack(List<String> tokens) {
        var decoded = new ArrayList<String>(tokens.size());
        var pending = new ByteArrayOutputStream();
        for (var token : tokens) {
            if (token.length() == 6 && BYTE_TOKEN.matcher(token).matches()) {
                pending.write(Integer.parseInt(token.substring(3, 5), 16));
                continue;
            }
            flush(pending, decoded);
            decoded.add(token);
        }
        flush(pending, decoded);
        return decoded;
    }

    private static void flush(ByteArrayOutputStream pending, List<String> into) {
        if (pending.size() == 0) {
            return;
        }
        byte[] bytes = pending.toByteArray();
        pending.reset();
        try {
            into.add(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException e) {
            for (byte b : bytes) {
                into.add(String.valueOf((char) (ESCAPE + (b & 0xff))));
            }
        }
    }
}
