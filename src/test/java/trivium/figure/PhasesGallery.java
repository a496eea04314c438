package trivium.figure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/** Figures of what each phase changed, of made-up numbers. */
final class PhasesGallery {

    private static final List<String> RUNS = List.of("pre-training", "fine-tuning", "alignment");
    private static final List<String> READ = List.of("<|user|>", "Who", " had", " the", " kite", "?", "<|assistant|>");

    private PhasesGallery() {}

    static Map<String, Figure> figures() {
        var figures = new LinkedHashMap<String, Figure>();
        figures.put("changes", Figures.changes(measures(), positions(), tokens(), layers()));
        figures.put("attention-of-phases", Figures.attention(attention()));
        figures.put("logit-lens", Figures.logitLens(lens()));
        return figures;
    }

    private static Table measures() {
        var table = Table.create(
                "changes",
                StringColumn.create("measure"),
                StringColumn.create("run"),
                DoubleColumn.create("value"),
                DoubleColumn.create("low"),
                DoubleColumn.create("high"),
                StringColumn.create("unit"));
        add(table, "bits per byte", "bits", 0.01, 0.32, 0.41, 0.44);
        add(table, "right form and end", "share", 0.02, 0, 0.98, 0.99);
        add(table, "exact match", "share", 0.03, 0, 0.93, 0.91);
        add(table, "reward", "", 0.15, Double.NaN, 0.68, 2.47);
        add(table, "length", "tokens", 3, 127, 38, 44);
        add(table, "entropy", "nats/token", 0.04, 0.95, 0.9, 0.62);
        add(table, "self-BLEU", "", 0.03, 0.2, 0.31, 0.52);
        return table;
    }

    private static void add(Table table, String measure, String unit, double half, double... values) {
        for (int i = 0; i < values.length; i++) {
            if (Double.isFinite(values[i])) {
                table.stringColumn("measure").append(measure);
                table.stringColumn("run").append(RUNS.get(i));
                table.doubleColumn("value").append(values[i]);
                table.doubleColumn("low").append(values[i] == 0 ? 0 : values[i] - half);
                table.doubleColumn("high").append(values[i] == 0 ? 0.01 : values[i] + half);
                table.stringColumn("unit").append(unit);
            }
        }
    }

    private static Table positions() {
        var table = Table.create(
                "kl_by_position",
                StringColumn.create("run"),
                IntColumn.create("position"),
                DoubleColumn.create("kl"),
                DoubleColumn.create("low"),
                DoubleColumn.create("high"));
        var random = new SplittableRandom(2);
        for (int run = 1; run < 3; run++) {
            for (int t = 1; t <= 40; t++) {
                double kl = (run == 1 ? 3.0 / t : 0.25 - 0.003 * t) * (0.8 + 0.4 * random.nextDouble());
                table.stringColumn("run").append(RUNS.get(run));
                table.intColumn("position").append(t);
                table.doubleColumn("kl").append(kl);
                table.doubleColumn("low").append(0.8 * kl);
                table.doubleColumn("high").append(1.2 * kl);
            }
        }
        return table;
    }

    private static Table tokens() {
        return Table.create(
                "kl_by_token",
                StringColumn.create("run", List.of("alignment", "alignment", "alignment", "alignment")),
                StringColumn.create("token", List.of(" happy", ".", " sad", " friends")),
                DoubleColumn.create("kl", new double[] {1.9, 0.6, -0.4, 0.3}));
    }

    private static Table layers() {
        var table = Table.create(
                "weight_changes",
                StringColumn.create("run"),
                IntColumn.create("layer"),
                DoubleColumn.create("size"),
                DoubleColumn.create("before"),
                DoubleColumn.create("effective_rank"));
        for (int run = 1; run < 3; run++) {
            for (int layer = 0; layer < 6; layer++) {
                table.stringColumn("run").append(RUNS.get(run));
                table.intColumn("layer").append(layer);
                table.doubleColumn("size").append((run == 1 ? 3 : 0.7) * (1 + layer % 3));
                table.doubleColumn("before").append(20);
                table.doubleColumn("effective_rank").append((run == 1 ? 80 : 30) + 3 * layer);
            }
        }
        return table;
    }

    private static Table attention() {
        var table = Table.create(
                "attention",
                StringColumn.create("run"),
                IntColumn.create("layer"),
                IntColumn.create("head"),
                IntColumn.create("position"),
                IntColumn.create("at"),
                StringColumn.create("looked_at"),
                DoubleColumn.create("weight"));
        for (int run = 0; run < 3; run++) {
            for (int t = 0; t < READ.size(); t++) {
                double sum = 0;
                for (int s = 0; s <= t; s++) {
                    sum += weight(run, t, s);
                }
                for (int s = 0; s < READ.size(); s++) {
                    table.stringColumn("run").append(RUNS.get(run));
                    table.intColumn("layer").append(2);
                    table.intColumn("head").append(1);
                    table.intColumn("position").append(t + 1);
                    table.intColumn("at").append(s + 1);
                    table.stringColumn("looked_at").append(READ.get(s));
                    table.doubleColumn("weight").append(s > t ? 0 : weight(run, t, s) / sum);
                }
            }
        }
        return table;
    }

    private static double weight(int run, int t, int s) {
        return run == 0 ? Math.exp(s - t) : s == 1 ? 2 : 0.5 * run;
    }

    private static Table lens() {
        var table = Table.create(
                "logit_lens",
                StringColumn.create("run"),
                IntColumn.create("block"),
                IntColumn.create("position"),
                StringColumn.create("read"),
                StringColumn.create("says"),
                DoubleColumn.create("probability"));
        var says = List.of(" ran", " had", " a", " kite", ".", " Oscar", "<|endoftext|>");
        for (int run = 0; run < 2; run++) {
            for (int block = 0; block <= 4; block++) {
                for (int t = 0; t < READ.size(); t++) {
                    table.stringColumn("run").append(RUNS.get(run));
                    table.intColumn("block").append(block);
                    table.intColumn("position").append(t + 1);
                    table.stringColumn("read").append(READ.get(t));
                    table.stringColumn("says").append(says.get((block + t + run) % says.size()));
                    table.doubleColumn("probability").append(0.02 + 0.24 * block * (t + 1.0) / READ.size());
                }
            }
        }
        return table;
    }
}
