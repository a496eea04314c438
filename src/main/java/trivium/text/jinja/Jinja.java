package trivium.text.jinja;

import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A template in the language of Jinja2, as far as chat templates use it: with {@code trim_blocks},
 * {@code lstrip_blocks}, break and continue, {@code tojson}, {@code raise_exception}, {@code strftime_now} and
 * generation blocks, as in {@code transformers} 5.18, {@code utils/chat_template_utils.py}. It reads and changes
 * nothing but its variables, and ends: a rendering may take so many steps, and its texts get so long.
 */
public final class Jinja {

    /** The templates that were read last: one serves for all conversations of a training. */
    private static final Map<String, Jinja> READ = Collections.synchronizedMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Jinja> eldest) {
            return size() > 16;
        }
    });

    private final String source;
    private final Parser.Parsed parsed;

    private Jinja(String source) {
        this.source = Lexer.normalized(source);
        try {
            this.parsed = Parser.parse(this.source);
        } catch (StackOverflowError e) {
            throw JinjaException.at(this.source, 0, "what stands in it is nested too deeply");
        }
    }

    /**
     * Reads a template.
     *
     * @throws JinjaException if it is none, or needs a tag that is not supported
     */
    public static Jinja of(String source) {
        var read = READ.get(source);
        if (read == null) {
            read = new Jinja(source);
            READ.put(source, read);
        }
        return read;
    }

    /** Whether the template says what a model generates, with generation blocks. */
    public boolean marksGenerations() {
        return parsed.generates();
    }

    /** Renders at the present time; see {@link #render(Map, LocalDateTime)}. */
    public Rendering render(Map<String, ?> variables) {
        return render(variables, LocalDateTime.now(ZoneId.systemDefault()));
    }

    /**
     * Renders the template.
     *
     * @param variables null, texts, numbers, truth values, lists and maps of these, or any of them {@link Sourced}
     * @param now what {@code strftime_now} tells
     * @throws JinjaException if the template refuses, needs what is not supported, or does not end
     * @throws java.util.concurrent.CancellationException if the thread is interrupted
     */
    public Rendering render(Map<String, ?> variables, LocalDateTime now) {
        var budget = new Budget();
        var globals = Globals.scope(now);
        variables.forEach((name, value) -> globals.set(name, Values.of(value, (char) Sourced.OTHER)));
        var output = new Output();
        try {
            new Interpreter(source, budget).run(parsed.statements(), new Scope(globals), output);
            return new Rendering(output.text(), output.generations());
        } catch (Failure failure) {
            throw JinjaException.at(source, 0, failure.getMessage());
        } catch (StackOverflowError e) {
            throw JinjaException.at(source, 0, "something in it calls itself or is nested too deeply");
        }
    }
}
