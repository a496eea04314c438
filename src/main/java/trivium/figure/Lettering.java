package trivium.figure;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.font.FontRenderContext;
import java.awt.font.TextLayout;
import java.awt.geom.AffineTransform;
import java.util.ArrayList;
import java.util.List;

/** Text: in images as outlines, which look alike at every size and angle, in vector files as words. */
final class Lettering {

    static final FontRenderContext CONTEXT = new FontRenderContext(null, true, true);

    private Lettering() {}

    /** Draws a line of text; {@code anchor} 0 puts its left end at x, 0.5 its middle, 1 its right end. */
    static void draw(Graphics2D g, String text, Font font, Color color, double x, double baseline, double anchor) {
        if (text.isBlank()) {
            return;
        }
        var at = AffineTransform.getTranslateInstance(x - anchor * width(text, font), baseline);
        if (g instanceof VectorRecorder ink) {
            ink.word(text, font, color, x, baseline, anchor);
            return;
        }
        g.setColor(color);
        g.fill(new TextLayout(text, font, CONTEXT).getOutline(at));
    }

    /** Draws the label of a vertical axis, read from below, around a middle. */
    static void upright(Graphics2D g, String text, double x, double middle) {
        var level = g.getTransform();
        g.transform(AffineTransform.getRotateInstance(-Math.PI / 2, x, middle));
        draw(g, text, Style.TEXT, Style.INK, x, middle, 0.5);
        g.setTransform(level);
    }

    static double width(String text, Font font) {
        return text.isEmpty() ? 0 : font.getStringBounds(text, CONTEXT).getWidth();
    }

    /** Breaks text at spaces into lines no wider than {@code width}. */
    static List<String> wrap(String text, Font font, double width) {
        var lines = new ArrayList<String>();
        var line = new StringBuilder();
        for (var word : text.split(" ")) {
            if (!line.isEmpty() && width(line + " " + word, font) > width) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }

    /** This font, or as much smaller as the text needs to be no wider than {@code width}; not under 8 pixels. */
    static Font shrunk(String text, Font font, double width) {
        double share = width / Math.max(1e-9, width(text, font));
        return share >= 1 ? font : font.deriveFont((float) Math.max(8, Math.floor(2 * share * font.getSize()) / 2));
    }

    /** Shortens text with an ellipsis until it is no wider than {@code width}. */
    static String fit(String text, Font font, double width) {
        var fitting = text;
        while (fitting.length() > 1 && width(fitting, font) > width) {
            int kept = fitting.length() - (fitting.endsWith("…") ? 2 : 1);
            fitting = fitting.substring(0, Math.max(0, kept)) + "…";
        }
        return fitting;
    }
}
