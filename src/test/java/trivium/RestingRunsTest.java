package trivium;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.align.Grpo;
import trivium.align.PolicyOptimisation;
import trivium.align.PreferenceOptimisation;
import trivium.align.RewardModelling;
import trivium.finetune.FineTuning;
import trivium.model.AdaptedTransformer;
import trivium.model.Lora;
import trivium.model.Transformer;
import trivium.run.Fingerprint;
import trivium.run.PastRun;
import trivium.run.Run;
import trivium.run.RunOptions;
import trivium.run.RunStore;
import trivium.tensor.Dtype;

/** Trainings that begin with a model whose weights rest in bfloat16, beside the same of its float32 twin. */
class RestingRunsTest {

    private static final Lora LORA = Lora.rank(4).alpha(5).dropout(0.1);

    @TempDir
    Path folder;

    private static Run resting() {
        var start = ResumeTest.start();
        return start.child(start.card(), ((Transformer) start.model()).to(Dtype.BF16), Map.of())
                .with(start.template());
    }

    private static Run float32(Run resting) {
        return resting.child(resting.card(), resting.model().copy(), Map.of()).with(resting.template());
    }

    private static void assertSameRun(Function<Run, Run> training) {
        var resting = resting();
        var expected = training.apply(float32(resting));
        var found = training.apply(resting);
        assertEquals(Fingerprint.of(expected), Fingerprint.of(found));
        assertEquals(
                expected.metrics().doubleColumn("loss").asList(),
                found.metrics().doubleColumn("loss").asList());
        if (found.model() instanceof AdaptedTransformer adapted) {
            assertSame(resting.model(), adapted.withoutAdapter(), "no copy of it");
            assertEquals(Fingerprint.of(expected.merged()), Fingerprint.of(found.merged()));
        } else {
            assertEquals(Dtype.F32, found.model().parameters().dtype());
        }
    }

    /** New tokens of a chat template would have rows that are rounded; here they are in the vocabulary. */
    @Test
    void fineTuningOfAnAdapterAndOfAllWeights() {
        var conversations = ResumeTest.tuning().conversations();
        assertSameRun(start -> FineTuning.of(start, conversations)
                .steps(5)
                .batchSize(8)
                .lora(LORA.useDora(true))
                .gradientCheckpointing(true)
                .run());
        assertSameRun(start ->
                FineTuning.of(start, conversations).steps(3).batchSize(8).run());
    }

    @Test
    void preferencesRewardModelsAndAlignment() {
        var comparisons = ResumeTest.judging().comparisons();
        assertSameRun(start -> PreferenceOptimisation.of(start, comparisons)
                .batchSize(11)
                .lora(LORA)
                .run());
        assertSameRun(start -> {
            try (var judge = RewardModelling.of(start, comparisons)
                    .batchSize(11)
                    .lora(LORA)
                    .run()) {
                return judge.run();
            }
        });
        assertSameRun(start -> PolicyOptimisation.of(start, List.of("abc", "abd", "fade", "bee"))
                .reward((_, answer) -> answer.chars().filter(c -> c == 'a').count())
                .batchSize(2)
                .maxTokens(6)
                .heldOut(1)
                .steps(2)
                .lora(LORA)
                .algorithm(Grpo.numGenerations(4).beta(0.1))
                .run());
    }

    @Test
    void aKeptRunGoesOnAndComesBack() {
        var store = RunStore.open(folder);
        var start = store.load(store.save(resting()).id());
        assertEquals(Dtype.BF16, start.model().parameters().dtype());
        var recipe = FineTuning.of(start, ResumeTest.tuning().conversations())
                .steps(7)
                .batchSize(11)
                .lora(LORA);
        var expected = recipe.run();
        assertThrows(
                RuntimeException.class,
                () -> recipe.keep(store.folder("tuned"), 3)
                        .progress(new Stop(5, true))
                        .run());
        var tuned = recipe.keep(store.folder("tuned"), 3).run();
        assertEquals(Fingerprint.of(expected), Fingerprint.of(tuned));
        var loaded = store.load("tuned");
        assertEquals(Dtype.BF16, loaded.model().beneath().orElseThrow().dtype());
        assertEquals(Fingerprint.of(expected), Fingerprint.of(loaded));
        var again = PastRun.rerun(store, "tuned", Map.of(), RunOptions.NONE);
        assertEquals(Fingerprint.of(expected), Fingerprint.of(again));
    }
}
