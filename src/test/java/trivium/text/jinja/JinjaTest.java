package trivium.text.jinja;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import trivium.text.PlainJson;

class JinjaTest {

    private static final LocalDateTime NOW = LocalDateTime.of(2026, 11, 7, 5, 3, 9);

    private static String render(String template, Map<String, ?> variables) {
        return Jinja.of(template).render(variables, NOW).text();
    }

    private static String render(String template) {
        return render(template, Map.of());
    }

    private static String refusal(String template) {
        return assertThrows(JinjaException.class, () -> render(template)).getMessage();
    }

    @SuppressWarnings("unchecked") // a JSON object is a map with texts as keys
    private static Map<String, Object> variables(JsonObject json) {
        return (Map<String, Object>) PlainJson.value(json);
    }

    /** What jinja2 made of 380 templates that were put together by chance, see the README beside them. */
    @Test
    void generatedTemplatesAreRenderedAsJinja2RendersThem() throws IOException {
        JsonObject all;
        try (var in = getClass().getResourceAsStream("generated.json")) {
            all = JsonParser.parseReader(new InputStreamReader(in, StandardCharsets.UTF_8))
                    .getAsJsonObject();
        }
        var variables = variables(all.getAsJsonObject("variables"));
        var wrong = new ArrayList<String>();
        for (var item : all.getAsJsonArray("cases")) {
            var expected = item.getAsJsonObject();
            var template = expected.get("template").getAsString();
            try {
                var rendering = Jinja.of(template).render(variables, NOW);
                if (expected.has("error")
                        || !rendering.text().equals(expected.get("expected").getAsString())) {
                    wrong.add(template + " rendered as " + rendering.text());
                } else if (expected.has("generations")) {
                    assertEquals(spans(expected), spans(rendering), template);
                }
            } catch (JinjaException e) {
                if (!expected.has("error")) {
                    wrong.add(template + " refused: " + e.getMessage());
                }
            }
        }
        assertEquals(List.of(), wrong);
    }

    private static List<String> spans(JsonObject expected) {
        var spans = new ArrayList<String>();
        expected.getAsJsonArray("generations").forEach(span -> spans.add(span.toString()));
        return spans;
    }

    private static List<String> spans(Rendering rendering) {
        return rendering.generations().stream()
                .map(span -> "[" + rendering.text().codePointCount(0, span.from()) + ","
                        + rendering.text().codePointCount(0, span.to()) + "]")
                .toList();
    }

    /** Templates of others with what transformers renders, in the folder that the system property names. */
    @Test
    void publishedTemplatesAreRenderedAsTransformersRendersThem() throws IOException {
        var folder = System.getProperty("trivium.chatTemplates");
        Assumptions.assumeTrue(folder != null, "the system property trivium.chatTemplates names no folder");
        var cases = JsonParser.parseString(Files.readString(Path.of(folder, "expected.json")))
                .getAsJsonArray();
        for (var item : cases) {
            var expected = item.getAsJsonObject();
            var jinja = Jinja.of(
                    Files.readString(Path.of(folder, expected.get("template").getAsString())));
            var variables = new HashMap<>(variables(expected));
            variables.put("bos_token", "<s>");
            variables.put("eos_token", "</s>");
            variables.put("date_string", "26 Jul 2024");
            if (expected.has("error")) {
                assertTrue(assertThrows(JinjaException.class, () -> jinja.render(variables))
                        .getMessage()
                        .contains("the template refuses: "));
            } else {
                assertEquals(
                        expected.get("expected").getAsString(),
                        jinja.render(variables).text());
            }
        }
    }

    @Test
    void linesEndWithoutCarriageReturns() {
        assertEquals("a\nb\nc", render("a\r\n{% if true %}\r\nb\r{% endif %}\r\nc\r\n"));
    }

    @Test
    void datesAreThoseOfPython() {
        assertEquals(
                "07 Nov 2026|Saturday, November 07|26-11-07 05:03:09 AM|7|2026-11-07|%|311",
                render("{{ strftime_now('%d %b %Y|%A, %B %d|%y-%m-%d %H:%M:%S %p|%-d|%F|%%|%j') }}"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '¦',
            value = {
                "line one⏎  {{ x.y }} ¦ line 2, column 7 of the template: \"x\" is not defined",
                "{{ 'a'|urlize }} ¦ line 1, column 8 of the template: the filter \"urlize\" is not supported; supported are abs,",
                "{{ 1 is prime }} ¦ line 1, column 9 of the template: the test \"prime\" is not supported; supported are !=,",
                "a⏎{% include 'x' %} ¦ line 2, column 4 of the template: the tag \"include\" is not supported here",
                "{{ 'a'.zfill(3) }} ¦ line 1, column 13 of the template: the method zfill of str is not supported",
                "{{ [].append(1) }} ¦ the method append would change a list, which a chat template may not do",
                "{{ raise_exception('No.') }} ¦ line 1, column 19 of the template: the template refuses: No.",
                "{{ 1 + 'a' }} ¦ line 1, column 6 of the template: \"+\" does not take int and str",
                "{{ 'a' < 1 }} ¦ \"<\" does not compare str with int",
                "é🙂{{ 1 / 0 }} ¦ line 1, column 8 of the template: division by zero",
                "{% for x in 3 %}{% endfor %} ¦ line 1, column 13 of the template: int has no items",
                "{% for x in y recursive %}{% endfor %} ¦ recursive loops are not supported",
                "{% if x %} ¦ the template ends where {% elif or else or endif %} was expected",
                "{{ x ¦ line 1, column 1 of the template: this tag has no end (\"}}\")",
                "{{ ) }} ¦ unexpected \")\"",
                "{{ 'x }} ¦ line 1, column 4 of the template: this text has no closing '",
                "{{ 99999999999999999999 }} ¦ does not fit into 64 bits",
                "{{ 9223372036854775807 + 1 }} ¦ 9223372036854775807 + 1 does not fit into 64 bits",
                "{% break %} ¦ \"break\" stands outside of a loop",
                "{% set a.b = 1 %} ¦ \"a\" is no namespace",
                "{{ strftime_now('%Q') }} ¦ %Q is not supported in a date",
                "{{ {}|tojson(indnt=2) }} ¦ tojson has no parameter \"indnt\"; it has value, ensure_ascii, indent",
            })
    void problemsAreSaidInOneSentenceWithTheirPlace(String template, String expected) {
        var message = refusal(template.replace("⏎", "\n"));
        assertTrue(message.contains(expected), message);
        assertFalse(message.contains("\n"), message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
                "{% set n = namespace(t='abcdefgh') %}{% for a in range(99) %}{% set n.t = n.t + n.t %}{% endfor %}",
                "{% set n = namespace(t=[1]) %}{% for a in range(99) %}{% set n.t = n.t + n.t %}{% endfor %}",
                "{% set n = namespace(t=[1]) %}{% for a in range(99) %}{% set n.t = [n.t, n.t] %}{% endfor %}{{ n.t }}",
                "{% set n = namespace(t=[1]) %}{% for a in range(99) %}{% set n.t = [n.t, n.t] %}{% endfor %}"
                        + "{{ n.t|tojson }}",
                "{% set n = namespace(t=[1]) %}{% for a in range(99) %}{% set n.t = [n.t, n.t] %}{% endfor %}"
                        + "{{ n.t == n.t }}",
                "{% set n = namespace(t=1) %}{% for a in range(99999) %}{% set n.t = [n.t] %}{% endfor %}{{ n.t }}",
                "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
                "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}{{ m(60) }}",
                "{{ 'a' * 1000000000 }}",
                "{{ 'a' * 9999999999999 }}",
                "{{ [1] * 1000000000 }}",
                "{{ range(1000000000)|list }}",
                "{{ range(0, 9223372036854775807, 1)|list }}",
                "{{ 'a'|indent(1000000000, true) }}",
                "{{ 'a'|center(1000000000) }}",
                "{{ {'a': [1]}|tojson(indent=1000000000) }}",
                "{{ '%1000000000d' % 1 }}",
                "{{ ('a' * 1000000).replace('a', 'b' * 1000000) }}",
                "{{ ('b' * 1000000).join(('a' * 1000000)|list) }}",
                "{{ 9 ** 9 ** 9 }}",
                "{{ 2.0 ** 10000 }}",
                "{% for i in range(1000) %}{% set x = 'a' * 10000000 %}{% endfor %}",
            })
    void hostileTemplatesEnd(String template) {
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> refusal(template));
    }

    @Test
    void deepTemplatesEnd() {
        int deep = 100_000;
        refusal("{{ " + "(".repeat(deep) + "1" + ")".repeat(deep) + " }}");
        refusal("{{ " + "-".repeat(deep) + "1 }}");
        refusal("{{ " + "not ".repeat(deep) + "1 }}");
        refusal("{{ " + "[".repeat(deep) + "]".repeat(deep) + " }}");
        refusal("{{ 1" + " + 1".repeat(deep) + " }}");
        refusal("{{ x" + "|trim".repeat(deep) + " }}");
        refusal("{{ 1" + " if 1 else 1".repeat(deep) + " }}");
        refusal("{% if 1 %}".repeat(deep) + "{% endif %}".repeat(deep));
    }

    @Test
    void renderingCanBeInterrupted() {
        Thread.currentThread().interrupt();
        assertThrows(
                CancellationException.class,
                () -> render("{% for a in range(9999) %}{% for b in range(999) %}{% endfor %}{% endfor %}"));
        assertFalse(Thread.interrupted());
    }

    /** Each character from x's value as "x", each from y's as "y", the template's as it is. */
    private static String sources(String template) {
        var rendering = Jinja.of(template)
                .render(Map.of("x", new Sourced("a,b 🙂", 7), "y", new Sourced(List.of("p", "q"), 8), "z", "u"));
        return IntStream.range(0, rendering.text().length())
                .mapToObj(i -> switch (rendering.source(i)) {
                    case Sourced.TEMPLATE -> rendering.text().substring(i, i + 1);
                    case 7 -> "x";
                    case 8 -> "y";
                    default -> "?";
                })
                .collect(Collectors.joining());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '¦',
            value = {
                "<{{ x }}> ¦ <xxxxxx>",
                "{{ '<' + x + '>' }} ¦ <xxxxxx>",
                "{{ '<' ~ x ~ 1 ~ z }} ¦ <xxxxxx1?",
                "{{ ('<' + x)[:3] }} ¦ <xx",
                "{{ ('<' + x)[::-1] }} ¦ xxxxxx<",
                "{{ x.split(',')[1] + '!' }} ¦ xxxx!",
                "{{ ('<' ~ x).upper() }} ¦ <XXXXXX",
                "{{ ('<' ~ x)|title ~ x|capitalize }} ¦ <xxxxxxxxxxxx",
                "{{ x.replace('b', '-') }} ¦ xx-xxx",
                "{{ 'a-b'|replace('-', x) }} ¦ axxxxxxb",
                "{{ y|join(', ') }} ¦ y, y",
                "{{ x.join(['(', ')']) }} ¦ (xxxxxx)",
                "{{ y|tojson }} ¦ [\"y\", \"y\"]",
                "{{ y }} ¦ ['y', 'y']",
                "{{ '%s!' % x }} ¦ xxxxxx!",
                "{{ ('<' + x)|safe + '<' }} ¦ <xxxxxx&lt;",
                "{{ ('<' + x + '<')|e }} ¦ &lt;xxxxxx&lt;",
                "{{ '<'|trim + x|trim }} ¦ <xxxxxx",
                "{{ x|first ~ y|last ~ x[-1] }} ¦ xyxx",
                "{% for c in x %}{{ c }}.{% endfor %} ¦ x.x.x.x.xx.",
                "{% set b %}[{{ x }}]{% endset %}{{ b|indent('> ', true) }} ¦ > [xxxxxx]",
                "{% macro m(t) %}({{ t }}){% endmacro %}{{ m(x) }} ¦ (xxxxxx)",
                "{% filter upper %}a{{ x }}{% endfilter %} ¦ Axxxxxx",
                "{{ {'k': x}.k ~ {'k': x}['k'].partition(',')[0] }} ¦ xxxxxxx",
                "{{ x|truncate(3, true, '…', 0) }} ¦ xx…",
                "{{ x|center(8) }}| ¦ ' xxxxxx  |'",
            })
    void textsRememberTheirSources(String template, String expected) {
        assertEquals(expected.replace("XXXXXX", "xxxxxx"), sources(template));
    }
}
