package trivium.notebook;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import trivium.data.Label.Verdict;
import trivium.measure.LabelQuality;
import trivium.text.Markup;
import trivium.text.Numbers;
import trivium.widget.Control;
import trivium.widget.Controls;

/** Labelling by buttons and keys, or line by line where nothing can be touched. */
final class LabellingView {

    private static final String BOX =
            "<div dir=\"auto\" style=\"border:1px solid rgba(127,127,127,0.35);border-radius:4px;"
                    + "padding:8px 12px;white-space:pre-wrap;overflow-wrap:break-word;line-height:1.5\">";

    private final Labelling labelling;
    private final Control<String> head = Controls.html("").width("98%");
    private final Control<String> first = Controls.html("").width("48%");
    private final Control<String> second = Controls.html("").width("48%");
    private final Control<List<String>> buttons = Controls.row(
            button("1 is better", "1"), button("2 is better", "2"), button("tie", "t"), button("skip", "s"));
    private final Control<String> key = Controls.key("or type 1, 2, t (tie) or s (skip) here");

    private String accepted; // the key that was pressed for the pair that is shown; null for none
    private boolean writing; // from a press until the next pair is shown

    private LabellingView(Labelling labelling) {
        this.labelling = labelling;
    }

    static Control<?> of(Labelling labelling) {
        return new LabellingView(labelling).shown();
    }

    private Control<?> shown() {
        key.onTouch(() -> accept(key.value().strip())).onChange(_ -> {
            key.set("");
            answer();
        });
        draw();
        return Controls.column(head, Controls.row(first, second), buttons, key);
    }

    private Control<?> button(String label, String said) {
        return Controls.button(label, this::answer).onTouch(() -> accept(said));
    }

    /** Takes a press where a pair is shown; one that comes while the next pair is being written is of no pair. */
    private synchronized void accept(String said) {
        if (!writing && !said.isEmpty()) {
            writing = true;
            accepted = said.substring(0, 1);
        }
    }

    private synchronized Optional<String> accepted() {
        var said = Optional.ofNullable(accepted);
        accepted = null;
        return said;
    }

    private void answer() {
        var said = accepted();
        if (said.isEmpty()) {
            return;
        }
        try {
            if (labelling.current().isEmpty()) { // an interrupt came before the pair was written
                labelling.advance();
            } else if (!take(labelling, said.get())) {
                throw new IllegalArgumentException("\"" + said.get() + "\" is none of 1, 2, t and s");
            }
            draw();
        } finally {
            shownAgain();
        }
    }

    private synchronized void shownAgain() {
        writing = false;
    }

    /** Takes a key; false if it is none. */
    private static boolean take(Labelling labelling, String said) {
        switch (said.toLowerCase(Locale.ROOT)) {
            case "1" -> labelling.answer(Verdict.FIRST);
            case "2" -> labelling.answer(Verdict.SECOND);
            case "t" -> labelling.answer(Verdict.TIE);
            case "s" -> labelling.skip();
            default -> {
                return false;
            }
        }
        return true;
    }

    private void draw() {
        var pair = labelling.current();
        head.set(said(labelling)
                        .map(sentence -> "<div>" + Markup.escape(sentence) + "</div>")
                        .collect(Collectors.joining())
                + "<small>" + Markup.escape(progress(labelling)) + "</small>"
                + pair.map(now -> "<div dir=\"auto\" style=\"font-size:110%;margin-top:4px\"><b>"
                                + Markup.escape(now.prompt()) + "</b></div>")
                        .orElseGet(() -> "<div>" + Markup.escape(end(labelling)) + "</div>"));
        buttons.show(pair.isPresent());
        key.show(pair.isPresent());
        first.set(pair.map(now -> box("1", now.first())).orElse(""));
        second.set(pair.map(now -> box("2", now.second())).orElse(""));
    }

    private static String box(String number, String answer) {
        return "<b>" + number + "</b>" + BOX + (answer.isBlank() ? "<i>(nothing)</i>" : Markup.escape(answer))
                + "</div>";
    }

    /** Sentences on labels that were there, prompts that are left out, and answers that came too late. */
    private static Stream<String> said(Labelling labelling) {
        return Stream.of(labelling.foreign(), labelling.leftOut(), labelling.late())
                .flatMap(Optional::stream);
    }

    private static String progress(Labelling labelling) {
        return "prompt " + Math.min(labelling.done() + 1, labelling.size()) + " of " + labelling.size() + ", "
                + Numbers.count(labelling.labels().list().size(), "label") + " in "
                + labelling.labels().file();
    }

    /** What the labels say of who gave them. */
    private static String end(Labelling labelling) {
        var list = labelling.labels().list();
        try {
            return "All prompts are done, there is nothing left to label: " + LabelQuality.of(list) + ".";
        } catch (IllegalArgumentException e) { // too few of some kind to say anything
            return "All prompts are done, there is nothing left to label: " + Numbers.count(list.size(), "label") + ".";
        }
    }

    /** Asks line by line until all pairs are judged, the input ends or somebody says q. */
    static void ask(Labelling labelling, BufferedReader input, Appendable output) {
        try {
            var told = new HashSet<String>();
            while (labelling.current().isPresent()) {
                var now = labelling.current().get();
                tell(labelling, told, output);
                output.append(progress(labelling)).append('\n').append(now.prompt());
                output.append("\n1: ").append(now.first()).append("\n2: ").append(now.second());
                output.append("\n1, 2, t (tie), s (skip) or q (quit): ");
                var said = input.readLine();
                if (said == null || said.strip().equalsIgnoreCase("q")) {
                    return;
                }
                if (!take(labelling, said.strip())) {
                    output.append("\"").append(said).append("\" is none of 1, 2, t, s and q\n");
                }
            }
            tell(labelling, told, output);
            output.append(end(labelling)).append('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Says what is to be said of the labelling, what was said before only if it is of the last answer. */
    private static void tell(Labelling labelling, Set<String> told, Appendable output) throws IOException {
        for (var sentence : said(labelling).toList()) {
            if (told.add(sentence) || labelling.late().equals(Optional.of(sentence))) {
                output.append(sentence).append('\n');
            }
        }
    }
}
