package trivium.pretrained;

import java.util.Optional;
import trivium.run.Run;
import trivium.text.ChatTemplate;
import trivium.text.JinjaTemplate;
import trivium.text.TurnTemplate;

/** A run's chat template as the text that transformers renders. */
final class JinjaText {

    static final String FILE = "chat_template.jinja";

    private JinjaText() {}

    /** The template of a run whose tokenizer has the template's tokens; empty if it lacks some. */
    static Optional<String> of(Run run) {
        return run.template().missing(run.tokenizer()).isPresent() ? Optional.empty() : Optional.of(of(run.template()));
    }

    private static String of(ChatTemplate template) {
        return switch (template.form()) {
            case JinjaTemplate jinja -> jinja.source();
            case TurnTemplate turns -> of(turns);
        };
    }

    private static String of(TurnTemplate template) {
        var content = template.trim() ? "message['content'] | trim" : "message['content']";
        var system = template.systemInUser()
                ? "{%- set held.system = " + around(template.system(), content) + " -%}"
                : "{{- " + around(template.system(), content) + " -}}";
        var user = "{{- " + quoted(template.user().before()) + " + held.system + " + "(" + content + ") + "
                + quoted(template.user().after()) + " -}}{%- set held.system = '' -%}";
        return "{%- set held = namespace(system='') -%}"
                + (template.begin().isEmpty() ? "" : "{{- " + quoted(template.begin()) + " -}}")
                + "{%- for message in messages -%}"
                + "{%- if message['role'] == 'system' -%}" + system
                + "{%- elif message['role'] == 'user' -%}" + user
                + "{%- elif message['role'] == 'assistant' -%}{{- " + around(template.assistant(), content) + " -}}"
                + "{%- else -%}{{- raise_exception('the roles are system, user and assistant') -}}"
                + "{%- endif -%}"
                + "{%- endfor -%}"
                + "{%- if add_generation_prompt -%}{{- "
                + quoted(template.assistant().before()) + " -}}{%- endif -%}";
    }

    private static String around(TurnTemplate.Turn turn, String content) {
        return quoted(turn.before()) + " + (" + content + ") + " + quoted(turn.after());
    }

    private static String quoted(String text) {
        return "'"
                + text.replace("\\", "\\\\")
                        .replace("'", "\\'")
                        .replace("\n", "\\n")
                        .replace("\r", "\\r")
                        .replace("\t", "\\t")
                + "'";
    }
}
