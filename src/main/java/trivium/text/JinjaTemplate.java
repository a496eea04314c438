package trivium.text;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import trivium.text.jinja.Jinja;
import trivium.text.jinja.Rendering;
import trivium.text.jinja.Sourced;

/**
 * A chat template as models are published with it, in the language of Jinja2 ({@link Jinja}).
 *
 * <p>Learned is what stands in the template's generation blocks, as in transformers' {@code assistant_masks}. Where it
 * has none, an answer begins where the prompt with {@code add_generation_prompt} ends, if the whole conversation begins
 * with that prompt, and else with the answer's text; it ends with the first special token behind its text.
 *
 * <p>A whole conversation has the ids of its whole text, as in transformers, wherever those begin with the prompt's
 * own; elsewhere a token would reach from the prompt into the answer, and both are encoded apart.
 *
 * @param source the template, unchanged
 * @param tokens special tokens that the template knows by name, such as {@code bos_token}
 * @param markers the special tokens in what the template writes
 */
public record JinjaTemplate(String source, List<NamedToken> tokens, List<String> markers) implements TemplateForm {

    static final String JINJA = "jinja";

    /** The messages of the conversation that shows what ends an answer. */
    private static final List<Message> SHORTEST = List.of(Message.user("Hi"), Message.assistant("Yes"));

    /** The source of the first message's text. */
    private static final int FIRST = 2;

    /**
     * A special token with a name.
     *
     * @param name of the variable, such as {@code "bos_token"}
     * @param text of the token, such as {@code "<s>"}
     */
    public record NamedToken(String name, String text) {}

    public JinjaTemplate {
        tokens = List.copyOf(tokens);
        markers = List.copyOf(markers);
        if (markers.contains("")) {
            throw new IllegalArgumentException("a marker of a chat template is an empty text");
        }
        end(source, tokens, markers);
    }

    /**
     * A template that writes these special tokens and knows none by name.
     *
     * @throws IllegalArgumentException if it cannot be read or rendered, or nothing ends an answer
     */
    public static JinjaTemplate of(String source, String... markers) {
        return new JinjaTemplate(source, List.of(), List.of(markers));
    }

    /**
     * The template that comes with a tokenizer, with those of the tokenizer's special tokens that the template writes.
     *
     * @return empty if none comes with it
     * @throws IllegalArgumentException as for {@link #of}
     */
    public static Optional<JinjaTemplate> of(TokenizerConfig config, Tokenizer tokenizer) {
        return config.chatTemplate().map(source -> {
            var tokens = new ArrayList<NamedToken>();
            config.tokens().entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .forEach(token -> tokens.add(new NamedToken(token.getKey(), token.getValue())));
            var written = render(source, tokens, SHORTEST, false).text()
                    + render(source, tokens, SHORTEST.subList(0, 1), true).text();
            var markers = tokenizer.specials().stream()
                    .filter(special -> written.contains(special) || source.contains(special))
                    .toList();
            return new JinjaTemplate(source, tokens, markers);
        });
    }

    static JinjaTemplate of(Map<?, ?> values) {
        var tokens = new ArrayList<NamedToken>();
        Map<?, ?> named = TurnTemplate.value(values, "tokens", Map.class, "an object with texts");
        named.forEach((name, text) -> tokens.add(new NamedToken(String.valueOf(name), String.valueOf(text))));
        return new JinjaTemplate(
                TurnTemplate.value(values, JINJA, String.class, "a text"), tokens, TurnTemplate.markers(values));
    }

    @Override
    public Map<String, Object> values() {
        var values = new LinkedHashMap<String, Object>();
        values.put(JINJA, source);
        var named = new LinkedHashMap<String, Object>();
        tokens.forEach(token -> named.put(token.name(), token.text()));
        values.put("tokens", named);
        values.put("markers", markers);
        return values;
    }

    /** What the template writes of these messages; {@code prompt} is {@code add_generation_prompt}. */
    public String render(List<Message> messages, boolean prompt) {
        return rendering(messages, prompt).text();
    }

    private Rendering rendering(List<Message> messages, boolean prompt) {
        return render(source, tokens, messages, prompt);
    }

    private static Rendering render(String source, List<NamedToken> tokens, List<Message> messages, boolean prompt) {
        var variables = new LinkedHashMap<String, Object>();
        var said = new ArrayList<Object>();
        for (var message : messages) {
            var fields = new LinkedHashMap<String, Object>();
            fields.put("role", new Sourced(message.role(), message.hasSpeaker() ? Sourced.TEMPLATE : Sourced.OTHER));
            fields.put("content", new Sourced(message.content(), source(said.size())));
            said.add(fields);
        }
        tokens.forEach(token -> variables.put(token.name(), new Sourced(token.text(), Sourced.TEMPLATE)));
        variables.put("messages", said);
        variables.put("tools", null);
        variables.put("documents", null);
        variables.put("add_generation_prompt", prompt);
        return Jinja.of(source).render(variables);
    }

    /** The source of the text of the message with this index; of very many the last ones share one. */
    private static int source(int message) {
        return Math.min(FIRST + message, Character.MAX_VALUE);
    }

    /** The marker at which an answer ends. */
    private static String end(String source, List<NamedToken> tokens, List<String> markers) {
        var rendering = render(source, tokens, SHORTEST, false);
        int text = last(rendering, 1);
        var found = text < 0
                ? Optional.<AddedTokens.Section>empty()
                : new ForgeryProofMarkers(rendering, markers).firstFrom(text + 1);
        return found.orElseThrow(() -> new IllegalArgumentException("nothing ends an answer: none of the markers "
                        + markers + " stands behind the assistant's message in \"" + Expression.shown(rendering.text())
                        + "\""))
                .text();
    }

    /** The place of the last character of a message; -1 if nothing is left of it. */
    private static int last(Rendering rendering, int message) {
        for (int i = rendering.text().length() - 1; i >= 0; i--) {
            if (rendering.source(i) == source(message)) {
                return i;
            }
        }
        return -1;
    }

    private static int first(Rendering rendering, int message) {
        for (int i = 0; i < rendering.text().length(); i++) {
            if (rendering.source(i) == source(message)) {
                return i;
            }
        }
        return -1;
    }

    @Override
    public int[] prompt(Tokenizer tokenizer, List<Message> messages) {
        return written(tokenizer, messages, true).ids();
    }

    @Override
    public Chat conversation(Tokenizer tokenizer, List<Message> messages) {
        return written(tokenizer, messages, false);
    }

    @Override
    public ChatTemplate.Example example(Tokenizer tokenizer, List<Message> prompt, String completion) {
        var messages = new ArrayList<>(prompt);
        messages.add(Message.assistant(completion));
        var chat = training(tokenizer, messages);
        int begin = chat.ids().length;
        while (begin > 0 && chat.trained()[begin - 1]) {
            begin--;
        }
        return new ChatTemplate.Example(chat.ids(), begin);
    }

    @Override
    public int stop(Tokenizer tokenizer) {
        return id(tokenizer, end(source, tokens, markers));
    }

    private Chat written(Tokenizer tokenizer, List<Message> messages, boolean prompt) {
        markers.forEach(marker -> id(tokenizer, marker)); // says what is missing
        var rendering = rendering(messages, prompt);
        var marked = new ForgeryProofMarkers(rendering, tokenizer.specials());
        return new SpanEncoder(tokenizer, marked).encode(answers(rendering, messages));
    }

    /** Where in the text what is learned stands. */
    private List<Rendering.Span> answers(Rendering whole, List<Message> messages) {
        if (Jinja.of(source).marksGenerations()) {
            return whole.generations();
        }
        var ends = new ForgeryProofMarkers(whole, markers);
        var spans = new ArrayList<Rendering.Span>();
        for (int i = 0; i < messages.size(); i++) {
            if (!messages.get(i).isAssistant()) {
                continue;
            }
            int begin = begin(whole, messages, i);
            if (begin < 0) {
                throw new IllegalArgumentException("the chat template writes nothing of the assistant's message "
                        + (i + 1) + " of " + messages.size() + " that could be learned");
            }
            int text = Math.max(begin, last(whole, i) + 1);
            int end = ends.firstFrom(text)
                    .map(marker -> marker.start() + marker.text().length())
                    .orElse(whole.text().length());
            spans.add(new Rendering.Span(begin, end));
        }
        return spans;
    }

    private int begin(Rendering whole, List<Message> messages, int answer) {
        if (answer > 0) {
            try {
                var before = rendering(messages.subList(0, answer), true).text();
                if (whole.text().startsWith(before)) {
                    return before.length();
                }
            } catch (IllegalArgumentException e) {
                // the template refuses the beginning of a conversation that it takes as a whole
            }
        }
        return first(whole, answer);
    }
}
