package trivium.figure;

import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.measure.Calibration;
import trivium.measure.Share;
import trivium.run.MetricsTable;
import trivium.train.LearningRate;
import trivium.train.Schedule;
import trivium.train.Warmup;

/**
 * Draws the figures of docs/figures.md from made-up data, half as fine as they are saved: {@code Gallery docs/figures}.
 * With a size as second word they are drawn in that size and as fine as ever.
 */
public final class Gallery {

    private Gallery() {}

    public static void main(String[] arguments) throws Exception {
        var folder = Files.createDirectories(Path.of(arguments[0]));
        for (var entry : figures().entrySet()) {
            var figure =
                    entry.getValue().size(arguments.length > 1 ? FigureSize.valueOf(arguments[1]) : FigureSize.COLUMN);
            var image = figure.image(figure.width(), figure.height());
            var file = folder.resolve(entry.getKey() + ".png").toFile();
            ImageIO.write(arguments.length > 1 ? image : half(image), "png", file);
        }
    }

    private static BufferedImage half(BufferedImage image) {
        var half = new BufferedImage(image.getWidth() / 2, image.getHeight() / 2, BufferedImage.TYPE_INT_RGB);
        var g = half.createGraphics();
        g.setRenderingHint(RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
        g.drawImage(image, 0, 0, half.getWidth(), half.getHeight(), null);
        g.dispose();
        for (int y = 0; y < half.getHeight(); y++) { // sixteen shades of each colour, for small files
            for (int x = 0; x < half.getWidth(); x++) {
                int coarse = half.getRGB(x, y) & 0xF0F0F0;
                half.setRGB(x, y, coarse | coarse >> 4);
            }
        }
        return half;
    }

    /** Every figure by the name of its file. */
    public static Map<String, Figure> figures() {
        var figures = new LinkedHashMap<String, Figure>();
        figures.put("loss", Figures.loss(Axis.STEPS, Map.of("the pre-training", training(1, 0))));
        figures.put(
                "metrics",
                Figures.metrics(
                        "Rewards rise and entropy falls as the policy leaves the reference",
                        alignment(),
                        Axis.STEPS,
                        "reward",
                        "kl",
                        "entropy",
                        "gold"));
        figures.put("over-optimisation", Figures.rewardAgainstKl(alignment()));
        figures.put(
                "several",
                Figures.loss(
                        Axis.TOKENS.log().logValues(),
                        named("width 64", training(1, 0.3), "width 128", training(2, 0))));
        figures.put(
                "over-seeds",
                Figures.overSeeds(
                        "validation_loss", Axis.TOKENS, named("width 64", seeds(0.3), "width 128", seeds(0))));
        figures.put("reward-shift", Figures.rewardShift(rewards(1, -1, 1.2), rewards(2, 0.8, 0.8), "reward"));
        figures.put("calibration", JudgeCalibration.predicted(Calibration.byProbability(margins(), pairs())));
        figures.put("accuracy-by-margin", JudgeCalibration.byMargin(Calibration.byMargin(margins(), pairs())));
        figures.put("quantiles", Figures.quantiles(completions(), Axis.STEPS, "reward"));
        var cosine = new LearningRate(1e-3, new Warmup.Steps(100), new Schedule.Cosine(0.1));
        figures.put("schedule", Figures.schedule(2_000, cosine.over(2_000)::applyAsDouble));
        figures.put("attention", Figures.attention("layer 2, head 1", tokens(), weights(tokens().size())));
        figures.put(
                "simplex",
                Figures.simplex(
                        "Two ways from the same answer to the same optimum",
                        List.of("tea", "coffee", "water"),
                        named("RLOO", answers(0), "DPO", answers(1)),
                        Map.of("reference", new double[] {0.5, 0.3, 0.2}, "π*", new double[] {0.1, 0.2, 0.7})));
        figures.put("heat-map", Figures.heatMap(grid(), "learning_rate", "width", "validation_loss"));
        figures.put("random-search", Figures.heatMap(trials(4, 60), "learning_rate", "dropout", "validation_loss"));
        figures.put("lengths", Figures.lengths("Length of answers", "words", lengths()));
        figures.put(
                "parallel",
                Figures.parallel(
                        trials(1, 22), "validation_loss", Best.LOWEST, "learning_rate", "width", "norm", "dropout"));
        figures.put(
                "best-so-far",
                Figures.bestSoFar(
                        named("random", trials(2, 40), "TPE", trials(3, 40)), "validation_loss", Best.LOWEST));
        figures.put(
                "importance",
                Figures.importance(trials(1, 60), "validation_loss", "learning_rate", "width", "norm", "dropout"));
        figures.put("contour", Figures.contour(trials(4, 60), "learning_rate", "dropout", "validation_loss"));
        figures.put(
                "slice",
                Figures.slice(trials(1, 60), "validation_loss", Best.LOWEST, "learning_rate", "width", "dropout"));
        figures.put("pareto", Figures.pareto(goals(), "kl", Best.LOWEST, "reward", Best.HIGHEST));
        figures.put(
                "best-over-searches",
                Figures.bestSoFar(
                        "validation_loss",
                        Best.LOWEST,
                        named("random", searches(10, 0), "narrowing", searches(20, 0.05))));
        figures.put("scaling", Figures.scaling(sizes(), "parameters", "validation_loss"));
        figures.put(
                "words",
                Figures.words(
                        "Tom went to the ___ to buy bread.",
                        List.of("market", "bakery", "shop", "forest"),
                        new double[] {0.61, 0.22, 0.09, 0.004}));
        figures.put(
                "bars",
                Figures.bars(
                        "Exact match on held-out questions",
                        List.of("where", "who", "how many"),
                        List.of(new Share(6, 200), new Share(2, 200), new Share(0, 120)),
                        List.of(new Share(194, 200), new Share(188, 200), new Share(106, 120))));
        figures.putAll(AnswersGallery.figures());
        figures.putAll(PhasesGallery.figures());
        return figures;
    }

    /** Differences of scores of 600 pairs by a judge who is surer than it should be. */
    private static double[] margins() {
        var random = new SplittableRandom(5);
        return IntStream.range(0, 600)
                .mapToDouble(i -> {
                    double margin = Math.abs(1.8 * random.nextGaussian());
                    return random.nextDouble() < 1 / (1 + Math.exp(-0.6 * margin)) ? margin : -margin;
                })
                .toArray();
    }

    private static List<String> pairs() {
        return IntStream.range(0, 600).mapToObj(i -> "prompt " + i / 2).toList();
    }

    /** Losses that fall from 5 to about 2 nats over 300 steps. */
    public static Table training(int seed, double worse) {
        var random = new SplittableRandom(seed);
        var metrics = new MetricsTable();
        double luck = 0.05 * random.nextGaussian();
        for (int step = 1; step <= 300; step++) {
            var row = new LinkedHashMap<String, Double>();
            double loss = 1.6 + worse + luck + 3.4 * Math.pow(1 + step / 12.0, -0.6);
            row.put("tokens", step * 2_048.0);
            row.put("seconds", step * 0.05);
            row.put(
                    "learning_rate",
                    1e-3 * (step < 30 ? step / 30.0 : 0.55 + 0.45 * Math.cos(Math.PI * (step - 30) / 270)));
            row.put("loss", loss + 0.08 * random.nextGaussian());
            if (step % 25 == 0) {
                row.put("validation_loss", loss + 0.04 + 0.01 * random.nextGaussian());
            }
            metrics.add(step, row);
        }
        return metrics.table();
    }

    /** A learned reward that keeps rising while the gold one turns. */
    public static Table alignment() {
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

    static List<Table> seeds(double worse) {
        return List.of(training(11, worse), training(12, worse), training(13, worse), training(14, worse));
    }

    /** Rewards of 300 completions. */
    static double[] rewards(int seed, double mean, double spread) {
        var random = new SplittableRandom(seed);
        return IntStream.range(0, 300)
                .mapToDouble(_ -> mean + spread * random.nextGaussian())
                .toArray();
    }

    /** 32 rewards at each of 120 steps: they rise and come closer together. */
    static Table completions() {
        var random = new SplittableRandom(5);
        var step = IntColumn.create("step");
        var reward = DoubleColumn.create("reward");
        for (int i = 0; i < 120 * 32; i++) {
            int before = i / 32;
            double t = before / 120.0;
            step.append(before + 1);
            reward.append(2 * t - 1 + (1.2 - 0.8 * t) * random.nextGaussian());
        }
        return Table.create("completions", step, reward);
    }

    static List<String> tokens() {
        return List.of("Once", " upon", " a", " time", ",", " Tom", " went", " to", " the", " market", ".", "\n");
    }

    /** Causal weights: each token looks at itself, the one before and the first. */
    static double[][] weights(int count) {
        var weights = new double[count][count];
        for (int query = 0; query < count; query++) {
            double sum = 0;
            for (int key = 0; key <= query; key++) {
                weights[query][key] = Math.exp(-0.9 * Math.abs(query - 1 - key)) + (key == 0 ? 0.5 : 0);
                sum += weights[query][key];
            }
            for (int key = 0; key <= query; key++) {
                weights[query][key] /= sum;
            }
        }
        return weights;
    }

    /** From one distribution over three answers to another, on a bow. */
    static Table answers(int bow) {
        var table = Table.create(
                "answers", DoubleColumn.create("tea"), DoubleColumn.create("coffee"), DoubleColumn.create("water"));
        for (int i = 0; i <= 40; i++) {
            double t = i / 40.0;
            double tea = 0.5 - 0.4 * t - (0.3 - 0.5 * bow) * t * (1 - t);
            double coffee = 0.3 - 0.1 * t;
            table.doubleColumn(0).append(tea);
            table.doubleColumn(1).append(coffee);
            table.doubleColumn(2).append(1 - tea - coffee);
        }
        return table;
    }

    /** Each setting with three seeds. */
    static Table grid() {
        var random = new SplittableRandom(6);
        var table = Table.create(
                "sweep",
                IntColumn.create("seed"),
                DoubleColumn.create("learning_rate"),
                IntColumn.create("width"),
                DoubleColumn.create("validation_loss"));
        for (int i = 0; i < 6; i++) {
            for (int width : new int[] {64, 128, 256}) {
                for (int seed = 1; seed <= 3; seed++) {
                    table.intColumn(0).append(seed);
                    table.doubleColumn(1).append(1e-4 * Math.pow(10, i * 0.4));
                    table.intColumn(2).append(width);
                    table.doubleColumn(3)
                            .append(1.6 + 0.12 * (i - 3.4) * (i - 3.4) + 20.0 / width + 0.02 * random.nextGaussian());
                }
            }
        }
        return table;
    }

    /** What 40 alignments earn for the distance that they go. */
    static Table goals() {
        var random = new SplittableRandom(12);
        var kl = DoubleColumn.create("kl");
        var reward = DoubleColumn.create("reward");
        for (int i = 0; i < 40; i++) {
            double distance = Math.pow(10, random.nextDouble(-0.5, 1.6));
            kl.append(distance);
            reward.append(0.9 * Math.sqrt(distance) - 0.3 * Math.abs(random.nextGaussian()) * Math.sqrt(distance));
        }
        return Table.create("sweep", kl, reward);
    }

    /** Six searches of 40 trials, each trial better by {@code better} than the one before. */
    static List<Table> searches(int seed, double better) {
        return IntStream.range(0, 6)
                .mapToObj(i -> {
                    var random = new SplittableRandom(seed + i);
                    return Table.create(DoubleColumn.create(
                            "validation_loss",
                            IntStream.range(0, 40)
                                    .mapToDouble(trial -> 1.8
                                            + 0.6 * Math.pow(random.nextDouble(-1, 1), 2) / (1 + better * trial)
                                            + 0.05 * random.nextDouble())));
                })
                .toList();
    }

    /** Trials at random settings; the learning rate decides most, the dropout nothing; one of twenty diverges. */
    static Table trials(int seed, int count) {
        var random = new SplittableRandom(seed);
        var rate = DoubleColumn.create("learning_rate");
        var width = IntColumn.create("width");
        var norm = StringColumn.create("norm");
        var dropout = DoubleColumn.create("dropout");
        var loss = DoubleColumn.create("validation_loss");
        for (int i = 0; i < count; i++) {
            double logarithm = random.nextDouble(-4, -2);
            width.append(64 << random.nextInt(3));
            norm.append(random.nextBoolean() ? "LayerNorm" : "RMSNorm");
            dropout.append(random.nextDouble(0, 0.3));
            rate.append(Math.pow(10, logarithm));
            double value =
                    1.7 + 0.9 * Math.pow(logarithm + 2.7, 2) + 24.0 / width.get(i) + 0.04 * random.nextGaussian();
            loss.append(random.nextInt(20) == 0 ? Double.NaN : value);
        }
        return Table.create("sweep", rate, width, norm, dropout, loss);
    }

    /** Losses of seven sizes, close to L = 9 · N^−0.11. */
    static Table sizes() {
        var random = new SplittableRandom(8);
        var parameters = LongColumn.create("parameters");
        var loss = DoubleColumn.create("validation_loss");
        for (int i = 0; i < 7; i++) {
            parameters.append(50_000L << (2 * i));
            loss.append(9 * Math.pow(50_000L << (2 * i), -0.11) * (1 + 0.01 * random.nextGaussian()));
        }
        return Table.create("runs", parameters, loss);
    }

    private static <V> Map<String, V> named(String first, V one, String second, V other) {
        var named = new LinkedHashMap<String, V>();
        named.put(first, one);
        named.put(second, other);
        return named;
    }
    /** The longer of two answers is often the chosen one, and one is very long. */
    private static Map<String, int[]> lengths() {
        var random = new SplittableRandom(8);
        var lengths = new LinkedHashMap<String, int[]>();
        for (double median : new double[] {34, 24}) {
            var sample = IntStream.range(0, 1_000)
                    .map(i -> (int) Math.round(median * Math.exp(0.6 * random.nextGaussian())))
                    .toArray();
            lengths.put(lengths.isEmpty() ? "chosen" : "rejected", sample);
        }
        lengths.get("chosen")[0] = 900;
        return lengths;
    }
}
