package trivium;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.align.Distillation;
import trivium.align.Grpo;
import trivium.align.PolicyOptimisation;
import trivium.align.PreferenceOptimisation;
import trivium.align.RewardModel;
import trivium.finetune.FineTuning;
import trivium.model.AdaptedTransformer;
import trivium.model.Lora;
import trivium.model.Models;
import trivium.run.Fingerprint;
import trivium.run.PastRun;
import trivium.run.Recipe;
import trivium.run.Run;
import trivium.run.RunOptions;
import trivium.run.RunStore;

/** Every phase trains an adapter where its recipe says so, and the model beneath stays what and where it is. */
class AdapterTest {

    private static final Lora LORA = Lora.rank(4)
            .alpha(5)
            .dropout(0.1)
            .targets("attention", "mlp.down")
            .trainableTokens("template", "embedding=a");

    @TempDir
    Path folder;

    /** The rows of the embedding that are trained beside it, which leave those of the model beneath. */
    private static void requireRowsMoved(AdaptedTransformer adapted) {
        var rows = adapted.parameters().tensors().stream()
                .filter(tensor -> tensor.name().equals("tokens.trainable_tokens.weight"))
                .findFirst()
                .orElseThrow();
        var ids = adapted.lora().parts().trainableTokens();
        assertEquals(rows.shape().getFirst(), ids.size(), "an id for each: " + ids);
        var beneath = adapted.withoutAdapter().parameters().values();
        int width = rows.shape().getLast();
        for (int i = 0; i < ids.size(); i++) {
            long row = Long.parseLong(ids.get(i).replace("embedding=", "")) * width;
            boolean moved = false;
            for (int k = 0; k < width; k++) {
                float trained = adapted.parameters().values().get(rows.offset() + (long) i * width + k);
                moved |= trained != beneath.get(row + k);
            }
            assertTrue(moved, "token " + ids.get(i));
        }
    }

    private static <R extends Recipe<R>> void check(R recipe, Run start, Function<R, Run> training) {
        var beneath = (trivium.model.Transformer) start.model();
        var before = beneath.parameters().values().toArray();
        var one = training.apply(recipe.lora(LORA).workers(1));
        var adapted = assertInstanceOf(AdaptedTransformer.class, one.model());
        assertSame(beneath, adapted.withoutAdapter(), "what an adapted policy is compared with, and no copy of it");
        assertArrayEquals(before, beneath.parameters().values().toArray(), "to the last bit");
        var b = adapted.parameters().tensors().stream()
                .filter(tensor -> tensor.name().endsWith("lora_b"))
                .toList();
        assertFalse(b.isEmpty());
        requireRowsMoved(adapted);
        for (var tensor : b) {
            boolean moved = false;
            for (long i = tensor.offset(); i < tensor.end(); i++) {
                moved |= adapted.parameters().values().get(i) != 0;
            }
            assertTrue(moved, tensor.name());
        }
        var three = training.apply(recipe.lora(LORA).workers(3));
        assertEquals(Fingerprint.of(one), Fingerprint.of(three), "whoever computes it");
        var group = assertInstanceOf(Map.class, one.card().recipe().get("lora"));
        assertEquals(List.of("attention", "mlp.down"), ((Map<?, ?>) group.get("parts")).get("targets"));
        var message = assertThrows(IllegalArgumentException.class, () -> recipe.lora(LORA.targets("c_attn", "q_prj")))
                .getMessage();
        assertTrue(
                message.startsWith("\"q_prj\" names none of the model's linear layers")
                        && message.contains("c_attn, c_fc, c_proj"),
                message);
    }

    @Test
    void inFineTuning() {
        var recipe = ResumeTest.tuning();
        check(recipe, recipe.start(), FineTuning::run);
        assertFalse(recipe.card().recipe().containsKey("lora"));
    }

    @Test
    void inRewardModelling() {
        var recipe = ResumeTest.judging();
        check(recipe, recipe.start(), r -> r.run().run());
    }

    @Test
    void inPreferenceOptimisation() {
        var recipe = ResumeTest.preferring();
        check(recipe, recipe.start(), PreferenceOptimisation::run);
    }

    @Test
    void inAlignment() {
        var recipe = ResumeTest.aligning();
        check(recipe, recipe.start(), PolicyOptimisation::run);
    }

    @Test
    void inDistillation() {
        var start = ResumeTest.start();
        var recipe = Distillation.of(
                        ResumeTest.TEACHER,
                        new Distillation.Student.Trained(start),
                        new Distillation.Lessons.Answers(ResumeTest.tuning().conversations()))
                .steps(4)
                .batchSize(8);
        check(recipe, start, Distillation::run);
    }

    /** The first step sees a policy that is its reference, to the last bit: KL is 0. */
    @Test
    void anAdaptedPolicyBeginsAsItsReference() {
        var aligned = ResumeTest.aligning()
                .lora(LORA)
                .algorithm(Grpo.numGenerations(4).beta(0.1))
                .run();
        var kl = aligned.metrics().doubleColumn("kl");
        assertEquals(0, kl.getDouble(0), 1e-6);
        assertTrue(kl.getDouble(kl.size() - 1) > 1e-6, "and leaves it");
    }

    /**
     * A training that says nothing of an adapter trains the one there is on; its reference is the start, adapter and
     * all.
     */
    @Test
    void anAdapterIsTrainedOn() {
        var recipe = ResumeTest.tuning();
        var tuned = recipe.lora(LORA).run();
        var model = (AdaptedTransformer) tuned.model();
        var before = model.parameters().values().toArray();
        var direct = PreferenceOptimisation.of(tuned, ResumeTest.judging().comparisons())
                .batchSize(11)
                .run();
        var trained = assertInstanceOf(AdaptedTransformer.class, direct.model());
        assertSame(model.withoutAdapter(), trained.withoutAdapter());
        assertArrayEquals(before, model.parameters().values().toArray(), "the start stays what it is");
        assertFalse(
                java.util.Arrays.equals(before, trained.parameters().values().toArray()));
        assertEquals(
                0,
                direct.metrics().doubleColumn("rewards/margins").getDouble(0),
                1e-6,
                "policy and reference begin as one");
        var message = assertThrows(
                        IllegalArgumentException.class,
                        () -> PreferenceOptimisation.of(
                                        tuned, ResumeTest.judging().comparisons())
                                .lora(LORA)
                                .run())
                .getMessage();
        assertTrue(message.startsWith("the model has an adapter already (Lora["), message);
    }

    @Test
    void aKeptRunComesBackAndItsCheckpointsHoldTheAdapterAlone() throws Exception {
        var store = RunStore.open(folder);
        var start = store.save(ResumeTest.start());
        var tuned = FineTuning.of(store.load(start.id()), ResumeTest.tuning().conversations())
                .steps(7)
                .batchSize(11)
                .lora(LORA.useDora(true).modulesToSave("head"))
                .neftuneNoiseAlpha(5)
                .keepBest("validation_loss")
                .keep(store.folder("tuned"), 3)
                .run();
        var loaded = store.load("tuned");
        assertEquals(Fingerprint.of(tuned), Fingerprint.of(loaded));
        assertArrayEquals(
                tuned.best().model().parameters().values().toArray(),
                loaded.best().model().parameters().values().toArray());
        var again = PastRun.rerun(store, "tuned", Map.of(), RunOptions.NONE);
        assertEquals(Fingerprint.of(tuned), Fingerprint.of(again));
        assertEquals(Fingerprint.of(tuned.merged()), Fingerprint.of(store.load("tuned-merged")));
        assertInstanceOf(
                trivium.model.Transformer.class, store.load("tuned-best-merged").model());
        assertTrue(
                Files.size(folder.resolve("tuned/best.safetensors"))
                        < Files.size(folder.resolve("tuned/model.safetensors")) / 2,
                "the best state is the adapter's");
        var judge = trivium.align.RewardModelling.of(
                        loaded, ResumeTest.judging().comparisons())
                .batchSize(11)
                .keep(store.folder("judge"))
                .run();
        try (judge;
                var second = new RewardModel(store.load("judge"))) {
            assertEquals(judge.score("abc", "def"), second.score("abc", "def"));
        }
        assertEquals(
                Models.toJson(judge.run().model()),
                Models.toJson(store.load("judge").model()));
    }

    @Test
    void aFreshModelHasNothingToAdapt() {
        var message = assertThrows(
                        IllegalArgumentException.class,
                        () -> ResumeTest.pretraining().lora(LORA).run())
                .getMessage();
        assertTrue(message.startsWith("an adapter stands beside a model that has learned something"), message);
    }
}
