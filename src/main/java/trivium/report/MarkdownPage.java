package trivium.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import trivium.report.Part.Chain;
import trivium.report.Part.Code;
import trivium.report.Part.Heading;
import trivium.report.Part.Items;
import trivium.report.Part.Paragraph;
import trivium.report.Part.Picture;
import trivium.report.Part.Rows;
import trivium.report.Part.SideBySide;
import trivium.report.WordDiff.Segment;
import trivium.run.AtomicFile;
import trivium.text.Markup;

/**
 * A report as Markdown, in GitHub's dialect.
 *
 * @param folder of the figures, beside the page
 */
record MarkdownPage(String title, List<Part> parts, String folder) {

    private static final String CHAIN = "chain.svg";

    /** Writes each figure and the numbers behind it into the page's folder of figures below {@code place}. */
    void saveFigures(Path place) throws IOException {
        var figures = place.resolve(folder);
        for (var part : parts) {
            if (part instanceof Picture picture) {
                picture.figure().save(figures.resolve(picture.name() + ".png"));
            } else if (part instanceof Chain(Lineage lineage)) {
                AtomicFile.write(figures.resolve(CHAIN), aside -> Files.writeString(aside, lineage.svg()));
            }
        }
    }

    String text() {
        var page = new StringBuilder(
                "# " + Markup.markdown(title) + "\n\n" + Markup.markdown(ReportContents.today()) + "\n\n");
        for (var heading : ReportContents.contents(parts)) {
            page.append("- [" + Markup.markdown(heading) + "](#" + Markup.anchor(heading) + ")\n");
        }
        int figure = 0;
        for (var part : parts) {
            figure += part instanceof Picture ? 1 : 0;
            page.append('\n').append(written(part, figure)).append('\n');
        }
        return page.toString();
    }

    private String written(Part part, int figure) {
        return switch (part) {
            case Heading(int level, String text) -> "#".repeat(level) + " " + Markup.markdown(text);
            case Paragraph(String text) -> Markup.markdown(text);
            case Items(List<String> sentences) ->
                sentences.stream()
                        .map(sentence -> "- " + Markup.markdown(sentence))
                        .collect(Collectors.joining("\n"));
            case Rows(List<List<String>> rows) ->
                table(rows.stream()
                        .map(row -> row.stream().map(Markup::markdown).toList())
                        .toList());
            case Picture picture -> picture(picture, figure);
            case SideBySide(BeforeAfter pairs) -> completions(pairs);
            case Chain(Lineage lineage) ->
                "![" + Markup.markdown(lineage.sentence()) + "](" + link(CHAIN) + ")\n\n"
                        + written(new Rows(lineage.rows()), figure);
            case Code(String text) -> {
                var fence = Markup.fence(text);
                yield fence + "java\n" + text + "\n" + fence;
            }
        };
    }

    /** A file's place as a link: blanks and parentheses would end it. */
    private String link(String file) {
        return (folder + "/" + file).replace(" ", "%20").replace("(", "%28").replace(")", "%29");
    }

    private String picture(Picture picture, int number) {
        return "![" + Markup.markdown(picture.figure().title()) + "](" + link(picture.name() + ".png") + ")\n\n"
                + "**Figure " + number + ".** " + Markup.markdown(picture.caption()) + " ([numbers]("
                + link(picture.name() + ".csv") + "))";
    }

    /** A table of cells that are Markdown already; the first row is the header. */
    private static String table(List<List<String>> rows) {
        var lines = new ArrayList<String>();
        for (var row : rows) {
            lines.add("| " + String.join(" | ", row) + " |");
        }
        lines.add(1, "|" + String.join("|", Collections.nCopies(rows.getFirst().size(), "---")) + "|");
        return String.join("\n", lines);
    }

    private static String completions(BeforeAfter pairs) {
        var rows = new ArrayList<List<String>>();
        rows.add(pairs.table().columnNames().stream().map(Markup::markdown).toList());
        for (int i = 0; i < pairs.prompts().size(); i++) {
            var row = new ArrayList<>(List.of(Markup.markdown(pairs.prompts().get(i))));
            for (int side = 0; side < pairs.sides().size(); side++) {
                row.add(marked(pairs.changes(i, side), side == 0 ? "i" : "b")
                        + note(pairs.sides().get(side).notes().get(i)));
            }
            rows.add(row);
        }
        return table(rows)
                + (pairs.summary().isEmpty() ? "" : "\n\n" + Markup.markdown(pairs.summary()))
                + (pairs.sides().size() == 1
                        ? ""
                        : "\n\n<i>" + pairs.legend(true) + "</i>, <b>" + pairs.legend(false) + "</b>");
    }

    /** With tags, for stars beside punctuation would stay stars. */
    private static String marked(List<Segment> stretches, String tag) {
        return stretches.stream()
                .map(stretch -> stretch.changed()
                        ? "<" + tag + ">" + Markup.markdown(stretch.text()) + "</" + tag + ">"
                        : Markup.markdown(stretch.text()))
                .collect(Collectors.joining());
    }

    private static String note(String note) {
        return note.isEmpty() ? "" : "<br><sub>" + Markup.markdown(note) + "</sub>";
    }
}
