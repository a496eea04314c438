package trivium.figure;

import java.awt.Graphics2D;
import java.awt.Insets;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.figure.FigureLayout.Cells;
import trivium.model.Transformer;
import trivium.run.Run;
import trivium.text.Numbers;

/** Draws where one head looks: a row for each token that asks, a column for each token that is looked at. */
final class AttentionMap {

    private static final int LINE = 18;
    private static final int LETTER = 13;
    private static final double LONGEST = 90;
    private static final int BAR_SPACE = 84;

    /** The same beside others, which are smaller. */
    private static final double LONGEST_BESIDE = 62;

    private static final int BESIDE_WIDTH = 170;
    private static final int BESIDE_HEIGHT = 250;

    private final List<String> tokens;
    private final double[][] weights;
    private final double most;
    private final boolean beside; // others, which leaves no space for a scale and titles of axes

    private AttentionMap(List<String> tokens, double[][] weights) {
        this(tokens, weights, most(weights), false);
    }

    private AttentionMap(List<String> tokens, double[][] weights, double most, boolean beside) {
        this.tokens = tokens;
        this.weights = weights;
        this.most = most;
        this.beside = beside;
    }

    private static double most(double[]... weights) {
        return Arrays.stream(weights).flatMapToDouble(Arrays::stream).max().orElse(0);
    }

    /** A panel for each run, all in the same colours; see {@link Figures#attention(Table)}. */
    static Figure ofPhases(Table table) {
        if (table.isEmpty()) {
            return new Figure(FigureLayout.empty("Attention"), table);
        }
        int count = (int) table.intColumn("position").max();
        var weights = new LinkedHashMap<String, double[][]>();
        var tokens = new LinkedHashMap<String, List<String>>();
        for (var row : table) {
            var run = row.getString("run");
            weights.computeIfAbsent(run, _ -> new double[count][count])[row.getInt("position") - 1][
                            row.getInt("at") - 1] =
                    row.getDouble("weight");
            if (row.getInt("position") == 1) {
                tokens.computeIfAbsent(run, _ -> new ArrayList<>()).add(visible(row.getString("looked_at")));
            }
        }
        double most =
                weights.values().stream().mapToDouble(AttentionMap::most).max().orElse(0);
        var panels = new ArrayList<Panel>();
        weights.forEach((run, each) -> {
            var map = new AttentionMap(tokens.get(run), each, most, true);
            int names = (int) Math.ceil(map.widest()) + 10;
            var panel = Canvas.panel(new Insets(0, names, names, 4), map::paint, map::read);
            panels.add(panel.titled(run));
        });
        var title = String.format(
                Locale.ROOT,
                "Attention of layer %d, head %d at each phase: where each token looks",
                table.intColumn("layer").get(0),
                table.intColumn("head").get(0));
        var caption =
                "A row for each token that looks, a column for each that is looked at. White is a weight of 0, the"
                        + " darkest blue one of " + Numbers.brief(most) + ".";
        var cells = new Cells(Math.min(3, panels.size()), BESIDE_HEIGHT, BESIDE_WIDTH);
        var sheet = new FigureLayout(title, List.of(), panels, cells);
        return new Figure(sheet.captioned(caption), table);
    }

    static Figure of(String head, List<String> tokens, double[][] weights) {
        check(tokens, weights);
        var title = "Attention of " + head + ": where each token looks";
        var table = table(tokens, weights);
        if (tokens.isEmpty()) {
            return new Figure(FigureLayout.empty(title), table);
        }
        var map = new AttentionMap(tokens.stream().map(AttentionMap::visible).toList(), weights);
        int names = (int) Math.ceil(map.widest());
        var around = new Insets(0, names + LINE + 16, names + LINE + 14, BAR_SPACE);
        var panel = Canvas.panel(around, map::paint, map::read);
        return new Figure(FigureLayout.of(title, List.of(), panel, 430), table);
    }

    static Figure of(Run run, String text, int layer, int head) {
        if (!(run.model() instanceof Transformer model)) {
            throw new IllegalArgumentException(
                    "the model of " + run.id() + " is no transformer and has no attention to look at");
        }
        int layers = model.architecture().layers();
        int heads = model.architecture().attention().heads();
        if (layer < 1 || layer > layers || head < 1 || head > heads) {
            throw new IllegalArgumentException("there is no layer " + layer + ", head " + head + ": the model of "
                    + run.id() + " has layers 1 to " + layers + " with heads 1 to " + heads);
        }
        int[] ids = run.tokenizer().encodeWithSpecials(text);
        var tokens = Arrays.stream(ids).mapToObj(run.tokenizer()::show).toList();
        return of("layer " + layer + ", head " + head, tokens, model.attention(ids)[layer - 1][head - 1]);
    }

    private static void check(List<String> tokens, double[][] weights) {
        int count = tokens.size();
        if (weights.length != count || Arrays.stream(weights).anyMatch(row -> row.length != count)) {
            throw new IllegalArgumentException("an attention map of " + count + " tokens needs " + count + " rows of "
                    + count + " weights, not " + weights.length + " rows"
                    + (weights.length == count ? " of other lengths" : ""));
        }
        for (var row : weights) {
            for (double weight : row) {
                if (!(weight >= 0 && weight <= 1.001)) {
                    throw new IllegalArgumentException(
                            "attention weights lie between 0 and 1, after the softmax; one here is " + weight);
                }
            }
        }
    }

    /** A square, for both sides are the same tokens. */
    private static Rectangle2D square(Rectangle2D plot) {
        double side = Math.min(plot.getWidth(), plot.getHeight());
        return new Rectangle2D.Double(plot.getCenterX() - side / 2, plot.getY(), side, side);
    }

    /** The greatest weights, four times as many as data of a series; of the others what they do not exceed. */
    private Readings read(Rectangle2D plot, int most) {
        int count = tokens.size();
        var positive = Arrays.stream(weights)
                .flatMapToDouble(Arrays::stream)
                .filter(weight -> weight > 0)
                .sorted()
                .toArray();
        int dropped = Math.max(0, positive.length - 4 * most);
        double limit = dropped == 0 ? 0 : positive[dropped - 1];
        var values = new String[count][count][];
        for (int query = 0; query < count; query++) {
            for (int key = 0; key < count; key++) {
                double weight = weights[query][key];
                values[query][key] = weight > limit ? new String[] {Numbers.brief(weight)} : null;
            }
        }
        var others = dropped == 0 ? "0" : "at most " + Numbers.brief(limit);
        var named = IntStream.range(0, count)
                .mapToObj(i -> (i + 1) + ". " + tokens.get(i))
                .toList();
        return new Readings(
                List.of("token that is looked at", "token that looks", "attention weight"),
                square(plot),
                List.of(),
                new Readings.Cells(named, named, values, List.of(others)));
    }

    private void paint(Graphics2D g, Rectangle2D plot) {
        double side = square(plot).getWidth();
        double left = square(plot).getX();
        double cell = side / tokens.size();
        for (int query = 0; query < tokens.size(); query++) {
            for (int key = 0; key < tokens.size(); key++) {
                g.setColor(ColorRamp.BLUES.at(most == 0 ? 0 : weights[query][key] / most));
                g.fill(new Rectangle2D.Double(left + key * cell, plot.getY() + query * cell, cell + 0.2, cell + 0.2));
            }
        }
        g.setColor(Style.GRID);
        g.setStroke(Style.stroke(cell > 6 ? 1 : 0.3f));
        for (int i = 0; i <= tokens.size(); i++) {
            double along = i * cell;
            g.draw(new Line2D.Double(left, plot.getY() + along, left + side, plot.getY() + along));
            g.draw(new Line2D.Double(left + along, plot.getY(), left + along, plot.getY() + side));
        }
        paintNames(g, plot, left, side);
        if (beside) {
            return;
        }
        Lettering.upright(g, "token that looks", left - 14 - widest(), plot.getY() + side / 2);
        Lettering.draw(
                g,
                "token that is looked at",
                Style.TEXT,
                Style.INK,
                left + side / 2,
                plot.getY() + side + widest() + 22,
                0.5);
        paintBar(g, new Rectangle2D.Double(left + side + 16, plot.getY(), 14, side));
    }

    /** Every token has its name, or every second, third … where there are too many for the letters. */
    private void paintNames(Graphics2D g, Rectangle2D plot, double left, double side) {
        double cell = side / tokens.size();
        int every = Math.max(1, (int) Math.ceil(LETTER / cell));
        double bottom = plot.getY() + side;
        for (int i = 0; i < tokens.size(); i += every) {
            var name = Lettering.fit(tokens.get(i), Style.SMALL, longest());
            double middle = (i + 0.5) * cell;
            Lettering.draw(g, name, Style.SMALL, Style.INK, left - 6, plot.getY() + middle + 4, 1);
            var level = g.getTransform();
            g.rotate(-Math.PI / 2, left + middle + 4, bottom + 6);
            Lettering.draw(g, name, Style.SMALL, Style.INK, left + middle + 4, bottom + 6, 1);
            g.setTransform(level);
        }
    }

    private void paintBar(Graphics2D g, Rectangle2D bar) {
        ColorRamp.BLUES.paint(g, bar);
        g.setColor(Style.AXIS);
        g.setStroke(Style.stroke(1));
        g.draw(bar);
        for (int i = 0; i <= 4; i++) {
            double y = bar.getMaxY() - i * bar.getHeight() / 4;
            Lettering.draw(g, Numbers.beside(most * i / 4, most), Style.SMALL, Style.SOFT, bar.getMaxX() + 5, y + 4, 0);
            if (most == 0) {
                break;
            }
        }
        Lettering.upright(g, "attention weight", bar.getMaxX() + BAR_SPACE - 32, bar.getCenterY());
    }

    private double longest() {
        return beside ? LONGEST_BESIDE : LONGEST;
    }

    private double widest() {
        return tokens.stream()
                .mapToDouble(name -> Math.min(longest(), Lettering.width(name, Style.SMALL)))
                .max()
                .orElse(0);
    }

    /** White space is a token too, and is looked at. */
    static String visible(String token) {
        return token.isEmpty()
                ? "∅"
                : token.replace(' ', '␣').replace("\n", "↵").replace("\t", "⇥");
    }

    private static Table table(List<String> tokens, double[][] weights) {
        var from = new ArrayList<String>();
        var to = new ArrayList<String>();
        var weight = DoubleColumn.create("weight");
        for (int query = 0; query < tokens.size(); query++) {
            for (int key = 0; key < tokens.size(); key++) {
                from.add(tokens.get(query));
                to.add(tokens.get(key));
                weight.append(weights[query][key]);
            }
        }
        return Table.create("figure", StringColumn.create("looks", from), StringColumn.create("looked_at", to), weight);
    }
}
