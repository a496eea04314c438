package trivium.align;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import trivium.data.Corpus;
import trivium.model.Gpt;
import trivium.pretrain.Pretraining;
import trivium.run.Metric;
import trivium.run.PastRun;
import trivium.run.Run;
import trivium.run.RunOptions;
import trivium.run.RunStore;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizers;

/** Each algorithm by name in a whole alignment: it learns, measures what is declared, and is trained again. */
class EveryAlgorithmTest {

    private static final Reward SHORT = Reward.of("short", (_, answer) -> -answer.length());

    @TempDir
    static Path folder;

    private static RunStore store;
    private static Run base;

    @BeforeAll
    static void pretrain() {
        store = RunStore.open(folder);
        var letters = Tokenizers.characters(List.of("abcdef .")).withSpecials(ChatTemplate.DEFAULT.specials());
        base = Pretraining.of(Gpt.of(24, 16, 1, 2), letters, Corpus.of("abc def fed cab. ".repeat(40)))
                .steps(3)
                .batchSize(4)
                .keep(store.folder("base"))
                .run();
    }

    private static Stream<Algorithm> algorithms() {
        return Stream.of(
                Grpo.grpo(3),
                Grpo.drGrpo(3),
                Grpo.dapo(3),
                Grpo.gspo(3).epochs(2),
                Grpo.cispo(3).epochs(2),
                Grpo.sapo(3).epochs(2),
                Grpo.luspo(3).epochs(2),
                Grpo.numGenerations(3).klEstimator(KlEstimator.K1).klIn(Grpo.KlIn.REWARD),
                Rloo.numGenerations(3).epsilon(0.2).epochs(2),
                ReinforcePlusPlus.numGenerations(1),
                ReinforcePlusPlus.baseline(3));
    }

    private static PolicyOptimisation recipe(Algorithm algorithm) {
        return PolicyOptimisation.of(
                        base, List.of("ab", "cd", "ef", "fa", "bd", "ce", "ac", "df", "eb", "ba", "dc", "fe"))
                .reward(SHORT)
                .algorithm(algorithm)
                .batchSize(3)
                .maxTokens(9)
                .heldOut(3)
                .evaluations(0)
                .steps(3)
                .learningRate(1e-3)
                .seed(3);
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void itLearnsAndIsTrainedAgainFromItsCard(Algorithm algorithm) {
        var id = "run-" + Integer.toHexString(algorithm.hashCode());
        var run = recipe(algorithm).keep(store.folder(id)).run();
        run.metrics().columnNames().forEach(name -> assertTrue(Metric.isDeclared(name), name));
        for (double loss : run.metrics().doubleColumn("loss")) {
            assertTrue(Double.isFinite(loss));
        }
        assertTrue(run.metrics().doubleColumn("grad_norm").max() > 0, "something was learned");
        var again = PastRun.rerun(store, id, Map.of("reward", SHORT), RunOptions.NONE);
        assertArrayEquals(weights(run), weights(again));
        assertEquals(
                run.metrics().doubleColumn("loss").asList(),
                again.metrics().doubleColumn("loss").asList());
    }

    /** Nothing is left to learn from, and the policy stays as it was. */
    @Test
    void whereEveryCompletionWasCutAndMaskedThePolicyStays() {
        var recipe = recipe(
                        Grpo.numGenerations(3).maskTruncatedCompletions(true).beta(0))
                .reward(Reward.of("first", (_, answer) -> answer.isEmpty() ? 0 : answer.charAt(0)))
                .maxTokens(1)
                .batchSize(1)
                .steps(1);
        // most seeds draw no end token among three; unmasked, something would be learned from rewards that differ
        var run = LongStream.range(1, 20)
                .mapToObj(seed -> recipe.seed(seed).run())
                .filter(each -> each.last("completions/clipped_ratio") == 1 && each.last("reward_group_std") > 0)
                .findFirst()
                .orElseThrow();
        assertArrayEquals(weights(base), weights(run));
        assertTrue(Double.isFinite(run.last("loss")));
    }

    /** Cards of earlier versions have other settings. */
    @Test
    void aCardOfBeforeIsRefusedInASentence() throws IOException {
        recipe(Grpo.numGenerations(3)).keep(store.folder("before")).run();
        var file = store.folder("before").resolve("run.json");
        var card = Files.readString(file);
        int from = card.indexOf("\"loss_type\"");
        int to = card.indexOf("\"beta\"");
        Files.writeString(file, card.substring(0, from) + card.substring(to));
        var refusal = assertThrows(
                IllegalArgumentException.class,
                () -> PastRun.rerun(store, "before", Map.of("reward", SHORT), RunOptions.NONE));
        assertTrue(
                refusal.getMessage()
                        .matches("cannot train before again: its recipe should have one of .* as"
                                + " \"loss_type\", but has none.*"),
                refusal.getMessage());
    }

    private static float[] weights(Run run) {
        return run.model().parameters().values().toArray();
    }
}
