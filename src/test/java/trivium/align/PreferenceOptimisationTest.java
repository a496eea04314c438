package trivium.align;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import trivium.data.Comparison;
import trivium.data.Comparisons;
import trivium.data.Rows;
import trivium.model.Gpt;
import trivium.model.Slices;
import trivium.model.Transformer;
import trivium.run.Origin;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;

class PreferenceOptimisationTest {

    private static final Tokenizer LETTERS =
            Tokenizers.characters(List.of("abcdef")).withSpecials(ChatTemplate.DEFAULT.specials());

    private static Run start;
    private static Run preferred;

    @BeforeAll
    static void train() {
        start = new Run(
                RunCard.begin("finetune", null, Map.of(), Origin.here(0, "")),
                Transformer.of(Gpt.of(24, 16, 1, 2), LETTERS.size(), 1),
                LETTERS,
                Map.of());
        preferred = recipe().run();
    }

    private static PreferenceOptimisation recipe() {
        return PreferenceOptimisation.of(start, comparisons(200))
                .epochs(3)
                .learningRate(3e-3)
                .workers(2);
    }

    /** Whoever wrote more letters "a" is preferred. */
    private static Comparisons comparisons(int count) {
        var random = new SplittableRandom(3);
        return Comparisons.of(Stream.generate(
                        () -> new Comparison(word(random, 3), word(random, 2) + "aaa", word(random, 5)))
                .limit(count)
                .toList());
    }

    private static String word(SplittableRandom random, int length) {
        return random.ints(length, 'b', 'g').mapToObj(c -> "" + (char) c).reduce("", String::concat);
    }

    @Test
    void itLearnsWhatIsPreferred() {
        assertTrue(preferred.last("validation_rewards/accuracies") > 0.95, preferred.toString());
        assertTrue(preferred.last("validation_loss") < 0.5, "from ln 2 on");
        var margins = preferred.metrics().doubleColumn("rewards/margins");
        assertTrue(margins.getDouble(margins.size() - 1) > 0.5, margins.print());
    }

    /** The policy begins as the reference: nothing is preferred, and the loss is that of a coin. */
    @Test
    void theFirstStepKnowsNothing() {
        var metrics = preferred.metrics();
        assertEquals(Math.log(2), metrics.doubleColumn("loss").getDouble(0), 1e-5);
        for (var reward : List.of("rewards/chosen", "rewards/rejected", "rewards/margins")) {
            assertEquals(0, metrics.doubleColumn(reward).getDouble(0), 1e-5);
        }
    }

    /** The start's own log-probabilities of the answers, each by itself. */
    @Test
    void logpsAreSumsOverTheAnswer() {
        var all = recipe().batchSize(1_000).steps(1).run().metrics();
        var train = comparisons(200).split(recipe().preparation().validation()).train();
        assertEquals(
                mean(train.list().stream().map(Comparison::chosen).toList(), train.prompts()),
                all.doubleColumn("logps/chosen").getDouble(0),
                1e-3);
        assertEquals(
                mean(train.list().stream().map(Comparison::rejected).toList(), train.prompts()),
                all.doubleColumn("logps/rejected").getDouble(0),
                1e-3);
    }

    private static double mean(List<String> answers, List<String> prompts) {
        double sum = 0;
        try (var slices = new Slices(start.model(), 1)) {
            for (int i = 0; i < answers.size(); i++) {
                var example = start.template().example(LETTERS, prompts.get(i), answers.get(i));
                var batch = Rows.completions(List.of(example));
                var values = new float[batch.time()];
                slices.values(batch, values);
                for (int t = example.promptLength() - 1; t < values.length; t++) {
                    sum += values[t];
                }
            }
        }
        return sum / answers.size();
    }
}
