package trivium.figure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tech.tablesaw.api.NumericColumn;
import tech.tablesaw.api.Table;
import trivium.run.Aside;
import trivium.run.Run;

/**
 * One page on several runs that needs nothing beside it: recipes, curves, what the models wrote, the shift of rewards,
 * and what it takes to make the runs again. Pictures are inside the page, so it opens without a network.
 *
 * @param title of the page
 * @param runs in the order they are told, parents first
 */
public record Report(String title, List<Run> runs) {

    private static final int MOST_ROWS = 12;

    private static final String STYLE = """
            body{font:16px/1.5 system-ui,sans-serif;color:#222;max-width:60rem;margin:2rem auto;padding:0 1rem}
            table{border-collapse:collapse;font-size:14px;margin:1rem 0}
            th,td{border-bottom:1px solid #ddd;padding:.25rem .6rem;text-align:left;vertical-align:top}
            td{white-space:pre-wrap;overflow-wrap:anywhere}
            img{max-width:100%;height:auto}
            """;

    public Report {
        runs = List.copyOf(runs);
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("a report needs at least one run");
        }
    }

    /** The page. */
    public String html() {
        var page = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>")
                .append(escape(title))
                .append("</title><style>\n")
                .append(STYLE)
                .append("</style></head><body>\n<h1>")
                .append(escape(title))
                .append("</h1>\n");
        table(page, overview());
        for (var run : runs) {
            section(page, run);
        }
        return page.append("</body></html>\n").toString();
    }

    /** Saves the page, and answers the file. */
    public Path save(Path file) {
        try {
            Aside.write(file, aside -> Files.writeString(aside, html()));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot save the report as " + file + ": " + e.getMessage(), e);
        }
        return file;
    }

    private List<List<String>> overview() {
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("run", "phase", "from", "outcome", "loss", "validation loss", "reward"));
        for (var run : runs) {
            var card = run.card();
            rows.add(List.of(
                    card.id(),
                    Labels.kind(card.kind()),
                    card.parent() == null ? "" : card.parent(),
                    card.outcome().status(),
                    last(run, "loss"),
                    last(run, "validation_loss"),
                    last(run, "reward")));
        }
        return rows;
    }

    private static String last(Run run, String metric) {
        return run.has(metric) ? Labels.number(run.last(metric)) : "";
    }

    private static void section(StringBuilder page, Run run) {
        var card = run.card();
        var name = Labels.kind(card.kind());
        heading(page, 2, name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1) + ": " + card.id());
        for (var figure : figures(run)) {
            image(page, figure);
        }
        for (var table : run.tables().entrySet()) {
            if (!table.getKey().equals(Run.METRICS)) {
                int rows = table.getValue().rowCount();
                heading(
                        page,
                        3,
                        table.getKey() + (rows > MOST_ROWS ? " (" + MOST_ROWS + " of " + rows + " rows)" : ""));
                table(page, rows(table.getValue()));
            }
        }
        heading(page, 3, "Recipe");
        pairs(page, card.recipe());
        heading(page, 3, "To make it again");
        var origin = new LinkedHashMap<String, Object>();
        origin.put("seed", card.origin().seed());
        origin.put("data", card.origin().dataHash());
        origin.put("commit", card.origin().commit());
        origin.put("started", card.outcome().started());
        origin.put("took", Labels.number(card.outcome().seconds()) + " s");
        origin.putAll(card.origin().environment());
        pairs(page, origin);
    }

    private static List<Figure> figures(Run run) {
        var figures = new ArrayList<Figure>();
        if (run.has("loss") && !run.has("reward")) {
            figures.add(Figures.loss(run));
        }
        if (run.has("reward")) {
            figures.add(Figures.metrics(run, "reward", "kl", "entropy", "completions/mean_length"));
        }
        if (run.has("reward") && run.has("gold") && run.has("kl")) {
            figures.add(Figures.rewardAgainstKl(run.metrics()));
        }
        var rewards = run.tables().get("rewards");
        if (rewards != null && Points.isNumeric(rewards, "before") && Points.isNumeric(rewards, "after")) {
            figures.add(Figures.rewardShift(run));
        }
        return figures;
    }

    /** The last rows, for the newest samples say most. */
    private static List<List<String>> rows(Table table) {
        var rows = new ArrayList<List<String>>();
        rows.add(table.columnNames());
        int from = Math.max(0, table.rowCount() - MOST_ROWS);
        for (int row = from; row < table.rowCount(); row++) {
            var cells = new ArrayList<String>();
            for (var column : table.columns()) {
                boolean number = column instanceof NumericColumn<?> && !column.isMissing(row);
                cells.add(
                        number
                                ? Labels.number(((NumericColumn<?>) column).getDouble(row))
                                : column.getUnformattedString(row));
            }
            rows.add(cells);
        }
        return rows;
    }

    private static void heading(StringBuilder page, int level, String text) {
        page.append("<h").append(level).append('>').append(escape(text));
        page.append("</h").append(level).append(">\n");
    }

    private static void pairs(StringBuilder page, Map<String, ?> pairs) {
        page.append("<table>\n");
        pairs.forEach((name, value) -> page.append("<tr><th>")
                .append(escape(name))
                .append("</th><td>")
                .append(escape(String.valueOf(value)))
                .append("</td></tr>\n"));
        page.append("</table>\n");
    }

    /** A table whose first row is its heading. */
    private static void table(StringBuilder page, List<List<String>> rows) {
        page.append("<table>\n");
        for (var row : rows) {
            var tag = row == rows.getFirst() ? "th" : "td";
            page.append("<tr>");
            for (var cell : row) {
                page.append('<').append(tag).append('>').append(escape(cell));
                page.append("</").append(tag).append('>');
            }
            page.append("</tr>\n");
        }
        page.append("</table>\n");
    }

    private static void image(StringBuilder page, Figure figure) {
        page.append("<p><img width=\"").append(figure.width()).append("\" alt=\"");
        page.append(escape(figure.title())).append("\" src=\"data:image/png;base64,");
        page.append(Base64.getEncoder().encodeToString(figure.png())).append("\"></p>\n");
    }

    @Override
    public String toString() {
        return title + " (a page; save(Path.of(\"report.html\")) and open it in a browser)";
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
