package trivium.model;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * The fields of one of Trivium's own JSON files, asked for by name and kind. What is missing, of another kind, or no
 * JSON at all is refused in one sentence that names the file and the field: such files are damaged by disks, and edited
 * by hand.
 *
 * @param json an object of the file
 * @param where the file, for people; perhaps with a line
 * @param path of the object within the file, such as "card.outcome."; empty for the whole
 */
public record JsonFields(JsonObject json, String where, String path) {

    /** Deeper than any file that Trivium writes; one nested a million times would end in a full stack. */
    private static final int DEEPEST = 100;

    private static final int SHOWN = 80;
    private static final Pattern PLACE = Pattern.compile("at line (\\d+) column (\\d+)");

    /**
     * The fields of a file.
     *
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException naming the file if it is not one JSON object in UTF-8
     */
    public static JsonFields read(Path file) throws IOException {
        return parse(text(file), file.toString());
    }

    /**
     * The same.
     *
     * @throws UncheckedIOException naming the file if it cannot be read
     */
    public static JsonFields open(Path file) {
        try {
            return read(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /**
     * Refuses a pipe or a device, which may never come to an end. A missing file, or a folder, is refused where it is
     * opened.
     */
    public static void requireFile(Path file) {
        if (Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file)) {
            throw new IllegalArgumentException(file + " is a pipe or a device, but a file is needed here");
        }
    }

    /**
     * A file's text.
     *
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException naming the file if it is not UTF-8
     */
    public static String text(Path file) throws IOException {
        requireFile(file);
        try {
            return Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException(file + " is damaged: it is not UTF-8 text", e);
        } catch (OutOfMemoryError e) {
            throw new IllegalArgumentException(
                    file + " is damaged: " + Files.size(file) + " bytes are more than such a file can have", e);
        }
    }

    /**
     * The fields of a text, which is to be one JSON object and nothing else.
     *
     * @param where it stands, for the sentence if it is none
     */
    public static JsonFields parse(String text, String where) {
        // neither lenient nor by a tree of Gson's: it would take a key twice, and recurse as deep as the text does
        try (var in = new JsonReader(new StringReader(text))) {
            var json = value(in, where, 0);
            if (in.peek() != JsonToken.END_DOCUMENT) {
                throw damaged(where, "more follows its JSON");
            }
            if (!json.isJsonObject()) {
                throw damaged(where, "it should hold a JSON object {…}, not " + shown(json));
            }
            return new JsonFields(json.getAsJsonObject(), where, "");
        } catch (MalformedJsonException e) {
            var place = PLACE.matcher(String.valueOf(e.getMessage()));
            throw damaged(
                    where,
                    "it is not valid JSON"
                            + (place.find() ? " at line " + place.group(1) + ", column " + place.group(2) : ""));
        } catch (IOException | IllegalStateException e) {
            throw damaged(where, "it is cut off, or empty, or not valid JSON");
        }
    }

    private static JsonElement value(JsonReader in, String where, int depth) throws IOException {
        if (depth > DEEPEST) {
            throw damaged(where, "its JSON is nested more than " + DEEPEST + " levels deep");
        }
        return switch (in.peek()) {
            case BEGIN_OBJECT -> object(in, where, depth);
            case BEGIN_ARRAY -> {
                var list = new JsonArray();
                in.beginArray();
                while (in.hasNext()) {
                    list.add(value(in, where, depth + 1));
                }
                in.endArray();
                yield list;
            }
            case STRING -> new JsonPrimitive(in.nextString());
            case NUMBER -> new JsonPrimitive(number(in.nextString(), where));
            case BOOLEAN -> new JsonPrimitive(in.nextBoolean());
            case NULL -> {
                in.nextNull();
                yield JsonNull.INSTANCE;
            }
            default -> throw damaged(where, "it is not valid JSON");
        };
    }

    private static JsonObject object(JsonReader in, String where, int depth) throws IOException {
        var object = new JsonObject();
        in.beginObject();
        while (in.hasNext()) {
            var name = in.nextName();
            if (object.has(name)) {
                throw damaged(where, "it has the key \"" + shown(name) + "\" twice");
            }
            object.add(name, value(in, where, depth + 1));
        }
        in.endObject();
        return object;
    }

    /** A whole number that fits 64 bits, or else a finite float64. */
    private static Number number(String text, String where) {
        try {
            return Long.valueOf(text);
        } catch (NumberFormatException e) {
            double real = Double.parseDouble(text);
            if (Double.isInfinite(real)) {
                throw damaged(where, "the number " + shown(text) + " is beyond a float64");
            }
            return real;
        }
    }

    /** Whether the field is there, and not null. */
    public boolean has(String name) {
        return json.has(name) && !json.get(name).isJsonNull();
    }

    /** A text. */
    public String text(String name) {
        return field(name, "a text", JsonFields::isText).getAsString();
    }

    /** A text, or null where there is none. */
    public String textOrNull(String name) {
        return has(name) ? text(name) : null;
    }

    /** A number. */
    public double number(String name) {
        return field(name, "a number", JsonFields::isNumber).getAsDouble();
    }

    /** A whole number of 64 bits. */
    public long whole(String name) {
        var value = field(name, "a whole number", JsonFields::isNumber);
        try {
            return Long.parseLong(value.getAsString());
        } catch (NumberFormatException e) {
            throw damaged("\"" + path + name + "\" should be a whole number of 64 bits, not " + shown(value));
        }
    }

    /** A whole number of 32 bits, from {@code least}. */
    public int integer(String name, int least) {
        long value = whole(name);
        if (value < least || value > Integer.MAX_VALUE) {
            throw damaged(
                    "\"" + path + name + "\" should be from " + least + " to " + Integer.MAX_VALUE + ", not " + value);
        }
        return (int) value;
    }

    /** A list of texts. */
    public List<String> texts(String name) {
        var texts = new ArrayList<String>();
        field(name, "a list of texts", JsonElement::isJsonArray)
                .getAsJsonArray()
                .forEach(item -> {
                    if (!isText(item)) {
                        throw damaged("\"" + path + name + "\" should hold texts only, not " + shown(item));
                    }
                    texts.add(item.getAsString());
                });
        return texts;
    }

    /** The fields of an object within this one. */
    public JsonFields object(String name) {
        return new JsonFields(
                field(name, "an object {…}", JsonElement::isJsonObject).getAsJsonObject(),
                where,
                path + shown(name) + ".");
    }

    /** A list of objects. */
    public List<JsonFields> objects(String name) {
        var objects = new ArrayList<JsonFields>();
        for (var item : list(name)) {
            if (!item.isJsonObject()) {
                throw damaged("\"" + path + name + "\" should hold objects only, not " + shown(item));
            }
            objects.add(new JsonFields(item.getAsJsonObject(), where, path + name + "[" + objects.size() + "]."));
        }
        return objects;
    }

    /** A list, whatever it holds. */
    public JsonArray list(String name) {
        return field(name, "a list", JsonElement::isJsonArray).getAsJsonArray();
    }

    /** All names, in the file's order. */
    public List<String> names() {
        return List.copyOf(json.keySet());
    }

    /** Everything as plain values: texts, Long, Double, Boolean, lists and maps in the file's order, null. */
    public Map<String, Object> values() {
        return plain(json);
    }

    private static Map<String, Object> plain(JsonObject object) {
        var values = new LinkedHashMap<String, Object>();
        object.entrySet().forEach(entry -> values.put(entry.getKey(), plain(entry.getValue())));
        return values;
    }

    private static Object plain(JsonElement value) {
        if (value.isJsonObject()) {
            return plain(value.getAsJsonObject());
        }
        if (value.isJsonArray()) {
            var list = new ArrayList<>();
            value.getAsJsonArray().forEach(item -> list.add(plain(item)));
            return list;
        }
        if (value.isJsonNull()) {
            return null;
        }
        var primitive = value.getAsJsonPrimitive();
        return primitive.isString()
                ? primitive.getAsString()
                : primitive.isBoolean() ? (Object) primitive.getAsBoolean() : primitive.getAsNumber();
    }

    private JsonElement field(String name, String what, Predicate<JsonElement> right) {
        var value = json.get(name);
        if (value == null) {
            throw damaged("\"" + path + name + "\" is missing; it should be " + what);
        }
        if (!right.test(value)) {
            throw damaged("\"" + path + name + "\" should be " + what + ", not " + shown(value));
        }
        return value;
    }

    private static boolean isText(JsonElement value) {
        return value.isJsonPrimitive() && value.getAsJsonPrimitive().isString();
    }

    private static boolean isNumber(JsonElement value) {
        return value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber();
    }

    /** The sentence that the file is damaged, for this reason. */
    public IllegalArgumentException damaged(String why) {
        return damaged(where, why);
    }

    private static IllegalArgumentException damaged(String where, String why) {
        return new IllegalArgumentException(where + " is damaged: " + why);
    }

    /** A text of a file as a message quotes it: on one line, short, without control characters. */
    public static String shown(Object said) {
        return shown(said, SHOWN);
    }

    /** The same text, of at most so many characters. */
    public static String shown(Object said, int most) {
        var text = String.valueOf(said);
        var line = new StringBuilder();
        text.codePoints().limit(most + 1L).forEach(c -> {
            int type = Character.getType(c);
            boolean obeyed = Character.isISOControl(c)
                    || type == Character.FORMAT
                    || type == Character.LINE_SEPARATOR
                    || type == Character.PARAGRAPH_SEPARATOR
                    || type == Character.SURROGATE;
            line.appendCodePoint(obeyed ? '␦' : c);
        });
        return line.codePointCount(0, line.length()) <= most
                ? line.toString()
                : line.substring(0, line.offsetByCodePoints(0, most)) + "…";
    }
}
