package trivium.text;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A template in which each message stands between the two texts of its role.
 *
 * <pre>{@code <|user|> prompt <|assistant|> completion <|end|>}</pre>
 *
 * <p>In these texts the {@code markers} are special tokens. What the model is given and what it learns are encoded
 * apart, so that a prompt has the same tokens in training as in generation.
 *
 * @param markers the special tokens in the texts of this template
 * @param begin stands once, before everything
 * @param system around a system message; with {@code systemInUser} inside the user's message, before its content
 * @param assistant its {@code after} has the marker at which an answer ends
 * @param trim whether messages lose the white space around them
 */
public record TurnTemplate(
        List<String> markers, String begin, Turn system, Turn user, Turn assistant, boolean systemInUser, boolean trim)
        implements TemplateForm {

    /** What stands before and after a message. */
    public record Turn(String before, String after) {

        Map<String, Object> values() {
            var values = new LinkedHashMap<String, Object>();
            values.put("before", before);
            values.put("after", after);
            return values;
        }
    }

    public TurnTemplate {
        markers = List.copyOf(markers);
        if (markers.contains("")) {
            throw new IllegalArgumentException("a marker of a chat template is an empty text");
        }
        if (sections(markers, assistant.after()).stream().noneMatch(AddedTokens.Section::isToken)) {
            throw new IllegalArgumentException("nothing ends an answer: none of the markers " + markers
                    + " is in what stands after the assistant's message, \"" + assistant.after() + "\"");
        }
    }

    /**
     * The values of the components by name: texts, a list of texts, truth values, and maps of these. "trim" is there
     * only if it is true, so that other templates have the values that they had before.
     */
    @Override
    public Map<String, Object> values() {
        var values = new LinkedHashMap<String, Object>();
        values.put("markers", markers);
        values.put("begin", begin);
        values.put("system", system.values());
        values.put("user", user.values());
        values.put("assistant", assistant.values());
        values.put("systemInUser", systemInUser);
        if (trim) {
            values.put("trim", true);
        }
        return values;
    }

    /** The template of these {@link #values}. */
    static TurnTemplate of(Map<?, ?> values) {
        return new TurnTemplate(
                markers(values),
                value(values, "begin", String.class, "a text"),
                turn(values, "system"),
                turn(values, "user"),
                turn(values, "assistant"),
                value(values, "systemInUser", Boolean.class, "true or false"),
                values.containsKey("trim") && value(values, "trim", Boolean.class, "true or false"));
    }

    static List<String> markers(Map<?, ?> values) {
        var markers = value(values, "markers", List.class, "a list of texts");
        return Stream.of(markers.toArray()).map(String::valueOf).toList();
    }

    private static Turn turn(Map<?, ?> values, String name) {
        var turn = value(values, name, Map.class, "an object with the texts \"before\" and \"after\"");
        return new Turn(value(turn, "before", String.class, "a text"), value(turn, "after", String.class, "a text"));
    }

    static <T> T value(Map<?, ?> values, String name, Class<T> type, String what) {
        var value = values.get(name);
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException(
                    "\"" + name + "\" of a chat template should be " + what + ", not " + value);
        }
        return type.cast(value);
    }

    @Override
    public int[] prompt(Tokenizer tokenizer, List<Message> messages) {
        var writer = new ChatWriter(tokenizer, this);
        writer.messages(messages);
        writer.write(assistant.before());
        return writer.finish().ids();
    }

    @Override
    public Chat conversation(Tokenizer tokenizer, List<Message> messages) {
        var writer = new ChatWriter(tokenizer, this);
        writer.messages(messages);
        return writer.finish();
    }

    @Override
    public int stop(Tokenizer tokenizer) {
        var end = sections(assistant.after()).stream()
                .filter(AddedTokens.Section::isToken)
                .findFirst()
                .orElseThrow();
        return id(tokenizer, end.text());
    }

    /** One of this template's texts, cut into markers and what is between. */
    List<AddedTokens.Section> sections(String text) {
        return sections(markers, text);
    }

    private static List<AddedTokens.Section> sections(List<String> markers, String text) {
        return new AddedTokens(IntStream.range(0, markers.size())
                        .mapToObj(i -> new AddedToken(i, markers.get(i), Set.of()))
                        .toList())
                .raw(false)
                .cut(text);
    }
}
