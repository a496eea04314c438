package elsewhere;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.markers.SeriesMarkers;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.Table;
import trivium.data.Conversations;
import trivium.data.Corpus;
import trivium.data.files.Format;
import trivium.figure.Figure;
import trivium.finetune.FineTuning;
import trivium.model.Models;
import trivium.pretrain.Pretraining;
import trivium.run.PastRun;
import trivium.run.Run;
import trivium.run.RunOptions;
import trivium.run.RunStore;
import trivium.tensor.Batch;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizers;
import trivium.train.CrossEntropy;
import trivium.train.LearningRate;
import trivium.train.TrainLoop;
import trivium.train.Warmup;

/** docs/extending.md, tried from a package outside the library: a toy of each kind, against independent numbers. */
class ExtendingTest {

    private static final int VOCABULARY = 6;
    private static final int ROWS = 4;
    private static final int TIME = 8;
    private static final Pattern NUMBER = Pattern.compile("-?[\\d.]+");

    @TempDir
    Path folder;

    private static Batch batch() {
        var random = new SplittableRandom(5);
        int[] tokens = random.ints(ROWS * TIME, 0, VOCABULARY).toArray();
        // skewed, so that there is something to learn
        int[] targets = Arrays.stream(tokens)
                .map(t -> random.nextInt(3) == 0 ? random.nextInt(VOCABULARY) : (t + 1) % VOCABULARY)
                .toArray();
        return Batch.of(ROWS, TIME, tokens, targets);
    }

    /** Softmax regression by hand, in float64, with PyTorch's rule of momentum and a rate that drops at half. */
    private static double[][] twin(double[][] theta, Batch batch, int steps) {
        var velocity = new double[VOCABULARY][VOCABULARY];
        for (int step = 0; step < steps; step++) {
            var gradient = new double[VOCABULARY][VOCABULARY];
            for (int i = 0; i < batch.tokens().length; i++) {
                var row = theta[batch.tokens()[i]];
                double sum = Arrays.stream(row).map(Math::exp).sum();
                for (int v = 0; v < VOCABULARY; v++) {
                    double hit = v == batch.targets()[i] ? 1 : 0;
                    gradient[batch.tokens()[i]][v] += (Math.exp(row[v]) / sum - hit) / (ROWS * TIME);
                }
            }
            for (int a = 0; a < VOCABULARY; a++) {
                for (int b = 0; b < VOCABULARY; b++) {
                    velocity[a][b] = 0.8 * velocity[a][b] + gradient[a][b];
                    theta[a][b] -= (step < steps / 2 ? 2.0 : 0.5) * velocity[a][b];
                }
            }
        }
        return theta;
    }

    @Test
    void modelOptimizerAndScheduleGoAsTheirTwinByHand() {
        var model = new Bigram.Shape(TIME).fresh(VOCABULARY, 3);
        var start = table(model.parameters().values().toArray());
        int steps = 40;
        var rates = new LearningRate(2.0, new Warmup.Steps(0), new StepDecay(0.5, 0.25)).over(steps);
        try (var loop = new TrainLoop(model, new Momentum(0.8), Double.POSITIVE_INFINITY, 2)) {
            for (int step = 0; step < steps; step++) {
                loop.step(batch(), CrossEntropy.PLAIN, rates.applyAsDouble(step));
            }
        }
        var expected = twin(start, batch(), steps);
        var found = table(model.parameters().values().toArray());
        for (int token = 0; token < VOCABULARY; token++) {
            assertArrayEquals(expected[token], found[token], 2e-5);
        }
    }

    private static double[][] table(float[] flat) {
        return IntStream.range(0, VOCABULARY)
                .mapToObj(row -> IntStream.range(0, VOCABULARY)
                        .mapToDouble(v -> flat[row * VOCABULARY + v])
                        .toArray())
                .toArray(double[][]::new);
    }

    /** Of "aab" over and over: b follows a as often as a does, and a follows b. */
    private static Pretraining pretraining() {
        var text = "aab".repeat(300);
        return Pretraining.of(new Bigram.Shape(30), Tokenizers.characters(List.of(text)), Corpus.of(text))
                .optimizer(new Momentum(0.8))
                .schedule(new StepDecay(0.75, 0.25))
                .warmup(0)
                .learningRate(1)
                .batchSize(4)
                .steps(80)
                .seed(2);
    }

    @Test
    void aRecipeTrainsThemToTheEntropyOfTheText() {
        var run = pretraining().run();
        assertEquals(2 * Math.log(2) / 3, run.last("validation_loss"), 0.02, "two letters in three are a coin's toss");
        var rates = run.metrics().doubleColumn("learning_rate");
        for (int step = 0; step < 80; step++) {
            assertEquals(step < 60 ? 1 : 0.25, rates.get(step), "step " + step);
        }
    }

    @Test
    void theirRunIsSavedLoadedAndTrainedAgainFromItsCard() {
        var store = RunStore.open(folder);
        var run = pretraining().keep(store.folder("bigrams")).run();
        var settings = store.card("bigrams").recipe();
        assertEquals(Map.of("name", "momentum", "momentum", 0.8), settings.get("optimizer"));
        assertEquals(Map.of("name", "step_decay", "milestone", 0.75, "gamma", 0.25), settings.get("schedule"));
        assertEquals(new Bigram.Shape(30), Models.config(settings, "bigrams"));
        assertSame(run, store.load("bigrams"));
        assertSame(run, PastRun.rerun(store, "bigrams", Map.of(), RunOptions.NONE));
    }

    @Test
    void aTrainingThatIsKilledGoesOnWithTheSameVelocity() {
        var place = folder.resolve("run");
        assertThrows(
                IllegalStateException.class,
                () -> pretraining()
                        .keep(place, 30)
                        .progress(OwnAlgorithmTest.crashingAt(50))
                        .run());
        assertSame(pretraining().run(), pretraining().keep(place, 30).run());
    }

    private static void assertSame(Run expected, Run found) {
        assertArrayEquals(
                expected.model().parameters().values().toArray(),
                found.model().parameters().values().toArray());
        assertEquals(
                expected.metrics().column("loss").asList(),
                found.metrics().column("loss").asList());
    }

    /** XChart maps what it draws; the ratios of y in the SVG are those of the squares. */
    @Test
    void aFigureOfOnesOwnIsDrawnLikeTheOthers() throws IOException {
        double[] x = {0, 1, 2, 3};
        double[] squares = {0, 1, 4, 9};
        var table = Table.create(DoubleColumn.create("x", x), DoubleColumn.create("square", squares));
        XYChart chart = new XYChartBuilder()
                .xAxisTitle("side (m)")
                .yAxisTitle("area (m²)")
                .build();
        chart.addSeries("square", x, squares).setMarker(SeriesMarkers.NONE);
        chart.addSeries("side", x, x);
        var figure = Figure.of("An area grows faster than its side", table, chart);
        var svg = Files.readString(figure.save(folder.resolve("area.svg")));
        for (var word : List.of("An area grows faster than its side", "side (m)", "area (m²)", ">square<", ">side<")) {
            assertTrue(svg.contains(word), word + " in " + svg);
        }
        double[] y = heights(svg, squares.length);
        for (int i = 1; i < y.length; i++) {
            assertEquals(squares[i] / 9, (y[i] - y[0]) / (y[3] - y[0]), 1e-3, svg);
        }
        assertEquals(table.write().toString("csv"), Files.readString(folder.resolve("area.csv")));
        assertTrue(figure.png().length > 1_000);
        assertRefused("has no series", () -> Figure.of("Nothing", table, new XYChart(300, 200)));
    }

    /** The heights of the one line through so many points: an SVG's path has a place and then distances. */
    private static double[] heights(String svg, int points) {
        var paths = Pattern.compile("<path fill=\"none\"[^>]* d=\"([^\"]*)\"")
                .matcher(svg)
                .results()
                .map(path -> NUMBER.matcher(path.group(1))
                        .results()
                        .mapToDouble(number -> Double.parseDouble(number.group()))
                        .toArray())
                .filter(path -> path.length == 2 * points)
                .toList();
        assertEquals(1, paths.size(), svg);
        var heights = IntStream.range(0, points)
                .mapToDouble(i -> paths.getFirst()[2 * i + 1])
                .toArray();
        Arrays.parallelPrefix(heights, Double::sum);
        return heights;
    }

    private static void assertRefused(String part, Executable call) {
        var message = assertThrows(IllegalArgumentException.class, call).getMessage();
        assertTrue(message.contains(part), message);
    }

    private static final List<String[]> SUMS = IntStream.range(0, 40)
            .mapToObj(i -> new String[] {"b".repeat(i % 7 + 1) + "a".repeat(i / 7 + 1) + "?", "ab".repeat(i % 3 + 1)})
            .toList();

    private Path file(String name, String record) throws IOException {
        var lines = SUMS.stream().map(sum -> record.formatted((Object[]) sum)).toList();
        return Files.writeString(folder.resolve(name), String.join("\n", lines));
    }

    /** One text in three files: a reader of one's own, a pattern for lines, and the library's own JSON Lines. */
    @Test
    void aDataFormatOfOnesOwnTrainsLikeTheSameRecordsFromJson() throws IOException {
        var json = Conversations.read(file("quiz.jsonl", "{\"prompt\": \"%s\", \"completion\": \"%s\"}"));
        var blocks = QuizFile.read(file("quiz.txt", "Q: %s\nA: %s\n"));
        var lines = Conversations.read(file("quiz.psv", "%s|%s"), Format.lines("(?<prompt>[^|]*)\\|(?<completion>.*)"));
        assertEquals(SUMS.size(), blocks.size());
        assertEquals(json.list(), lines.list());
        assertEquals(json.sha256(), blocks.sha256());
        var text = "aab?".repeat(60);
        var letters = Tokenizers.characters(List.of(text)).withSpecials(ChatTemplate.DEFAULT.specials());
        var store = RunStore.open(folder.resolve("runs"));
        var base = Pretraining.of(new Bigram.Shape(60), letters, Corpus.of(text))
                .steps(2)
                .batchSize(2)
                .keep(store.folder("base"))
                .run();
        var tuned =
                FineTuning.of(base, blocks).steps(5).keep(store.folder("quiz")).run();
        assertSame(FineTuning.of(base, json).steps(5).run(), tuned);
        assertSame(tuned, PastRun.rerun(store, "quiz", Map.of(), RunOptions.NONE));
    }
}
