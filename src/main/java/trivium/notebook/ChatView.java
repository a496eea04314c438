package trivium.notebook;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import trivium.generate.Completions;
import trivium.generate.Sampling;
import trivium.report.Shading;
import trivium.run.Run;
import trivium.text.Markup;
import trivium.text.Message;
import trivium.text.Pieces;
import trivium.widget.Control;
import trivium.widget.Controls;

/** A conversation of several turns with a model, in its chat template; answers appear token by token. */
public final class ChatView {

    private final Run run;
    private final Completions completions;
    private final List<Message> turns = new ArrayList<>(); // guarded by the thread of the controls
    private final Control<String> system = Controls.text("system prompt", "").width("98%");
    private final Control<String> said = Controls.text("you", "").width("98%").placeholder("Enter sends");
    private final Control<Double> temperature = Controls.slider("temperature", 0, 2, 0.05, 0.7);
    private final Control<Integer> length = Controls.slider("tokens at most", 1, 400, 120);
    private final Control<Boolean> tokens = Controls.checkBox("show tokens", false);
    private final Control<Boolean> lines = Controls.checkBox("as JSON Lines", false);
    private final Control<String> talk = Controls.html("").width("98%");
    private final Writing writing = new Writing();

    private long seed;

    private ChatView(Run run) {
        this.run = run;
        completions = run.completions();
        run.template().missing(run.tokenizer()).ifPresent(missing -> {
            throw new IllegalArgumentException("the tokenizer of " + run.label() + " lacks " + missing
                    + " of its chat template, so it cannot converse; fine-tune it first, or take play(prompt, run)");
        });
    }

    /**
     * With this run's model.
     *
     * @throws IllegalArgumentException if its tokenizer lacks what its chat template needs
     */
    public static Control<?> of(Run run) {
        return new ChatView(run).shown();
    }

    /** The same where nothing can be touched: turn by turn, line by line. */
    static Control<?> ask(Run run, Questions questions) {
        var chat = new ChatView(run);
        var shown = chat.shown();
        questions.each("you", text -> {
            chat.said.set(text);
            chat.send();
            return Message.ASSISTANT + ": " + chat.turns.getLast().content();
        });
        return shown;
    }

    private Control<?> shown() {
        var send = Controls.button("send", this::send);
        var again = Controls.button("answer again", this::again).onTouch(writing::end);
        var stop = Controls.button("stop", () -> {}).onTouch(writing::end);
        var clear = Controls.button("begin anew", this::clear).onTouch(writing::end);
        said.onEnter(() -> {
            if (!said.value().isBlank()) {
                send();
            }
        });
        tokens.onChange(_ -> draw(""));
        lines.onChange(_ -> draw(""));
        draw("");
        return Controls.column(
                system,
                talk,
                said,
                Controls.row(send, again, stop, clear),
                Controls.row(temperature, length),
                Controls.row(tokens, lines));
    }

    private void send() {
        if (said.value().isBlank()) {
            throw new IllegalArgumentException("nothing is said yet: write something, then send it");
        }
        turns.add(Message.user(said.value().strip()));
        said.set("");
        answer();
    }

    /** Another answer to what was said last. */
    private void again() {
        if (!turns.isEmpty() && turns.getLast().role().equals(Message.ASSISTANT)) {
            turns.removeLast();
        }
        if (!turns.isEmpty()) {
            seed++;
            answer();
        }
    }

    private void clear() {
        turns.clear();
        draw("");
    }

    /** The system prompt, where there is one, and the turns. */
    private List<Message> messages() {
        var all = new ArrayList<Message>();
        if (!system.value().isBlank()) {
            all.add(Message.system(system.value().strip()));
        }
        all.addAll(turns);
        return all;
    }

    private void answer() {
        long begun = writing.begin();
        var prompt = run.template().prompt(run.tokenizer(), messages());
        if (prompt.length >= run.model().context()) {
            turns.removeLast();
            draw("");
            throw new IllegalArgumentException("the conversation has " + prompt.length
                    + " tokens, and the model's context takes " + run.model().context() + ": begin anew");
        }
        var sampling = Sampling.atTemperature(temperature.value())
                .maxTokens(length.value())
                .seed(seed + turns.size())
                .stop(run.template().stop(run.tokenizer()));
        var all = writing.write(begun, completions, prompt, sampling, soFar -> draw(Shading.html(soFar) + "…"));
        turns.add(Message.assistant(all.text()));
        draw("");
    }

    /** @param coming HTML of the answer that is being written */
    private void draw(String coming) {
        var html = new StringBuilder("<div style=\"line-height:1.5;max-width:960px\">");
        if (lines.value()) {
            html.append("<pre style=\"white-space:pre-wrap\">")
                    .append(Markup.escape(jsonLine()))
                    .append("</pre>");
        } else if (tokens.value() && !turns.isEmpty()) {
            html.append(PiecesView.of(Pieces.of(
                            run.tokenizer(),
                            run.template()
                                    .conversation(run.tokenizer(), messages())
                                    .ids()))
                    .html());
        } else {
            turns.forEach(turn -> html.append(bubble(turn.role(), Markup.escape(turn.content()))));
        }
        if (!coming.isEmpty()) {
            html.append(bubble(Message.ASSISTANT, coming));
        }
        talk.set(html.append("</div>").toString());
    }

    private static String bubble(String role, String html) {
        boolean own = role.equals(Message.USER);
        return "<div style=\"margin:4px 0;padding:6px 12px;border-radius:8px;white-space:pre-wrap;"
                + (own
                        ? "margin-left:20%;background:rgba(127,127,127,0.16)\">"
                        : "margin-right:20%;border:1px solid rgba(127,127,127,0.35)\">")
                + "<small><b>" + Markup.escape(role) + "</b></small>\n" + html + "</div>";
    }

    /** The conversation as a line for fine-tuning. */
    private String jsonLine() {
        var lines = new JsonArray();
        for (var turn : messages()) {
            var line = new JsonObject();
            line.addProperty("role", turn.role());
            line.addProperty("content", turn.content());
            lines.add(line);
        }
        var all = new JsonObject();
        all.add("messages", lines);
        return all.toString();
    }
}
