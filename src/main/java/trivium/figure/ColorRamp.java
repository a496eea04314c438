package trivium.figure;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.geom.Rectangle2D;
import java.util.List;
import java.util.stream.IntStream;

/** Colours for amounts, from little to much; their lightness goes one way, so that they are read in grey as well. */
record ColorRamp(List<Color> colors) {

    /** Viridis (van der Walt and Smith, for matplotlib): even steps of lightness, readable with colour blindness. */
    static final ColorRamp VIRIDIS =
            of(0x440154, 0x482878, 0x3E4989, 0x31688E, 0x26828E, 0x1F9E89, 0x35B779, 0x6DCD59, 0xB4DE2C, 0xFDE725);

    /** White for nothing, then darker and darker blue (Harrower and Brewer, ColorBrewer "Blues"). */
    static final ColorRamp BLUES =
            of(0xFFFFFF, 0xDEEBF7, 0xC6DBEF, 0x9ECAE1, 0x6BAED6, 0x4292C6, 0x2171B5, 0x08519C, 0x08306B);

    private static final int STEPS = 64;

    private static ColorRamp of(int... colors) {
        return new ColorRamp(IntStream.of(colors).mapToObj(Color::new).toList());
    }

    /** The colour at a share of the way, 0 … 1. */
    Color at(double share) {
        double at = Math.clamp(share, 0, 1) * (colors.size() - 1);
        int i = Math.min((int) at, colors.size() - 2);
        return mix(colors.get(i), colors.get(i + 1), at - i);
    }

    /** All colours, the first at the bottom. */
    void paint(Graphics2D g, Rectangle2D bar) {
        double step = bar.getHeight() / STEPS;
        for (int i = 0; i < STEPS; i++) {
            g.setColor(at((i + 0.5) / STEPS));
            g.fill(new Rectangle2D.Double(bar.getX(), bar.getMaxY() - (i + 1) * step, bar.getWidth(), step + 0.3));
        }
    }

    private static Color mix(Color a, Color b, double share) {
        return new Color(
                (int) Math.round(a.getRed() + share * (b.getRed() - a.getRed())),
                (int) Math.round(a.getGreen() + share * (b.getGreen() - a.getGreen())),
                (int) Math.round(a.getBlue() + share * (b.getBlue() - a.getBlue())));
    }
}
