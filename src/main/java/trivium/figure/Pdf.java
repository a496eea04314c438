package trivium.figure;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.font.TextLayout;
import java.awt.geom.AffineTransform;
import java.awt.geom.Path2D;
import java.awt.geom.PathIterator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.common.PDRectangle;
import org.apache.pdfbox.pdmodel.font.PDFont;
import org.apache.pdfbox.pdmodel.font.PDType0Font;
import org.apache.pdfbox.pdmodel.graphics.state.PDExtendedGraphicsState;
import org.apache.pdfbox.pdmodel.graphics.state.RenderingMode;
import org.apache.pdfbox.util.Matrix;
import trivium.figure.VectorRecorder.Area;
import trivium.figure.VectorRecorder.Element;
import trivium.figure.VectorRecorder.Line;
import trivium.figure.VectorRecorder.Word;

/**
 * Writes what was painted as a page of PDF: words stay words, in a font of which the file holds the letters it needs.
 * What that font lacks is drawn as outlines.
 */
final class Pdf {

    /** Liberation Sans (SIL Open Font License), which PDFBox brings. */
    private static final String FONT = "/org/apache/pdfbox/resources/ttf/LiberationSans-Regular.ttf";

    /** Of a bold letter's size, the width of the line around it. */
    private static final float BOLDER = 0.03f;

    /** Of a bold letter's size, the space that its line takes from the next letter. */
    private static final float WIDER = 0.02f;

    private final PDPageContentStream out;
    private final PDFont font;
    private final Map<Integer, PDExtendedGraphicsState> sheer = new HashMap<>();

    private Pdf(PDPageContentStream out, PDFont font) {
        this.out = out;
        this.font = font;
    }

    static byte[] of(Page page, List<Element> elements) throws IOException {
        try (var document = new PDDocument();
                var letters = PDDocument.class.getResourceAsStream(FONT)) {
            document.getDocumentInformation().setTitle(page.sheet().title());
            document.getDocumentInformation().setSubject(page.sheet().caption());
            document.getDocumentCatalog().setLanguage("en");
            document.setDocumentId((long) page.sheet().title().hashCode());
            float points = (float) page.points();
            var paper = new PDPage(new PDRectangle(points * page.width(), points * page.height()));
            document.addPage(paper);
            try (var out = new PDPageContentStream(document, paper)) {
                var height = paper.getMediaBox().getHeight();
                out.transform(new Matrix(points, 0, 0, -points, 0, height)); // from the upper left corner
                var pdf = new Pdf(out, PDType0Font.load(document, letters, true));
                for (var element : elements) {
                    pdf.write(element);
                }
            }
            var bytes = new ByteArrayOutputStream();
            document.save(bytes);
            return bytes.toByteArray();
        }
    }

    private void write(Element element) throws IOException {
        switch (element) {
            case Area(Path2D outline, Color color) -> {
                color(color);
                path(outline);
                out.fill();
            }
            case Line(Path2D path, Color color, BasicStroke stroke) -> {
                color(color);
                out.setLineWidth(stroke.getLineWidth());
                out.setLineCapStyle(stroke.getEndCap());
                out.setLineJoinStyle(stroke.getLineJoin());
                var dashes = stroke.getDashArray() == null ? new float[0] : stroke.getDashArray();
                out.setLineDashPattern(dashes, stroke.getDashPhase());
                path(path);
                out.stroke();
            }
            case Word word -> word(word);
        }
    }

    private void word(Word word) throws IOException {
        var runs = runs(word.text());
        double width = 0;
        for (var run : runs) {
            width += width(run, word.font());
        }
        double at = -word.anchor() * width;
        color(word.color());
        for (var run : runs) {
            if (run.known()) {
                letters(run.text(), word, at);
            } else {
                var place = AffineTransform.getTranslateInstance(word.x(), word.y());
                place.rotate(word.upright() ? -Math.PI / 2 : 0);
                place.translate(at, 0);
                path(new Path2D.Double(new TextLayout(run.text(), word.font(), Lettering.CONTEXT).getOutline(place)));
                out.fill();
            }
            at += width(run, word.font());
        }
    }

    /** Letters that stand side by side and are all in the font, or all not. */
    private record Run(String text, boolean known) {}

    private List<Run> runs(String text) {
        var runs = new ArrayList<Run>();
        text.codePoints().mapToObj(Character::toString).forEach(letter -> {
            boolean known = knows(letter);
            if (!runs.isEmpty() && runs.getLast().known == known) {
                runs.add(new Run(runs.removeLast().text + letter, known));
            } else {
                runs.add(new Run(letter, known));
            }
        });
        return runs;
    }

    private boolean knows(String letter) {
        try {
            return font.getStringWidth(letter) > 0;
        } catch (IOException | IllegalArgumentException e) {
            return false;
        }
    }

    private double width(Run run, Font size) throws IOException {
        double wider = size.isBold() ? WIDER * size.getSize2D() * run.text.length() : 0;
        return run.known
                ? font.getStringWidth(run.text) / 1000 * size.getSize2D() + wider
                : Lettering.width(run.text, size);
    }

    /** Shows text that begins so far behind the anchor of a word. */
    private void letters(String text, Word word, double at) throws IOException {
        float size = word.font().getSize2D();
        out.beginText();
        out.setFont(font, size);
        out.setRenderingMode(word.font().isBold() ? RenderingMode.FILL_STROKE : RenderingMode.FILL);
        out.setCharacterSpacing(word.font().isBold() ? WIDER * size : 0);
        if (word.font().isBold()) {
            out.setLineWidth(BOLDER * size);
            out.setLineDashPattern(new float[0], 0);
        }
        out.setTextMatrix(
                word.upright()
                        ? new Matrix(0, -1, -1, 0, (float) word.x(), (float) (word.y() - at))
                        : new Matrix(1, 0, 0, -1, (float) (word.x() + at), (float) word.y()));
        out.showText(text);
        out.endText();
    }

    private void color(Color color) throws IOException {
        out.setNonStrokingColor(color);
        out.setStrokingColor(color);
        var state = sheer.computeIfAbsent(color.getAlpha(), alpha -> {
            var opacity = new PDExtendedGraphicsState();
            opacity.setNonStrokingAlphaConstant(alpha / 255f);
            opacity.setStrokingAlphaConstant(alpha / 255f);
            return opacity;
        });
        out.setGraphicsStateParameters(state);
    }

    private void path(Path2D path) throws IOException {
        var at = new float[6];
        float x = 0;
        float y = 0;
        for (var steps = path.getPathIterator(null); !steps.isDone(); steps.next()) {
            switch (steps.currentSegment(at)) {
                case PathIterator.SEG_MOVETO -> out.moveTo(at[0], at[1]);
                case PathIterator.SEG_LINETO -> out.lineTo(at[0], at[1]);
                case PathIterator.SEG_CUBICTO -> out.curveTo(at[0], at[1], at[2], at[3], at[4], at[5]);
                case PathIterator.SEG_QUADTO -> // as the cubic that it is
                    out.curveTo(
                            x + (at[0] - x) * 2 / 3,
                            y + (at[1] - y) * 2 / 3,
                            at[2] + (at[0] - at[2]) * 2 / 3,
                            at[3] + (at[1] - at[3]) * 2 / 3,
                            at[2],
                            at[3]);
                default -> out.closePath();
            }
            int points = steps.currentSegment(at) == PathIterator.SEG_CUBICTO
                    ? 3
                    : steps.currentSegment(at) == PathIterator.SEG_QUADTO ? 2 : 1;
            x = at[2 * points - 2];
            y = at[2 * points - 1];
        }
    }
}
