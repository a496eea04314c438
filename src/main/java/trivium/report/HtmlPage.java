package trivium.report;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import trivium.report.Part.Chain;
import trivium.report.Part.Code;
import trivium.report.Part.Heading;
import trivium.report.Part.Items;
import trivium.report.Part.Paragraph;
import trivium.report.Part.Picture;
import trivium.report.Part.Rows;
import trivium.report.Part.SideBySide;
import trivium.text.Markup;

/** A report as one HTML file that fetches nothing: pictures, and the numbers behind them, are inside. */
record HtmlPage(String title, List<Part> parts) {

    /** Hashes and the like, which may be broken anywhere; in other cells only spaces may. */
    private static final Pattern LONG = Pattern.compile("\\S{30}");

    private static final String STYLE = """
            :root{color-scheme:light}
            html{background:#fff}
            body{font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;color:#222;
              max-width:60rem;margin:2.5rem auto;padding:0 1.25rem}
            h1{font-size:2rem;line-height:1.2;margin:0}
            h2{font-size:1.4rem;margin:3rem 0 .8rem;padding-bottom:.25rem;border-bottom:1px solid #ccc}
            h3{font-size:1.1rem;margin:2rem 0 .5rem}
            .date{color:#555;margin:.4rem 0 0}
            nav ol{columns:2;margin:1.5rem 0;padding-left:1.4rem}
            a{color:#005a8e}
            table{border-collapse:collapse;font-size:.875rem;margin:1rem 0;font-variant-numeric:tabular-nums}
            th,td{border-bottom:1px solid #ddd;padding:.3rem .7rem .3rem 0;text-align:left;vertical-align:top}
            th{border-bottom:2px solid #999}
            td{white-space:pre-wrap}
            .number{text-align:right;white-space:nowrap}
            .long{overflow-wrap:anywhere}
            figure{margin:1.5rem 0}
            img{max-width:100%;height:auto}
            figcaption{font-size:.9rem;color:#444}
            pre{background:#f5f5f5;padding:.8rem 1rem;font-size:.8rem;line-height:1.45;white-space:pre-wrap;
              overflow-wrap:anywhere}
            @page{margin:18mm}
            @media print{body{max-width:none;margin:0;padding:0;font-size:10.5pt}
              h2,h3{break-after:avoid}figure,tr,pre{break-inside:avoid}.numbers{display:none}
              *{-webkit-print-color-adjust:exact;print-color-adjust:exact}a{color:inherit;text-decoration:none}}
            """;

    String text() {
        var page = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n")
                .append("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>")
                .append(Markup.escape(title))
                .append("</title><style>\n")
                .append(STYLE)
                .append("</style></head><body>\n<header><h1>")
                .append(Markup.escape(title))
                .append("</h1>\n<p class=\"date\">")
                .append(Markup.escape(ReportContents.today()))
                .append("</p></header>\n<nav><ol>\n");
        ReportContents.contents(parts)
                .forEach(heading -> page.append("<li><a href=\"#" + Markup.anchor(heading) + "\">")
                        .append(Markup.escape(heading))
                        .append("</a></li>\n"));
        page.append("</ol></nav>\n");
        int figure = 0;
        for (var part : parts) {
            figure += part instanceof Picture ? 1 : 0;
            write(page, part, figure);
        }
        return page.append("</body></html>\n").toString();
    }

    private static void write(StringBuilder page, Part part, int figure) {
        switch (part) {
            case Heading(int level, String text) -> {
                var anchor = level == 2 ? " id=\"" + Markup.anchor(text) + "\"" : "";
                page.append("<h" + level + anchor + ">" + Markup.escape(text) + "</h" + level + ">\n");
            }
            case Paragraph(String text) -> page.append("<p>" + Markup.escape(text) + "</p>\n");
            case Items(List<String> sentences) -> {
                page.append("<ul>\n");
                sentences.forEach(sentence -> page.append("<li>" + Markup.escape(sentence) + "</li>\n"));
                page.append("</ul>\n");
            }
            case Rows(List<List<String>> rows) -> table(page, rows);
            case Picture picture -> picture(page, picture, figure);
            case SideBySide(BeforeAfter pairs) -> page.append(pairs.html()).append('\n');
            case Chain(Lineage lineage) -> page.append("<figure>" + lineage.svg() + "</figure>\n");
            case Code(String text) -> page.append("<pre>" + Markup.escape(text) + "</pre>\n");
        }
    }

    private static void table(StringBuilder page, List<List<String>> rows) {
        page.append("<table>\n");
        for (var row : rows) {
            boolean header = row == rows.getFirst();
            page.append(header ? "<thead><tr>" : "<tr>");
            for (int c = 0; c < row.size(); c++) {
                var kind = ReportContents.isNumeric(rows, c)
                        ? " class=\"number\""
                        : LONG.matcher(row.get(c)).find() ? " class=\"long\"" : "";
                page.append(header ? "<th" : "<td").append(kind).append('>').append(Markup.escape(row.get(c)));
                page.append(header ? "</th>" : "</td>");
            }
            page.append(header ? "</tr></thead>\n" : "</tr>\n");
        }
        page.append("</table>\n");
    }

    private static void picture(StringBuilder page, Picture picture, int number) {
        var figure = picture.figure();
        page.append("<figure><img width=\"" + figure.width() + "\" alt=\"" + Markup.escape(figure.title()))
                .append("\" src=\"data:image/png;base64,")
                .append(Base64.getEncoder().encodeToString(figure.png()))
                .append("\"><figcaption><b>Figure " + number + ".</b> " + Markup.escape(picture.caption()))
                .append(" <a class=\"numbers\" download=\"" + Markup.escape(picture.name()) + ".csv\" href=\"")
                .append("data:text/csv;charset=utf-8;base64,")
                .append(Base64.getEncoder().encodeToString(figure.csv().getBytes(StandardCharsets.UTF_8)))
                .append("\">numbers</a></figcaption></figure>\n");
    }
}
