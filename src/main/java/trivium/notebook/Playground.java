package trivium.notebook;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import trivium.generate.Completions;
import trivium.generate.Completions.NextToken;
import trivium.generate.GeneratedText;
import trivium.generate.Sampling;
import trivium.pretrained.Pretrained;
import trivium.report.Shading;
import trivium.run.Run;
import trivium.text.Markup;
import trivium.text.Tokenizer;
import trivium.widget.Control;
import trivium.widget.Controls;

/**
 * A field for a prompt, sliders for how tokens are drawn, and what the models make of it side by side, with the same
 * random numbers: written anew at every change, token by token. A change ends what is being written.
 */
public final class Playground {

    private static final int NEXT = 8;
    private static final int FIRST_LENGTH = 60;

    private record Side(Run run, Completions completions, Control<String> text, Control<String> next) {}

    private final List<Side> sides;
    private final Control<String> prompt;
    private final Control<Boolean> chat;
    private final Control<Double> temperature = Controls.slider("temperature", 0, 2, 0.05, 0.8);
    private final Control<Double> topP = Controls.slider("top-p", 0.05, 1, 0.05, 1);
    private final Control<Integer> topK = Controls.slider("top-k (0: all)", 0, 100, 0);
    private final Control<Double> minP = Controls.slider("min-p", 0, 0.5, 0.01, 0);
    private final Control<Integer> seed = Controls.slider("seed", 0, 99, 1);
    private final Control<Integer> length = Controls.slider("tokens at most", 1, 200, FIRST_LENGTH);
    /** Ended by each change. */
    private final Writing writing = new Writing();

    private Playground(String prompt, List<Run> runs) {
        this.prompt = Controls.text("prompt", 3, prompt).width("98%");
        chat = Controls.checkBox("as a conversation", runs.stream().anyMatch(Playground::converses));
        sides = runs.stream()
                .map(run -> new Side(run, run.completions(), Controls.html(""), Controls.html("")))
                .toList();
    }

    /**
     * Of these runs, such as before and after; what they make of the prompt stands there from the start.
     *
     * @throws IllegalArgumentException if there is no run, or one that scores texts and writes none
     */
    public static Control<?> of(String prompt, List<Run> runs) {
        return begun(prompt, runs).shown();
    }

    private static Playground begun(String prompt, List<Run> runs) {
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("play(prompt, …) needs at least one run whose model writes");
        }
        return new Playground(prompt, runs);
    }

    /** The same where nothing can be touched: asks for prompts line by line and prints what the models make of each. */
    static Control<?> ask(String prompt, List<Run> runs, Questions questions) {
        var playground = begun(prompt, runs);
        var shown = playground.shown();
        questions.each("another prompt", playground::answer);
        return shown;
    }

    private String answer(String said) {
        prompt.set(said);
        long begun = writing.begin();
        sides.forEach(side -> side.next().set(next(side)));
        return sides.stream()
                .map(side -> side.run().label() + ": " + write(side, begun).text())
                .collect(Collectors.joining("\n"));
    }

    /** Whether a model has learned to answer: in a phase behind the first, or elsewhere before it was loaded. */
    static boolean converses(Run run) {
        boolean first = List.of("pretrain", Pretrained.KIND).contains(run.card().kind());
        return run.template().missing(run.tokenizer()).isEmpty()
                && (first ? Pretrained.answers(run) : run.card().recipe().containsKey("start_hash"));
    }

    private Control<?> shown() {
        prompt.onChange(typed -> prompt.set(typed.replaceFirst("\\R+$", ""))); // Enter at the end asks for nothing
        var knobs = List.<Control<?>>of(temperature, topP, topK, minP, seed, length, chat, prompt);
        knobs.forEach(knob -> knob.onTouch(writing::end).onChange(_ -> write()));
        var again = Controls.button("write again", this::write).onTouch(writing::end);
        var stop = Controls.button("stop", () -> {}).onTouch(writing::end);
        write();
        var texts = sides.stream()
                .map(side -> Controls.column(side.text(), side.next()).width(98 / sides.size() + "%"))
                .toArray(Control<?>[]::new);
        return Controls.column(
                prompt,
                Controls.row(temperature, topP, topK),
                Controls.row(minP, seed, length),
                Controls.row(chat, again, stop),
                Controls.row(texts),
                Controls.html("<small>" + Shading.scale() + "</small>"));
    }

    private void write() {
        long begun = writing.begin();
        sides.forEach(side -> side.next().set(next(side)));
        for (var side : sides) {
            if (!writing.hasEnded(begun)) {
                write(side, begun);
            }
        }
    }

    private GeneratedText write(Side side, long begun) {
        var all = writing.write(
                begun,
                side.completions(),
                tokens(side),
                sampling(side),
                soFar -> side.text().set(html(side, soFar, "…")));
        side.text().set(html(side, all, writing.hasEnded(begun) ? "…" : ""));
        return all;
    }

    /**
     * Whether this model is asked in its chat template; one that has learned none reads the prompt as a text to go on
     * with.
     */
    private boolean asksChat(Side side) {
        return chat.value() && converses(side.run());
    }

    private int[] tokens(Side side) {
        var tokens = asksChat(side)
                ? side.run().template().prompt(side.run().tokenizer(), prompt.value())
                : side.completions().document(prompt.value());
        if (tokens.length == 0) {
            throw new IllegalArgumentException("the prompt has no token: write something");
        }
        return tokens;
    }

    private Sampling sampling(Side side) {
        var tokenizer = side.run().tokenizer();
        var sampling = Sampling.atTemperature(temperature.value())
                .topP(topP.value())
                .topK(topK.value())
                .minP(minP.value())
                .seed(seed.value())
                .maxTokens(length.value());
        var end = tokenizer.special(Tokenizer.END_OF_TEXT);
        sampling = end.isPresent() ? sampling.stop(end.getAsInt()) : sampling;
        return asksChat(side) ? sampling.stop(side.run().template().stop(tokenizer)) : sampling;
    }

    private String html(Side side, GeneratedText said, String after) {
        var given = asksChat(side) ? "" : "<span style=\"opacity:0.6\">" + Markup.escape(prompt.value()) + "</span>";
        return "<div style=\"line-height:1.5\"><b>" + Markup.escape(side.run().label())
                + "</b><div dir=\"auto\" style=\"white-space:pre-wrap\">" + given + Shading.html(said) + after
                + "</div></div>";
    }

    /** Bars of what may come first, at temperature 1. */
    private String next(Side side) {
        var rows = new ArrayList<String>();
        for (var token : side.completions().next(tokens(side), NEXT)) {
            rows.add(bar(token));
        }
        return "<div style=\"margin-top:6px\"><small>first token, at temperature 1</small>"
                + rows.stream().collect(Collectors.joining()) + "</div>";
    }

    private static String bar(NextToken token) {
        double share = 100 * token.probability();
        return String.format(
                Locale.ROOT,
                "<div style=\"display:flex;gap:6px;line-height:1.4\"><span style=\"width:8em;text-align:right;"
                        + "font-family:monospace;overflow:hidden\">%s</span><span style=\"background:rgba(0,114,178,0.45);width:%.1fpx\">"
                        + "</span><small>%.1f %%</small></div>",
                Markup.escape(token.text()),
                Math.max(1, 1.6 * share),
                share);
    }
}
