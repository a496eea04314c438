package trivium.notebook;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import trivium.data.files.FileNames;
import trivium.data.profile.TokenProfile;
import trivium.figure.Figure;
import trivium.figure.Figures;

/** How token files show in a cell. */
final class TokenFileView {

    private TokenFileView() {}

    /** The card of a token file. */
    static Html card(TokenProfile profile) {
        var file = profile.file();
        var tokens = file.tokens();
        var rows = new LinkedHashMap<String, String>();
        rows.put("tokens", String.format(Locale.ROOT, "%,d, %d bits each", tokens.size(), file.width() * Byte.SIZE));
        rows.put("text", String.format(Locale.ROOT, "%,d bytes of UTF-8", tokens.bytes()));
        if (tokens.size() > 0) {
            rows.put("bytes per token", String.format(Locale.ROOT, "%.2f", (double) tokens.bytes() / tokens.size()));
        }
        rows.put("different tokens", String.format(Locale.ROOT, "%,d of %,d", profile.used(), file.vocabulary()));
        rows.put("characters not represented", tokens.unknown() == 0 ? "none" : DataView.number(tokens.unknown()));
        profile.documents()
                .ifPresent(lengths -> rows.put(
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
        rows.put("tokenizer (SHA-256)", DataView.shortened(file.tokenizerHash()));
        rows.put("data (SHA-256)", DataView.shortened(file.dataHash()));
        var figures = new ArrayList<Figure>();
        profile.documents()
                .ifPresent(lengths -> figures.add(
                        Figures.lengths("Length of documents", "tokens", Map.of("document", lengths.sorted()))));
        figures.add(DataView.frequencies("Most frequent tokens", "tokens", profile.most(), profile.read()));
        Optional<Html> beginning = profile.beginning().map(PiecesView::of);
        return new Html(
                "<div>"
                        + DataView.title(
                                FileNames.shown(file.path().toString()), DataView.counted(tokens.size(), "token"))
                        + RunView.table(rows)
                        + DataView.images(figures)
                        + beginning
                                .map(pieces ->
                                        "<div style=\"opacity:0.7;margin-top:6px\">it begins</div>" + pieces.html())
                                .orElse("")
                        + "</div>",
                FileNames.shown(profile.toString(), List.of(file.path().toString())));
    }
}
