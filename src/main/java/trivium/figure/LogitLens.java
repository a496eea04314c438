package trivium.figure;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.Insets;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import tech.tablesaw.api.Row;
import tech.tablesaw.api.Table;
import trivium.text.Numbers;

/**
 * Draws what a model would say after each of its blocks: a row for each block, a column for each token that was read.
 */
final class LogitLens {

    private static final int ROW = 22;
    private static final int LINE = 18;
    private static final double LONGEST = 66;

    private final List<String> read;
    private final String[][] says; // by block, then position
    private final double[][] probability;

    private LogitLens(List<Row> rows) {
        int blocks = rows.stream().mapToInt(row -> row.getInt("block")).max().orElse(0);
        int positions =
                rows.stream().mapToInt(row -> row.getInt("position")).max().orElse(0);
        var first = new String[positions];
        says = new String[blocks + 1][positions];
        probability = new double[blocks + 1][positions];
        for (var row : rows) {
            int at = row.getInt("position") - 1;
            first[at] = AttentionMap.visible(row.getString("read"));
            says[row.getInt("block")][at] = AttentionMap.visible(row.getString("says"));
            probability[row.getInt("block")][at] = row.getDouble("probability");
        }
        read = List.of(first);
    }

    static Figure of(Table table) {
        var title = "Logit lens: what the model would say next if it ended after so many blocks";
        if (table.isEmpty()) {
            return new Figure(FigureLayout.empty(title), table);
        }
        var panels = new ArrayList<Panel>();
        int height = 0;
        for (var run : PhaseChanges.rows(table, "run").entrySet()) {
            var lens = new LogitLens(run.getValue());
            var panel = Canvas.panel(new Insets(0, 3 * LINE, lens.below(), 0), lens::paint, lens::read);
            panels.add(panel.titled(run.getKey()));
            height = Math.max(height, ROW * lens.says.length + lens.below() + LINE + 22);
        }
        var caption = "Below each column the token that was read, in it the likeliest next token after each block; 0 is"
                + " the embedding alone, the top row what the model says. White is a probability of 0, the darkest blue"
                + " one of 1.";
        return new Figure(new FigureLayout(title, List.of(), panels, 1, height).captioned(caption), table);
    }

    /** The space that the names of tokens need below. */
    private int below() {
        double widest = read.stream()
                .mapToDouble(name -> Lettering.width(name, Style.SMALL))
                .max()
                .orElse(0);
        return (int) Math.min(LONGEST, widest) + 8;
    }

    private Readings read(Rectangle2D plot, int most) {
        int top = says.length - 1;
        var values = new String[says.length][read.size()][];
        for (int block = 0; block <= top; block++) {
            for (int t = 0; t < read.size(); t++) {
                values[top - block][t] = new String[] {says[block][t], Numbers.brief(probability[block][t])};
            }
        }
        var blocks = IntStream.rangeClosed(0, top)
                .mapToObj(i -> String.valueOf(top - i))
                .toList();
        return new Readings(
                List.of("read", "after block", "likeliest next", "its probability"),
                plot,
                List.of(),
                new Readings.Cells(read, blocks, values, List.of()));
    }

    private void paint(Graphics2D g, Rectangle2D plot) {
        double width = plot.getWidth() / read.size();
        double height = plot.getHeight() / says.length;
        for (int block = 0; block < says.length; block++) {
            double top = plot.getMaxY() - (block + 1) * height;
            for (int t = 0; t < read.size(); t++) {
                var cell = new Rectangle2D.Double(plot.getX() + t * width, top, width, height);
                var color = ColorRamp.BLUES.at(probability[block][t]);
                g.setColor(color);
                g.fill(cell);
                g.setColor(Style.GRID);
                g.setStroke(Style.stroke(1));
                g.draw(cell);
                var font = Lettering.shrunk(says[block][t], Style.SMALL, width - 4);
                var word = Lettering.fit(says[block][t], font, width - 3);
                var ink = color.getGreen() > 140 ? Style.INK : Color.WHITE;
                Lettering.draw(g, word, font, ink, cell.getCenterX(), cell.getCenterY() + 4, 0.5);
            }
            Lettering.draw(g, String.valueOf(block), Style.SMALL, Style.SOFT, plot.getX() - 6, top + height / 2 + 4, 1);
        }
        for (int t = 0; t < read.size(); t++) {
            double middle = plot.getX() + (t + 0.5) * width;
            var level = g.getTransform();
            g.rotate(-Math.PI / 2, middle + 4, plot.getMaxY() + 6);
            var name = Lettering.fit(read.get(t), Style.SMALL, LONGEST);
            Lettering.draw(g, name, Style.SMALL, Style.INK, middle + 4, plot.getMaxY() + 6, 1);
            g.setTransform(level);
        }
        Lettering.upright(g, "after block", plot.getX() - 30, plot.getCenterY());
    }
}
