package trivium.figure;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import tech.tablesaw.api.Table;
import trivium.run.MetricsTable;

/** Draws the figures of docs/figures.md from made-up data: {@code Gallery FOLDER [PAGE|SLIDE|COLUMN]}. */
final class Gallery {

    private Gallery() {}

    public static void main(String[] arguments) throws Exception {
        var folder = Files.createDirectories(Path.of(arguments[0]));
        var size = arguments.length > 1 ? Size.valueOf(arguments[1]) : Size.COLUMN;
        for (var figure : figures().entrySet()) {
            Files.write(folder.resolve(figure.getKey() + ".png"), figure.getValue().size(size).png());
        }
    }

    /** Every figure by the name of its file. */
    static Map<String, Figure> figures() {
        var figures = new LinkedHashMap<String, Figure>();
        figures.put("loss", Figures.loss(Axis.STEPS, Map.of("the pre-training", training(1, 0))));
        figures.put("metrics", Figures.metrics("Alignment", alignment(), Axis.STEPS, "reward", "kl", "entropy", "gold"));
        figures.put("over-optimisation", Figures.rewardAgainstKl(alignment()));
        return figures;
    }

    /** Losses that fall from 5 to about 2 nats over 300 steps. */
    static Table training(int seed, double worse) {
        var random = new SplittableRandom(seed);
        var metrics = new MetricsTable();
        double luck = 0.05 * random.nextGaussian();
        for (int step = 1; step <= 300; step++) {
            var row = new LinkedHashMap<String, Double>();
            double loss = 1.6 + worse + luck + 3.4 * Math.pow(1 + step / 12.0, -0.6);
            row.put("tokens", step * 2_048.0);
            row.put("seconds", step * 0.05);
            row.put("learning_rate", 1e-3 * (step < 30 ? step / 30.0 : 0.55 + 0.45 * Math.cos(Math.PI * (step - 30) / 270)));
            row.put("loss", loss + 0.08 * random.nextGaussian());
            if (step % 25 == 0) {
                row.put("validation_loss", loss + 0.04 + 0.01 * random.nextGaussian());
            }
            metrics.add(step, row);
        }
        return metrics.table();
    }

    /** A learned reward that keeps rising while the gold one turns. */
    static Table alignment() {
        var random = new SplittableRandom(9);
        var metrics = new MetricsTable();
        for (int step = 1; step <= 120; step++) {
            double t = step / 120.0;
            var row = new LinkedHashMap<String, Double>();
            row.put("reward", 2 * t + 0.1 * random.nextGaussian());
            row.put("reward_std", 1 - 0.5 * t);
            row.put("gold", 3 * t - 2.5 * t * t + 0.1 * random.nextGaussian());
            row.put("kl", 9 * t + 0.2 * random.nextGaussian());
            row.put("entropy", 2 - t);
            metrics.add(step, row);
        }
        return metrics.table();
    }
}
