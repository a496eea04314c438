package trivium.figure;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.geom.Path2D;
import java.awt.geom.PathIterator;
import java.util.List;
import java.util.Locale;
import trivium.figure.VectorRecorder.Area;
import trivium.figure.VectorRecorder.Element;
import trivium.figure.VectorRecorder.Line;
import trivium.figure.VectorRecorder.Word;
import trivium.text.Markup;

/** Writes what was painted as SVG 1.1: words stay words, which can be searched and selected. */
final class Svg {

    /** Coordinates are written in hundredths of a pixel of the layout. */
    private static final double PARTS = 100;

    private final StringBuilder svg = new StringBuilder();
    private long x;
    private long y;

    private Svg() {}

    static String of(Page page, List<Element> elements) {
        var file = new Svg();
        file.svg
                .append("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"")
                .append(number(Math.round(PARTS * page.points() * page.width())))
                .append("pt\" height=\"")
                .append(number(Math.round(PARTS * page.points() * page.height())))
                .append("pt\" viewBox=\"0 0 " + page.width() + " " + page.height())
                .append("\" font-family=\"DejaVu Sans,Verdana,Helvetica,Arial,sans-serif\">\n<title>")
                .append(Markup.escape(page.sheet().title()))
                .append("</title>\n");
        if (!page.sheet().caption().isEmpty()) {
            file.svg
                    .append("<desc>")
                    .append(Markup.escape(page.sheet().caption()))
                    .append("</desc>\n");
        }
        elements.forEach(file::write);
        return file.svg.append("</svg>\n").toString();
    }

    private void write(Element element) {
        switch (element) {
            case Area(Path2D outline, Color color) -> {
                svg.append("<path").append(paint("fill", color)).append(" d=\"");
                path(outline);
                svg.append("\"/>\n");
            }
            case Line(Path2D path, Color color, BasicStroke stroke) -> {
                svg.append("<path fill=\"none\"").append(paint("stroke", color)).append(stroked(stroke));
                svg.append(" d=\"");
                path(path);
                svg.append("\"/>\n");
            }
            case Word word -> word(word);
        }
    }

    private void word(Word word) {
        var place = parts(word.x()) + " " + parts(word.y());
        svg.append("<text").append(paint("fill", word.color()));
        svg.append(" font-size=\"" + parts(word.font().getSize2D()) + "\"");
        svg.append(word.font().isBold() ? " font-weight=\"bold\"" : "");
        svg.append(word.anchor() == 0 ? "" : " text-anchor=\"" + (word.anchor() == 1 ? "end" : "middle") + "\"");
        // Where this font is not there, another keeps to its width.
        svg.append(" textLength=\"" + parts(word.width()) + "\" lengthAdjust=\"spacingAndGlyphs\"");
        svg.append(" transform=\"translate(" + place + ")" + (word.upright() ? " rotate(-90)" : "") + "\">");
        svg.append(Markup.escape(word.text())).append("</text>\n");
    }

    private static String paint(String what, Color color) {
        var paint = String.format(Locale.ROOT, " %s=\"#%06x\"", what, color.getRGB() & 0xFFFFFF);
        return color.getAlpha() == 255
                ? paint
                : paint + " " + what + "-opacity=\"" + parts(color.getAlpha() / 255.0) + "\"";
    }

    private static String stroked(BasicStroke stroke) {
        var text = new StringBuilder(" stroke-width=\"" + parts(stroke.getLineWidth()) + "\"");
        text.append(stroke.getEndCap() == BasicStroke.CAP_ROUND ? " stroke-linecap=\"round\"" : "");
        text.append(stroke.getLineJoin() == BasicStroke.JOIN_ROUND ? " stroke-linejoin=\"round\"" : "");
        if (stroke.getDashArray() != null) {
            text.append(" stroke-dasharray=\"");
            for (float dash : stroke.getDashArray()) {
                text.append(parts(dash)).append(' ');
            }
            text.setCharAt(text.length() - 1, '"');
        }
        return text.toString();
    }

    /** Each point from the one before: differences are short. */
    private void path(Path2D path) {
        x = 0;
        y = 0;
        long startX = 0;
        long startY = 0;
        char last = ' ';
        var at = new double[6];
        for (var steps = path.getPathIterator(null); !steps.isDone(); steps.next()) {
            char command = switch (steps.currentSegment(at)) {
                case PathIterator.SEG_MOVETO -> 'm';
                case PathIterator.SEG_LINETO -> 'l';
                case PathIterator.SEG_QUADTO -> 'q';
                case PathIterator.SEG_CUBICTO -> 'c';
                default -> 'z';
            };
            svg.append(command == last && command == 'l' ? "" : command);
            points(at, command == 'c' ? 3 : command == 'q' ? 2 : command == 'z' ? 0 : 1);
            if (command == 'm') {
                startX = x;
                startY = y;
            } else if (command == 'z') {
                x = startX;
                y = startY;
            }
            last = command;
        }
    }

    private void points(double[] at, int count) {
        long fromX = x;
        long fromY = y;
        for (int i = 0; i < count; i++) {
            x = Math.round(PARTS * at[2 * i]);
            y = Math.round(PARTS * at[2 * i + 1]);
            coordinate(x - fromX);
            coordinate(y - fromY);
        }
    }

    private void coordinate(long value) {
        boolean apart = Character.isDigit(svg.charAt(svg.length() - 1)) && value >= 0;
        svg.append(apart ? " " : "").append(number(value));
    }

    private static String parts(double value) {
        return number(Math.round(PARTS * value));
    }

    /** Hundredths as a decimal number in as few characters as there can be. */
    private static String number(long hundredths) {
        long size = Math.abs(hundredths);
        var whole = size >= 100 || size == 0 ? Long.toString(size / 100) : "";
        long rest = size % 100;
        var decimals = rest == 0 ? "" : rest % 10 == 0 ? "." + rest / 10 : String.format(Locale.ROOT, ".%02d", rest);
        return (hundredths < 0 ? "-" : "") + whole + decimals;
    }
}
