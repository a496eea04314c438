package trivium.notebook;

import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import trivium.data.Split;
import trivium.data.Texts;
import trivium.data.TokenFile;
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
import trivium.text.Pieces;

/** How data sets show in a cell: what was read, how much and how long, which words, and an example of each kind. */
public final class DataView {

    private static final int WIDTH = 304;
    private static final int HEIGHT = 264;
    private static final int SHORT_HASH = 10;
    /** Characters of a text that an example shows. */
    private static final int SHOWN = 1_000;
    /** Its lines. */
    private static final int LINES = 12;
    /** Words that come less often are not frequent, and there is nothing to draw. */
    private static final int FREQUENT = 5;

    private static final String SIDE_BY_SIDE = "<div style=\"display:flex;flex-wrap:wrap;gap:8px 32px\">";

    private DataView() {}

    /** Tells {@link Views} about these types, once. */
    public static void register() {
        Views.register(Texts.class, data -> card(Profile.of(data)));
        Views.register(Profile.class, DataView::card);
        Views.register(Overlap.class, DataView::card);
        Views.register(TokenFile.class, file -> card(TokenProfile.of(file)));
        Views.register(TokenProfile.class, DataView::card);
        Views.register(Pieces.class, PiecesView::of);
        Views.register(Split.class, DataView::split);
    }

    private static View split(Split<?> split) {
        return split.train() instanceof Texts train && split.validation() instanceof Texts validation
                ? card(Overlap.of(train, validation))
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
                        data.name(),
                        counted(profile.extent().records(), data.noun()) + ", "
                                + counted(profile.extent().characters(), "character"))
                + SIDE_BY_SIDE
                + "<div>" + RunView.table(rows(profile)) + "</div><div>" + lengths(profile.parts()) + "</div></div>"
                + images(figures) + examples(profile);
        return new Html("<div>" + html + "</div>", profile.toString());
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
                var different = lengths.unit().equals("words") ? number(part.vocabulary().different()) : "";
                rows.add(row(name, lengths, different));
                name = "";
            }
        }
        return figures(List.of("", "", "in all", "median", "90 % up to", "longest", "different words"), 2, rows);
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
        var pair = new LinkedHashMap<String, int[]>();
        for (var part : profile.parts()) {
            var shown = part.shown();
            if (part.name().equals("chosen") || part.name().equals("rejected")) {
                pair.put(part.name(), shown.sorted());
            } else {
                figures.add(Figures.lengths(
                        "Length of " + part.name() + "s", shown.unit(), Map.of(part.name(), shown.sorted())));
            }
        }
        if (!pair.isEmpty()) {
            var unit = profile.learned().shown().unit();
            figures.add(Figures.lengths("Length of chosen and rejected answers", unit, pair));
        }
        return figures;
    }

    private static List<Frequency> most(Profile profile) {
        return profile.learned().vocabulary().most();
    }

    private static Figure words(Profile profile) {
        var part = profile.learned();
        var name = profile.parts().size() == 1 ? "" : " of " + plural(part.name());
        return frequencies("Most frequent words" + name, "words", most(profile), part.vocabulary().words());
    }

    private static Figure frequencies(String title, String what, List<Frequency> most, long all) {
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
                    .append(Html.escape(headline(profile, example)))
                    .append("</summary>");
            var parts = profile.data().parts();
            for (int i = 0; i < parts.size(); i++) {
                html.append(quoted(parts.size() == 1 ? "" : parts.get(i), profile.data().text(example.record(), i)));
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
        return "<div style=\"margin:4px 0 4px 14px;padding-left:10px;border-left:3px solid rgba(127,127,127,.35)\">"
                + (name.isEmpty() ? "" : "<div style=\"opacity:.7;font-size:90%\">" + Html.escape(name) + "</div>")
                + "<div style=\"white-space:pre-wrap;overflow-wrap:anywhere\">" + Html.escape(shown)
                + (more == 0 ? "" : "<span style=\"opacity:.7\"> … " + counted(more, "more character") + "</span>")
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

    /** What two data sets have in common, and how they compare. */
    static Html card(Overlap overlap) {
        var rows = new LinkedHashMap<String, String>();
        overlap.facts().forEach(fact -> rows.put(fact.label(), fact.value()));
        var train = overlap.train();
        var heldOut = overlap.heldOut();
        var lengths = new LinkedHashMap<String, int[]>();
        lengths.put("training", train.learned().shown().sorted());
        lengths.put("held out", heldOut.learned().shown().sorted());
        var figure = Figures.lengths(
                "Length of training and held-out " + plural(train.learned().name()),
                train.learned().shown().unit(),
                lengths);
        return new Html(
                "<div>" + title("Overlap", train.data().name() + " and " + heldOut.data().name()) + SIDE_BY_SIDE + "<div>"
                        + RunView.table(rows) + "<div style=\"margin-top:10px\">" + sideBySide(train, heldOut)
                        + "</div></div>" + image(figure) + "</div></div>",
                overlap.toString());
    }

    private static String sideBySide(Profile train, Profile heldOut) {
        var rows = new ArrayList<List<String>>();
        rows.add(List.of(
                train.data().noun() + "s",
                number(train.extent().records()),
                number(heldOut.extent().records())));
        rows.add(List.of(
                "characters",
                number(train.extent().characters()),
                number(heldOut.extent().characters())));
        rows.add(List.of(
                "copies of an earlier one",
                number(train.extent().copies()),
                number(heldOut.extent().copies())));
        var learned = train.learned();
        var theirs = heldOut.learned();
        var unit = learned.shown().unit();
        rows.add(List.of(
                unit + " a " + learned.name() + ", median",
                number(learned.shown().median()),
                number(theirs.shown().median())));
        rows.add(List.of(
                "different words in " + plural(learned.name()),
                number(learned.vocabulary().different()),
                number(theirs.vocabulary().different())));
        return figures(List.of("", "training", "held out"), 1, rows);
    }

    /** A table whose first {@code words} columns are words and all others numbers. */
    private static String figures(List<String> header, int words, List<List<String>> rows) {
        var html = new StringBuilder("<table style=\"border-collapse:collapse;font-variant-numeric:tabular-nums\"><tr>");
        for (int i = 0; i < header.size(); i++) {
            html.append(cell("th", "font-weight:normal;opacity:.7;", i < words, header.get(i)));
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
        return "<" + tag + " style=\"" + style + "padding:2px 12px 2px 0;text-align:" + (left ? "left" : "right") + "\">"
                + Html.escape(text) + "</" + tag + ">";
    }

    /** The card of a token file. */
    static Html card(TokenProfile profile) {
        var file = profile.file();
        var tokens = file.tokens();
        var rows = new LinkedHashMap<String, String>();
        rows.put("tokens", String.format(Locale.ROOT, "%,d of %d bits", tokens.size(), file.width() * Byte.SIZE));
        rows.put("text", String.format(Locale.ROOT, "%,d bytes of UTF-8", tokens.bytes()));
        if (tokens.size() > 0) {
            rows.put("bytes per token", String.format(Locale.ROOT, "%.2f", (double) tokens.bytes() / tokens.size()));
        }
        rows.put("different tokens", String.format(Locale.ROOT, "%,d of %,d", profile.used(), file.vocabulary()));
        rows.put("characters not represented", tokens.unknown() == 0 ? "none" : number(tokens.unknown()));
        profile.documents().ifPresent(lengths -> rows.put(
                "tokens a document",
                String.format(
                        Locale.ROOT,
                        "median %,d, 90 %% up to %,d, longest %,d",
                        lengths.median(),
                        lengths.quantile(0.9),
                        lengths.longest())));
        if (profile.read() < tokens.size()) {
            rows.put("looked at", String.format(Locale.ROOT, "the first %,d tokens", profile.read()));
        }
        rows.put("tokenizer (SHA-256)", shortened(file.tokenizerHash()));
        rows.put("data (SHA-256)", shortened(file.dataHash()));
        var figures = new ArrayList<Figure>();
        profile.documents().ifPresent(lengths -> figures.add(
                Figures.lengths("Length of documents", "tokens", Map.of("document", lengths.sorted()))));
        figures.add(frequencies("Most frequent tokens", "tokens", profile.most(), profile.read()));
        Optional<Html> beginning = profile.beginning().map(PiecesView::of);
        return new Html(
                "<div>" + title(file.path().toString(), counted(tokens.size(), "token")) + SIDE_BY_SIDE + "<div>"
                        + RunView.table(rows) + "</div></div>"
                        + images(figures)
                        + beginning.map(pieces -> "<div style=\"opacity:.7;margin-top:6px\">it begins</div>" + pieces.html()).orElse("") + "</div>",
                profile.toString());
    }

    private static String title(String name, String what) {
        return "<div style=\"margin-bottom:4px\"><b>" + Html.escape(name) + "</b> <span style=\"opacity:.7\">"
                + Html.escape(what) + "</span></div>";
    }

    private static String images(List<Figure> figures) {
        return figures.stream()
                .map(DataView::image)
                .collect(Collectors.joining(
                        "", "<div style=\"display:flex;flex-wrap:wrap;gap:8px;margin-top:8px\">", "</div>"));
    }

    private static String image(Figure figure) {
        return "<img width=\"" + WIDTH + "\" height=\"" + HEIGHT + "\" alt=\"" + Html.escape(figure.title())
                + "\" src=\"data:image/png;base64,"
                + Base64.getEncoder().encodeToString(figure.png(WIDTH, HEIGHT)) + "\"/>";
    }

    private static String plural(String part) {
        return switch (part) {
            case "chosen", "rejected" -> part + " answers";
            default -> part + "s";
        };
    }

    private static String counted(long count, String noun) {
        return number(count) + " " + noun + (count == 1 ? "" : "s");
    }

    private static String share(long times, long of) {
        return String.format(Locale.ROOT, "%,d (%.1f %%)", times, 100.0 * times / of);
    }

    private static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    private static String shortened(String hash) {
        return hash.substring(0, Math.min(SHORT_HASH, hash.length()));
    }
}
