package trivium.align;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trivium.align.Distillation.Lessons;
import trivium.align.Distillation.Student;
import trivium.data.Conversation;
import trivium.data.Conversations;
import trivium.data.Corpus;
import trivium.data.Rows;
import trivium.lstm.LstmShape;
import trivium.model.Bert;
import trivium.model.LanguageModel;
import trivium.model.Llama;
import trivium.run.Origin;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.tensor.Batch;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;

class DistillationTest {

    private static final Tokenizer LETTERS =
            Tokenizers.characters(List.of("abcdef .")).withSpecials(ChatTemplate.DEFAULT.specials());

    private final Run teacher = run("teacher", spread(Llama.of(16, 24, 2, 2, 2).fresh(LETTERS.size(), 1)), LETTERS);
    private final Lessons text = new Lessons.Windows(
            Corpus.of(IntStream.range(0, 40).mapToObj(i -> word(i, 30)).toList()));
    private final Lessons answers = new Lessons.Answers(Conversations.of(IntStream.range(0, 120)
            .mapToObj(i -> new Conversation(word(i, 4), word(i + 1000, 5)))
            .toList()));

    private static Run run(String id, LanguageModel model, Tokenizer tokenizer) {
        return new Run(RunCard.begin(id, null, Map.of(), Origin.here(0, null)), model, tokenizer, Map.of());
    }

    /** Weights with which the teacher's distributions are far from uniform and have nothing to do with any text. */
    private static LanguageModel spread(LanguageModel model) {
        var random = new SplittableRandom(4);
        var theta = model.parameters().values();
        for (long i = 0; i < theta.size(); i++) {
            theta.set(i, theta.get(i) + (float) (0.15 * random.nextGaussian()));
        }
        return model;
    }

    private static String word(int seed, int length) {
        return new SplittableRandom(seed)
                .ints(length, 'a', 'g')
                .mapToObj(c -> "" + (char) c)
                .reduce("", String::concat);
    }

    private Distillation recipe(Lessons lessons) {
        return Distillation.of(teacher, new Student.Fresh(Llama.of(16, 16, 1, 2, 2)), lessons)
                .steps(40)
                .batchSize(16)
                .learningRate(1e-2)
                .validation(0.1);
    }

    /** The control differs in nothing but that the teacher has no say. */
    @ParameterizedTest
    @CsvSource({"0, 1, true", "1, 1, false", "0.5, 1, true", "0, 2, false"})
    void aStudentApproachesItsTeacherAndTheControlDoesNot(double beta, double temperature, boolean windows) {
        var lessons = windows ? text : answers;
        var taught = recipe(lessons).beta(beta).temperature(temperature).run();
        var control = recipe(lessons)
                .beta(beta)
                .temperature(temperature)
                .crossEntropy(1)
                .run();
        double before = control.metrics().doubleColumn("divergence").get(0);
        assertEquals(before, taught.metrics().doubleColumn("divergence").get(0), "they begin alike");
        for (var metric : List.of("validation_forward_kl", "validation_reverse_kl")) {
            assertTrue(
                    taught.last(metric) < control.last(metric) / 2,
                    metric + " " + taught.last(metric) + ", control " + control.last(metric));
        }
        assertTrue(taught.last("divergence") < before / 2, before + " to " + taught.last("divergence"));
        assertTrue(control.last("validation_loss") < taught.last("validation_loss"), "the control learned the text");
    }

    /** From log p of every token, one target after the other; the loss at temperature 2. */
    @Test
    void divergencesAndTheLossAreThoseOfTheDistributions() {
        var lessons = Conversations.of(IntStream.range(0, 40)
                .mapToObj(i -> new Conversation(word(i, 4), word(i + 1000, 1 + i % 3)))
                .toList());
        var student = Llama.of(16, 16, 1, 2, 2).fresh(LETTERS.size(), 5);
        var taught = Distillation.of(
                        teacher, new Student.Trained(run("student", student, LETTERS)), new Lessons.Answers(lessons))
                .beta(0)
                .temperature(2)
                .validation(0.3)
                .steps(1)
                .batchSize(40)
                .learningRate(1e-9)
                .run();
        var split = lessons.split(0.3);
        UnaryOperator<double[]> asItIs = p -> p;
        var validation = split.validation().list();
        double forward = divergence(teacher.model(), student, validation, asItIs);
        double reverse = divergence(student, teacher.model(), validation, asItIs);
        assertTrue(Math.abs(forward - reverse) > 0.01, "they can be told apart: " + forward + ", " + reverse);
        assertEquals(forward, taught.last("validation_forward_kl"), 1e-5);
        assertEquals(reverse, taught.last("validation_reverse_kl"), 1e-5);
        double tempered = divergence(teacher.model(), student, split.train().list(), DistillationTest::roots);
        assertEquals(4 * tempered, taught.last("loss"), 1e-4, "times the square of the temperature");
    }

    /** The mean over the answers' tokens. */
    private static double divergence(
            LanguageModel of, LanguageModel from, List<Conversation> said, UnaryOperator<double[]> tempered) {
        var sums = new SummaryStatistics();
        for (var each : said) {
            var batch =
                    Rows.completions(List.of(ChatTemplate.DEFAULT.example(LETTERS, each.prompt(), each.completion())));
            double[][] p = distributions(of, batch);
            double[][] q = distributions(from, batch);
            IntStream.range(0, batch.time())
                    .filter(t -> batch.weights()[t] != 0)
                    .forEach(t -> sums.addValue(divergence(tempered.apply(p[t]), tempered.apply(q[t]))));
        }
        return sums.getMean();
    }

    private static double[][] distributions(LanguageModel model, Batch batch) {
        var p = new double[batch.time()][LETTERS.size()];
        var values = new float[batch.time()];
        var pass = model.pass(1, batch.time());
        for (int v = 0; v < LETTERS.size(); v++) {
            var targets = new int[batch.time()];
            Arrays.fill(targets, v);
            pass.forward(batch.tokens(), targets, 0, 1, batch.time(), values);
            for (int t = 0; t < values.length; t++) {
                p[t][v] = Math.exp(values[t]);
            }
        }
        return p;
    }

    private static double divergence(double[] p, double[] q) {
        return IntStream.range(0, p.length)
                .mapToDouble(v -> p[v] * Math.log(p[v] / q[v]))
                .sum();
    }

    /** At temperature 2. */
    private static double[] roots(double[] p) {
        double sum = Arrays.stream(p).map(Math::sqrt).sum();
        return Arrays.stream(p).map(x -> Math.sqrt(x) / sum).toArray();
    }

    /** The teacher itself, as the student, has nothing to learn. */
    @Test
    void aCopyOfTheTeacherIsNoDistanceAway() {
        var copy = Distillation.of(teacher, new Student.Trained(teacher), answers)
                .steps(1)
                .batchSize(8)
                .learningRate(1e-9)
                .run();
        assertEquals(0, copy.last("divergence"), 1e-6);
        assertEquals(0, copy.last("validation_forward_kl"), 1e-6);
        assertEquals(0, copy.last("loss"), 1e-6);
    }

    @Test
    void teachersAndStudentsMayBeOfAnotherArchitectureAndTheTeacherStays() {
        var weights = teacher.model().parameters().values().toArray();
        var student = Distillation.of(teacher, new Student.Fresh(new LstmShape(16, 12, 1)), answers)
                .steps(20)
                .batchSize(16)
                .learningRate(3e-2)
                .run();
        double first = student.metrics().doubleColumn("divergence").get(0);
        assertTrue(student.last("divergence") < 0.8 * first, first + " to " + student.last("divergence"));
        assertArrayEquals(weights, teacher.model().parameters().values().toArray());
        var back = Distillation.of(student, new Student.Trained(teacher), text)
                .steps(1)
                .batchSize(4)
                .run();
        assertTrue(back.last("divergence") > 0);
    }

    @Test
    void whatCannotBeDistilledIsASentence() {
        var other = Tokenizers.characters(List.of("abcdefgh .")).withSpecials(ChatTemplate.DEFAULT.specials());
        var stranger = run("stranger", Llama.of(16, 16, 1, 2, 2).fresh(other.size(), 1), other);
        sentence(() -> Distillation.of(teacher, new Student.Trained(stranger), text), "another tokenizer");
        var both = run("both", Bert.of(16, 16, 1, 2).fresh(LETTERS.size(), 1), LETTERS);
        sentence(() -> Distillation.of(teacher, new Student.Trained(both), text), "looks both ways");
        sentence(() -> Distillation.of(both, new Student.Trained(teacher), text), "looks both ways");
        sentence(() -> Distillation.of(teacher, new Student.Fresh(Bert.of(16, 16, 1, 2)), text), "looks both ways");
        sentence(() -> recipe(text).beta(2), "beta 2.0");
        sentence(() -> recipe(text).crossEntropy(-1), "weight of -1.0");
        sentence(() -> recipe(text).temperature(0), "temperature");
    }

    private static void sentence(Executable call, String part) {
        var message = assertThrows(IllegalArgumentException.class, call).getMessage();
        assertTrue(message.contains(part), message);
    }
}
