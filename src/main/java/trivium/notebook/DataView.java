package trivium.notebook;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import trivium.data.Split;
import trivium.data.Texts;
import trivium.data.TokenFile;
import trivium.data.files.FileNames;
import trivium.data.profile.Example;
import trivium.data.profile.Extent;
import trivium.data.profile.Frequency;
import trivium.data.profile.Lengths;
import trivium.data.profile.Overlap;
import trivium.data.profile.Part;
import trivium.data.profile.Profile;
import trivium.data.profile.TokenProfile;
import trivium.figure.Figure;
import trivium.figure.Figures;
import trivium.text.Markup;
import trivium.text.Numbers;
import trivium.text.Pieces;

/** How data sets show in a cell: what was read, how much and how long, which words, and an example of each kind. */
public final class DataView {

    private static final int WIDTH = 304;
    private static final int HEIGHT = 264;
    private static final int SHORT_HASH = 10;
    /** Characters of a text that an example shows. */
    private static final int SHOWN = 1_000;
    /** Lines of a text that an example shows. */
    private static final int LINES = 12;
    /** Words that come less often are not frequent, and there is nothing to draw. */
    private static final int FREQUENT = 5;

    /** Jupyter leaves this much of a style to notebooks it does not trust; of flex boxes it takes the wrapping. */
    static final String BESIDE = "<div style=\"display:inline-block;vertical-align:top;margin-right:32px\">";

    private DataView() {}

    /** Tells {@link Views} about these types, once. */
    static void register() {
        Views.register(Texts.class, data -> card(Profile.of(data)));
        Views.register(Profile.class, DataView::card);
        Views.register(Overlap.class, OverlapView::card);
        Views.register(TokenFile.class, file -> TokenFileView.card(TokenProfile.of(file)));
        Views.register(TokenProfile.class, TokenFileView::card);
        Views.register(Pieces.class, PiecesView::of);
        Views.register(Split.class, DataView::split);
    }

    private static View split(Split<?> split) {
        return split.train() instanceof Texts train && split.validation() instanceof Texts validation
                ? OverlapView.card(Overlap.of(train, validation))
                : new PlainText(split.toString());
    }

    /** The card of a data set. */
    static Html card(Profile profile) {
        var data = profile.data();
        var figures = new ArrayList<Figure>(lengths(profile));
        if (!most(profile).isEmpty() && most(profile).getFirst().times() >= FREQUENT) {
            figures.add(words(profile));
        }
        var html = title(
                        FileNames.shown(data.name()),
                        counted(profile.extent().records(), data.noun()) + ", "
                                + counted(profile.extent().characters(), "character"))
                + BESIDE + RunView.table(rows(profile)) + "</div>" + BESIDE + lengths(profile.parts()) + "</div>"
                + images(figures) + examples(profile);
        return new Html("<div>" + html + "</div>", FileNames.shown(profile.toString(), List.of(data.name())));
    }

    private static Map<String, String> rows(Profile profile) {
        var rows = new LinkedHashMap<String, String>();
        var summary = profile.data().summary();
        if (!summary.isNone()) {
            rows.put("read", String.join("\n", summary.findings()));
            if (summary.leftOut() > 0) {
                rows.put("kept", number(summary.kept()));
            }
        }
        var extent = profile.extent();
        rows.put("copies of an earlier one", extent.copies() == 0 ? "none" : share(extent.copies(), extent.records()));
        if (extent.prompts() > 0) {
            rows.put("different prompts", number(extent.prompts()));
        }
        profile.facts().forEach(fact -> rows.put(fact.label(), fact.value()));
        if (extent.isSampled()) {
            rows.put("words and lengths", sampled(extent));
        }
        if (!extent.dataHash().isEmpty()) {
            rows.put("data (SHA-256)", shortened(extent.dataHash()));
        }
        return rows;
    }

    private static String sampled(Extent extent) {
        return String.format(
                Locale.ROOT,
                "counted in a sample: %.1f of %.1f million characters",
                extent.read() / 1e6,
                extent.characters() / 1e6);
    }

    /** A row for each part and unit. */
    private static String lengths(List<Part> parts) {
        var rows = new ArrayList<List<String>>();
        for (var part : parts) {
            var name = part.name();
            for (var lengths : part.lengths()) {
                var different = lengths.unit().equals("words")
                        ? number(part.vocabulary().different())
                        : "";
                rows.add(row(name, lengths, different));
                name = "";
            }
        }
        return table(List.of("", "", "in all", "median", "90 % up to", "longest", "different words"), 2, rows);
    }

    private static List<String> row(String name, Lengths lengths, String different) {
        return List.of(
                name,
                lengths.unit(),
                number(lengths.total()),
                number(lengths.median()),
                number(lengths.quantile(0.9)),
                number(lengths.longest()),
                different);
    }

    private static List<Figure> lengths(Profile profile) {
        var figures = new ArrayList<Figure>();
        var parts = profile.parts();
        boolean paired = parts.size() == 3;
        for (var part : paired ? parts.subList(0, 1) : parts) {
            figures.add(lengths("Length of " + plural(part.name()), Map.of(part.name(), part)));
        }
        if (paired) {
            var pair = new LinkedHashMap<String, Part>();
            parts.subList(1, 3).forEach(part -> pair.put(part.name(), part));
            figures.add(lengths("Length of chosen and rejected answers", pair));
        }
        return figures;
    }

    /** Lengths of several texts in one picture, all in the same unit. */
    static Figure lengths(String title, Map<String, Part> parts) {
        var unit = Part.unit(parts.values());
        var samples = new LinkedHashMap<String, int[]>();
        parts.forEach((name, part) -> samples.put(name, part.in(unit).sorted()));
        return Figures.lengths(title, unit, samples);
    }

    private static List<Frequency> most(Profile profile) {
        return profile.learned().vocabulary().most();
    }

    private static Figure words(Profile profile) {
        var part = profile.learned();
        var name = profile.parts().size() == 1 ? "" : " of " + plural(part.name());
        return frequencies(
                "Most frequent words" + name,
                "words",
                most(profile),
                part.vocabulary().words());
    }

    static Figure frequencies(String title, String what, List<Frequency> most, long all) {
        return Figures.frequencies(
                title,
                what,
                most.stream().map(Frequency::what).toList(),
                most.stream().mapToDouble(word -> (double) word.times() / all).toArray());
    }

    private static String examples(Profile profile) {
        var html = new StringBuilder();
        for (var example : profile.examples()) {
            html.append(html.isEmpty() ? "<details open" : "<details")
                    .append(" style=\"margin-top:6px\"><summary style=\"cursor:pointer\">")
                    .append(Markup.escape(headline(profile, example)))
                    .append("</summary>");
            var parts = profile.data().parts();
            for (int i = 0; i < parts.size(); i++) {
                html.append(quoted(
                        parts.size() == 1 ? "" : parts.get(i), profile.data().text(example.record(), i)));
            }
            html.append("</details>");
        }
        return html.toString();
    }

    private static String headline(Profile profile, Example example) {
        var noun = profile.data().noun();
        var number = String.format(Locale.ROOT, "%s %,d", noun, example.record() + 1);
        return example.label().isEmpty() ? number : number + ", " + example.label();
    }

    private static String quoted(String name, String text) {
        var shown = beginning(text);
        int more = text.codePointCount(shown.length(), text.length());
        return "<div style=\"margin:4px 0 4px 14px;padding-left:10px;border-left:3px solid rgba(127,127,127,0.35)\">"
                + (name.isEmpty() ? "" : "<div style=\"opacity:0.7;font-size:90%\">" + Markup.escape(name) + "</div>")
                + "<div dir=\"auto\" style=\"white-space:pre-wrap;overflow-wrap:break-word\">" + Markup.escape(shown)
                + (more == 0 ? "" : "<span style=\"opacity:0.7\"> … " + counted(more, "more character") + "</span>")
                + "</div></div>";
    }

    /** The first lines, as many characters as are worth showing. */
    private static String beginning(String text) {
        int end = text.length() <= SHOWN ? text.length() : text.offsetByCodePoints(0, SHOWN / 2);
        int line = 0;
        for (int lines = 0; lines < LINES && line >= 0; lines++) {
            line = text.indexOf('\n', line + 1);
        }
        return text.substring(0, line < 0 ? end : Math.min(end, line));
    }

    /** A table whose first {@code words} columns are words and all others numbers. */
    static String table(List<String> header, int words, List<List<String>> rows) {
        var html =
                new StringBuilder("<table style=\"border-collapse:collapse;font-variant-numeric:tabular-nums\"><tr>");
        for (int i = 0; i < header.size(); i++) {
            html.append(cell("th", "font-weight:normal;opacity:0.7;", i < words, header.get(i)));
        }
        for (var row : rows) {
            html.append("</tr><tr>");
            for (int i = 0; i < row.size(); i++) {
                html.append(cell("td", "", i < words, row.get(i)));
            }
        }
        return html.append("</tr></table>").toString();
    }

    private static String cell(String tag, String style, boolean left, String text) {
        return "<" + tag + " style=\"" + style + "padding:2px 12px 2px 0;text-align:" + (left ? "left" : "right")
                + "\">" + Markup.escape(text) + "</" + tag + ">";
    }

    static String title(String name, String what) {
        return "<div style=\"margin-bottom:4px\"><b>" + Markup.escape(name) + "</b> <span style=\"opacity:0.7\">"
                + Markup.escape(what) + "</span></div>";
    }

    static String images(List<Figure> figures) {
        return figures.stream()
                .map(DataView::image)
                .collect(Collectors.joining(" ", "<div style=\"margin-top:8px\">", "</div>"));
    }

    static String image(Figure figure) {
        return RunView.image(figure, WIDTH, HEIGHT);
    }

    static String plural(String part) {
        return switch (part) {
            case "chosen", "rejected" -> part + " answers";
            default -> part + "s";
        };
    }

    static String counted(long count, String noun) {
        return Numbers.count(count, noun);
    }

    private static String share(long times, long of) {
        return Numbers.count(times) + " (" + Numbers.percent((double) times / of) + ")";
    }

    static String number(long value) {
        return Numbers.count(value);
    }

    static String shortened(String hash) {
        return hash.substring(0, Math.min(SHORT_HASH, hash.length()));
    }
}
