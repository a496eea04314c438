package trivium.data.files;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import trivium.text.Message;

/** One record of a file: fields by name, and where it stands, for people. */
final class Entry {

    /** The most fields that a sentence names. */
    private static final int NAMES = 20;

    /** "file line 7" or "file record 3". */
    private final String where;

    /** Where the names of the fields stand: in a table in its header, elsewhere in the record itself. */
    private final String named;

    private final JsonElement json;
    private final Format format;

    Entry(String where, JsonElement json, Format format) {
        this(where, where, json, format);
    }

    Entry(String where, String named, JsonElement json, Format format) {
        this.where = where;
        this.named = named;
        this.json = json;
        this.format = format;
    }

    /** "file line 7". */
    String where() {
        return where;
    }

    /** "file line 1" for the rows of a table, where its header is, and {@link #where} for other records. */
    String named() {
        return named;
    }

    /** A sentence about what is wrong here, and what a record of this shape needs. */
    IllegalArgumentException wrong(String what, Shape shape) {
        return new IllegalArgumentException(where + ": " + what + "; each "
                + (where.contains(" line ") ? "line" : "record") + " needs " + shape.pattern(format));
    }

    /** The names of all fields, for people. */
    String names() {
        return json.isJsonObject()
                ? json.getAsJsonObject().keySet().stream()
                                .limit(NAMES)
                                .map(Quoted::of)
                                .collect(Collectors.joining(", "))
                        + (json.getAsJsonObject().size() > NAMES ? ", …" : "")
                : "no JSON object";
    }

    /** The value of a field by any of its names, if it is there and not null. */
    Optional<JsonElement> find(Field field) {
        if (!json.isJsonObject()) {
            return Optional.empty();
        }
        var own = format.fields().get(field.title());
        var names = own == null ? field.names() : List.of(own);
        return names.stream()
                .map(json.getAsJsonObject()::get)
                .filter(value -> value != null && !value.isJsonNull())
                .findFirst();
    }

    /** Whether all fields of a shape are here, in a form it can take. */
    boolean fits(Shape shape) {
        boolean lists = shape == Shape.MESSAGES || shape == Shape.SHAREGPT;
        return !shape.needed().isEmpty()
                && shape.needed().stream()
                        .allMatch(field -> find(field)
                                .filter(value -> !lists || value.isJsonArray())
                                .isPresent())
                && (shape != Shape.HH_RLHF || transcript(Field.CHOSEN) && transcript(Field.REJECTED))
                && (shape != Shape.TRANSCRIPT || transcript(Field.TEXT));
    }

    private boolean transcript(Field field) {
        return find(field)
                .filter(Entry::isText)
                .filter(value -> Transcript.is(value.getAsString()))
                .isPresent();
    }

    private JsonElement need(Field field, Shape shape) {
        if (!json.isJsonObject()) {
            throw wrong("this is not a JSON object", shape);
        }
        var record = new Entry(named, json, format);
        return find(field)
                .orElseThrow(() ->
                        new IllegalArgumentException(record.wrong('"' + format.name(field) + "\" is missing", shape)
                                        .getMessage()
                                + "; where it has another name, name it: Format.GUESS.field(\"" + field.title()
                                + "\", \"…\")"));
    }

    /** A field that must be a text. */
    String text(Field field, Shape shape) {
        var value = need(field, shape);
        if (!isText(value)) {
            throw wrong('"' + format.name(field) + "\" is not a text in quotes", shape);
        }
        return value.getAsString();
    }

    /** A field that may be missing; then it is empty. */
    String textOrNothing(Field field, Shape shape) {
        return find(field).isEmpty() ? "" : text(field, shape);
    }

    /** Whether a field is a list rather than a text. */
    boolean isList(Field field) {
        return find(field).filter(JsonElement::isJsonArray).isPresent();
    }

    /** A field that says yes or no: true, 1, "true", "1". */
    boolean yes(Field field, Shape shape) {
        return yes(need(field, shape), format.name(field), shape);
    }

    private boolean yes(JsonElement value, String name, Shape shape) {
        var word = value.isJsonPrimitive() ? value.getAsString().strip().toLowerCase(Locale.ROOT) : "";
        return switch (word) {
            case "true", "1", "1.0" -> true;
            case "false", "0", "0.0" -> false;
            default -> throw wrong('"' + name + "\" is neither true nor false", shape);
        };
    }

    /** A field that is a list of texts. */
    List<String> texts(Field field, Shape shape) {
        var texts = new ArrayList<String>();
        for (var value : list(field, shape)) {
            if (!isText(value)) {
                throw wrong('"' + format.name(field) + "[" + texts.size() + "]\" is not a text in quotes", shape);
            }
            texts.add(value.getAsString());
        }
        return texts;
    }

    /** A field that is a list of truth values. */
    List<Boolean> truths(Field field, Shape shape) {
        var truths = new ArrayList<Boolean>();
        for (var value : list(field, shape)) {
            truths.add(yes(value, format.name(field) + "[" + truths.size() + "]", shape));
        }
        return truths;
    }

    private JsonArray list(Field field, Shape shape) {
        if (need(field, shape) instanceof JsonArray list) {
            return list;
        }
        throw wrong('"' + format.name(field) + "\" is not a list", shape);
    }

    /** A field that may be missing; where it is there, it must be a finite number, as in tables also in quotes. */
    Optional<Double> number(Field field, Shape shape) {
        var value = find(field)
                .filter(found ->
                        !found.isJsonPrimitive() || !found.getAsString().isBlank()); // an empty cell of a table
        if (value.isEmpty()) {
            return Optional.empty();
        }
        try {
            double number = value.get().isJsonPrimitive()
                    ? Double.parseDouble(value.get().getAsString())
                    : Double.NaN;
            if (Double.isFinite(number)) {
                return Optional.of(number);
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw wrong('"' + format.name(field) + "\" is not a finite number", shape);
    }

    /** A field that is a list of messages, as {role, content} or as {from, value}. */
    List<Message> messages(Field field, Shape shape) {
        var value = need(field, shape);
        if (!value.isJsonArray()) {
            throw wrong('"' + format.name(field) + "\" is not a list of messages", shape);
        }
        var messages = new ArrayList<Message>();
        for (var message : value.getAsJsonArray()) {
            var name = format.name(field) + "[" + messages.size() + "]";
            messages.add(new Message(
                    role(part(message, name, shape, "role", "from"), name, shape),
                    part(message, name, shape, "content", "value")));
        }
        return messages;
    }

    private String part(JsonElement message, String name, Shape shape, String key, String otherKey) {
        if (message.isJsonObject()) {
            for (var k : List.of(key, otherKey)) {
                var value = message.getAsJsonObject().get(k);
                if (value != null) {
                    return content(value).orElseThrow(() -> wrong('"' + name + '.' + k + "\" is not a text", shape));
                }
            }
        }
        throw wrong("\"" + name + "\" has no \"" + key + "\"", shape);
    }

    /** A text, nothing for null (a message that only calls a tool), or the texts of OpenAI's content parts. */
    private static Optional<String> content(JsonElement value) {
        if (value.isJsonNull()) {
            return Optional.of("");
        }
        if (isText(value)) {
            return Optional.of(value.getAsString());
        }
        if (value instanceof JsonArray parts
                && StreamSupport.stream(parts.spliterator(), false).allMatch(Entry::isTextPart)) {
            return Optional.of(StreamSupport.stream(parts.spliterator(), false)
                    .map(part -> part.getAsJsonObject().get("text").getAsString())
                    .collect(Collectors.joining()));
        }
        return Optional.empty();
    }

    private static boolean isTextPart(JsonElement part) {
        return part instanceof JsonObject object && object.get("text") != null && isText(object.get("text"));
    }

    private String role(String name, String message, Shape shape) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "user", "human", "prompter" -> Message.USER;
            case "assistant", "gpt", "chatgpt", "bing", "bard", "model", "bot" -> Message.ASSISTANT;
            case "system", "developer" -> Message.SYSTEM;
            case "tool", "function", "observation" -> "tool";
            default ->
                throw wrong(
                        "\"" + message + "\" is said by " + Quoted.of(name)
                                + ", which is no known role (system, user or human, assistant or gpt, tool)",
                        shape);
        };
    }

    private static boolean isText(JsonElement value) {
        return value.isJsonPrimitive() && value.getAsJsonPrimitive().isString();
    }
}
