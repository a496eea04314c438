package trivium.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** What may become of a file: the same damage for the same seed. */
final class Damage {

    /** What a file is made of, and so what can go wrong with its parts. */
    enum Form {
        BYTES,
        TEXT,
        CSV,
        JSON,
        JSON_LINES,
        SAFETENSORS,
        /** JSON Lines, packed. */
        GZIP
    }

    /** As deep as no honest file is. */
    private static final int DEPTH = 20_000;

    private static final int LONG = 100_000;

    /** Values that stand where another should. */
    private static final List<String> JSON_VALUES = List.of(
            "null",
            "true",
            "\"\"",
            "\"text\"",
            "\"../../x\"",
            "\"a\\nb\\u001b[31m\\u202e\"",
            "-1",
            "0",
            "1.5",
            "1e999",
            "-1e-999",
            "NaN",
            "2147483647",
            "2147483648",
            "9223372036854775807",
            "9223372036854775808",
            "123456789012345678901234567890",
            "[]",
            "{}",
            "[null]",
            "[1,2,3]",
            "{\"a\":1}",
            "[".repeat(DEPTH) + "]".repeat(DEPTH),
            "{\"a\":".repeat(DEPTH) + "1" + "}".repeat(DEPTH),
            "\"" + "x".repeat(LONG) + "\"");

    private static final List<String> CELLS = List.of(
            "",
            "x",
            "\"",
            "\"\"\"",
            "NaN",
            "-Infinity",
            "1e999",
            "1.5",
            "-1",
            "9223372036854775807",
            "99999999999999999999",
            "a,b",
            "\"a\nb\"",
            "\u001b[31m\u202e",
            "=1+1",
            "y".repeat(LONG));

    private final SplittableRandom random;

    private Damage(long seed) {
        random = new SplittableRandom(seed);
    }

    /** This file after the damage of this seed; never what it was. */
    static byte[] of(byte[] whole, Form form, long seed) {
        var damage = new Damage(seed);
        for (int attempt = 0; attempt < 100; attempt++) {
            var damaged = damage.some(whole, form);
            if (!Arrays.equals(damaged, whole)) {
                return damaged;
            }
        }
        throw new IllegalStateException("nothing of this file can be damaged");
    }

    private byte[] some(byte[] whole, Form form) {
        // one file in three is damaged as a disk or a network damages it, the others as programs and people do
        return form == Form.BYTES || random.nextInt(3) == 0 ? bytes(whole) : parts(whole, form);
    }

    private byte[] parts(byte[] whole, Form form) {
        return switch (form) {
            case BYTES -> bytes(whole);
            case TEXT -> lines(new String(whole, UTF_8)).getBytes(UTF_8);
            case CSV -> csv(new String(whole, UTF_8)).getBytes(UTF_8);
            case JSON -> json(new String(whole, UTF_8)).getBytes(UTF_8);
            case JSON_LINES -> jsonLines(new String(whole, UTF_8)).getBytes(UTF_8);
            case SAFETENSORS -> safetensors(whole);
            case GZIP -> pack(some(unpack(whole), Form.JSON_LINES));
        };
    }

    private byte[] bytes(byte[] whole) {
        int size = whole.length;
        if (size == 0) {
            return new byte[] {(byte) random.nextInt()};
        }
        int a = random.nextInt(size);
        int b = random.nextInt(size);
        int from = Math.min(a, b);
        int to = Math.min(Math.max(a, b) + 1, from + 1 + random.nextInt(1 << random.nextInt(1, 12)));
        var head = Arrays.copyOf(whole, from);
        var range = Arrays.copyOfRange(whole, from, to);
        var tail = Arrays.copyOfRange(whole, to, size);
        return switch (random.nextInt(8)) {
            case 0, 1 -> flipped(whole);
            case 2 -> head; // cut off
            case 3 -> join(head, tail);
            case 4 -> join(head, range, range, tail);
            case 5 -> {
                Arrays.fill(range, (byte) (random.nextBoolean() ? 0 : 0xFF));
                yield join(head, range, tail);
            }
            case 6 -> {
                int cut = tail.length == 0 ? 0 : random.nextInt(tail.length);
                yield join(head, Arrays.copyOf(tail, cut), range, Arrays.copyOfRange(tail, cut, tail.length));
            }
            default -> join(whole, range);
        };
    }

    private byte[] flipped(byte[] whole) {
        var flipped = whole.clone();
        for (int n = random.nextInt(1, 9); n > 0; n--) {
            flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
        }
        return flipped;
    }

    private static byte[] join(byte[]... parts) {
        var out = new ByteArrayOutputStream();
        for (var part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private String lines(String text) {
        var lines = new ArrayList<>(List.of(text.split("(?<=\n)", -1)));
        int at = random.nextInt(lines.size());
        switch (random.nextInt(4)) {
            case 0 -> lines.remove(at);
            case 1 -> lines.add(random.nextInt(lines.size()), lines.get(at));
            case 2 -> lines.set(at, lines.get(at).toUpperCase(Locale.ROOT));
            default -> lines.set(at, pick(CELLS) + "\n");
        }
        return String.join("", lines);
    }

    private String csv(String text) {
        if (random.nextInt(4) == 0) {
            return lines(text);
        }
        var lines = new ArrayList<>(List.of(text.split("\n", -1)));
        int row = random.nextInt(3) == 0 ? 0 : random.nextInt(lines.size());
        char comma = lines.getFirst().indexOf('\t') >= 0 ? '\t' : ',';
        var cells = new ArrayList<>(List.of(lines.get(row).split(String.valueOf(comma), -1)));
        int at = random.nextInt(cells.size());
        switch (random.nextInt(5)) {
            case 0 -> cells.remove(at);
            case 1 -> cells.add(at, cells.get(at));
            case 2 -> cells.add(at, cells.get(at).toUpperCase(Locale.ROOT));
            case 3 -> cells.set(at, "\"" + pick(CELLS).replace("\"", "\"\"") + "\"");
            default -> cells.set(at, pick(CELLS));
        }
        lines.set(row, String.join(String.valueOf(comma), cells));
        return String.join("\n", lines);
    }

    private String jsonLines(String text) {
        if (random.nextInt(4) == 0) {
            return lines(text);
        }
        var lines = new ArrayList<>(List.of(text.split("(?<=\n)")));
        int at = random.nextInt(lines.size());
        lines.set(at, json(lines.get(at)));
        return String.join("", lines);
    }

    private String json(String text) {
        var spans = JsonSpans.of(text);
        return switch (random.nextInt(6)) {
            case 0 -> removed(text, pick(spans.members()));
            case 1 -> {
                var member = pick(spans.members());
                yield put(text, member.from(), member.from(), cut(text, member) + ",");
            }
            case 2 -> {
                var key = pick(spans.keys());
                yield put(text, key, cut(text, key).toUpperCase(Locale.ROOT));
            }
            case 3 -> {
                // the same key in capitals beside it
                var key = pick(spans.keys());
                yield put(text, key.from(), key.from(), cut(text, key).toUpperCase(Locale.ROOT) + ":1,");
            }
            case 4 -> {
                var other = pick(spans.values());
                yield put(text, pick(spans.values()), cut(text, other));
            }
            default -> put(text, pick(spans.values()), pick(JSON_VALUES));
        };
    }

    private static String cut(String text, JsonSpans.Span span) {
        return text.substring(span.from(), span.to());
    }

    private static String put(String text, JsonSpans.Span span, String other) {
        return put(text, span.from(), span.to(), other);
    }

    private static String put(String text, int from, int to, String other) {
        return text.substring(0, from) + other + text.substring(to);
    }

    private static String removed(String text, JsonSpans.Span member) {
        var before = text.substring(0, member.from());
        var after = text.substring(member.to());
        return after.stripLeading().startsWith(",")
                ? before + after.stripLeading().substring(1)
                : before.replaceFirst(",\\s*$", "") + after;
    }

    /** The header's JSON, its length put right again. */
    private byte[] safetensors(byte[] whole) {
        int length = (int) ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getLong();
        var header = json(new String(whole, Long.BYTES, length, UTF_8)).getBytes(UTF_8);
        var size = ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .array();
        return join(size, header, Arrays.copyOfRange(whole, Long.BYTES + length, whole.length));
    }

    private static byte[] unpack(byte[] packed) {
        try (var in = new GZIPInputStream(new ByteArrayInputStream(packed))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] pack(byte[] bytes) {
        var packed = new ByteArrayOutputStream();
        try (var out = new GZIPOutputStream(packed)) {
            out.write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return packed.toByteArray();
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
