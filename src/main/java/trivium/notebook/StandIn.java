package trivium.notebook;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Collectors;
import trivium.align.Reward;
import trivium.data.Label;
import trivium.data.Label.Verdict;
import trivium.data.PreferenceLabels;
import trivium.text.Markup;
import trivium.text.Numbers;
import trivium.text.Printable;

/**
 * Labels in the place of a person's where a notebook is run by a program and nobody can be asked: of two answers the
 * one is chosen that a rule scores higher. They stand in a file of their own, so that they are never taken for a
 * person's.
 */
final class StandIn {

    /** Labels that chose and that are enough to go on with, however many prompts there are. */
    private static final int ENOUGH = 10;

    /** Pairs that are shown of those that were labelled. */
    private static final int SHOWN = 3;

    private StandIn() {}

    /** The labels of these prompts in a person's file. */
    static PreferenceLabels own(List<String> prompts, Path file) {
        var asked = new HashSet<>(prompts);
        return new PreferenceLabels(
                file,
                PreferenceLabels.read(file).list().stream()
                        .filter(label -> asked.contains(label.prompt()))
                        .toList());
    }

    /** Whether as many that chose are there as can be got, or enough. */
    static boolean isEnough(PreferenceLabels labels, List<String> prompts) {
        long chosen = chosen(labels);
        return chosen >= enough(prompts) || chosen > 0 && areAllLabelled(labels, prompts);
    }

    /** Of few prompts half: of the others a person may say that there is no better answer. */
    static int enough(List<String> prompts) {
        return Math.min(ENOUGH, Math.ceilDiv(prompts.size(), 2));
    }

    static boolean areAllLabelled(PreferenceLabels labels, List<String> prompts) {
        return labels.list().stream()
                .map(Label::prompt)
                .collect(Collectors.toSet())
                .containsAll(prompts);
    }

    static long chosen(PreferenceLabels labels) {
        return labels.list().stream()
                .filter(label -> label.verdict() != Verdict.TIE)
                .count();
    }

    /** Where the stand-in's labels are that stand in for those of this file. */
    static Path file(Path own) {
        return own.resolveSibling(own.getFileName().toString().replaceFirst("\\.jsonl$", "") + ".stand-in.jsonl");
    }

    /** Labels all pairs by the rule, in the place of what stood in its file. */
    static View label(Labelling labelling, Path file, Reward rule) {
        while (labelling.current().isPresent()) {
            var pair = labelling.current().get();
            int sign =
                    Double.compare(rule.score(pair.prompt(), pair.first()), rule.score(pair.prompt(), pair.second()));
            labelling.answer(sign > 0 ? Verdict.FIRST : sign < 0 ? Verdict.SECOND : Verdict.TIE);
        }
        return shown(labelling.labels(), file, rule);
    }

    static void forget(Path file) {
        try {
            Files.deleteIfExists(file);
            Files.deleteIfExists(PreferenceLabels.ties(file));
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The stand-in's labels of an earlier run could not be removed from " + file, e);
        }
    }

    private static View shown(PreferenceLabels labels, Path file, Reward rule) {
        var sentence = "Nobody can be asked here, so a stand-in has labelled "
                + Numbers.count(labels.list().size(), "pair") + " ("
                + (labels.list().size() - chosen(labels)) + " of them as ties), by the rule \"" + rule
                + "\". They are in "
                + file + ".";
        var pairs = labels.list().stream()
                .filter(label -> label.verdict() != Verdict.TIE)
                .limit(SHOWN)
                .toList();
        return new Html(html(sentence, pairs), text(sentence, pairs));
    }

    private static String html(String sentence, List<Label> pairs) {
        var html = new StringBuilder("<div><b>").append(Markup.escape(sentence)).append("</b></div>");
        if (!pairs.isEmpty()) {
            html.append("<table><tr><th style=\"text-align:left\">prompt</th><th style=\"text-align:left\">chosen</th>"
                    + "<th style=\"text-align:left\">rejected</th></tr>");
            for (var pair : pairs) {
                html.append("<tr>");
                for (var cell : List.of(pair.prompt(), pair.chosen(), pair.rejected())) {
                    html.append("<td dir=\"auto\" style=\"text-align:left;vertical-align:top;max-width:24em;"
                                    + "white-space:pre-wrap;overflow-wrap:break-word\">")
                            .append(Markup.escape(cell))
                            .append("</td>");
                }
                html.append("</tr>");
            }
            html.append("</table>");
        }
        return html.toString();
    }

    private static String text(String sentence, List<Label> pairs) {
        var text = new StringBuilder(sentence);
        for (var pair : pairs) {
            text.append("\n").append(Printable.of(pair.prompt()));
            text.append("\n  chosen:   ").append(Printable.of(pair.chosen()));
            text.append("\n  rejected: ").append(Printable.of(pair.rejected()));
        }
        return text.toString();
    }
}
