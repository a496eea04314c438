package trivium;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import trivium.align.Distillation;
import trivium.align.PolicyOptimisation;
import trivium.align.Ppo;
import trivium.align.PreferenceOptimisation;
import trivium.finetune.FineTuning;
import trivium.model.LanguageModel;
import trivium.pretrain.Pretraining;
import trivium.run.Recipe;
import trivium.run.Run;

/**
 * Every phase leaves the tensors that its recipe freezes as they were, and only those, and hands on what is not frozen.
 */
class FreezeTest {

    private static final String[] FROZEN = {"tokens", "layers.0.attention"};

    private static <R extends Recipe<R>> void check(R recipe, LanguageModel before, Function<R, Run> training) {
        var after = training.apply(recipe.freeze(FROZEN));
        assertEquals(List.of(FROZEN), after.card().recipe().get("freeze"));
        var parameters = after.model().parameters();
        assertEquals(Set.of(), parameters.frozen(), "a run's model");
        for (var tensor : parameters.tensors()) {
            var same = before.parameters().tensors().stream()
                    .filter(t -> t.name().equals(tensor.name()) && t.shape().equals(tensor.shape()))
                    .findFirst();
            if (same.isEmpty()) {
                continue; // a head of its own
            }
            int size = (int) tensor.size();
            var was = before.parameters().values().toArray(same.get().offset(), size);
            var is = parameters.values().toArray(tensor.offset(), size);
            if (tensor.name().equals("tokens.weight") || tensor.name().startsWith("blocks.0.attention.")) {
                assertArrayEquals(was, is, tensor.name());
            } else {
                assertFalse(Arrays.equals(was, is), tensor.name());
            }
        }
    }

    @Test
    void inPreTraining() {
        var recipe = ResumeTest.pretraining();
        var shape = recipe.architecture();
        check(recipe, shape.fresh(recipe.tokenizer().size(), 5), Pretraining::run);
    }

    @Test
    void inFineTuning() {
        var recipe = ResumeTest.tuning();
        check(recipe, recipe.start().model(), FineTuning::run);
    }

    @Test
    void inRewardModelling() {
        var recipe = ResumeTest.judging();
        check(recipe, recipe.start().model(), r -> r.run().run());
    }

    @Test
    void inPreferenceOptimisation() {
        var recipe = ResumeTest.preferring();
        check(recipe, recipe.start().model(), PreferenceOptimisation::run);
    }

    @Test
    void inAlignment() {
        var recipe = ResumeTest.aligning();
        check(recipe, recipe.start().model(), PolicyOptimisation::run);
        check(recipe.algorithm(Ppo.numGenerations(3)), recipe.start().model(), PolicyOptimisation::run);
    }

    @Test
    void inDistillation() {
        var start = ResumeTest.start();
        var recipe = Distillation.of(
                        ResumeTest.TEACHER,
                        new Distillation.Student.Trained(start),
                        new Distillation.Lessons.Answers(ResumeTest.tuning().conversations()))
                .steps(4)
                .batchSize(8)
                .workers(2);
        check(recipe, start.model(), Distillation::run);
    }

    @Test
    void freezingNothingStandsNowhere() {
        assertFalse(ResumeTest.tuning().freeze().card().recipe().containsKey("freeze"));
    }

    @Test
    void namesOfNothingAndOfEverythingAreRefused() {
        var nothing = assertThrows(
                IllegalArgumentException.class,
                () -> ResumeTest.tuning().freeze("layers.7").run());
        assertTrue(
                nothing.getMessage()
                        .startsWith("\"layers.7\" names none of the model's tensors; there are tokens.weight"),
                nothing.getMessage());
        var everything = assertThrows(
                IllegalArgumentException.class,
                () -> ResumeTest.tuning().freeze("norm", "weight").run());
        assertTrue(
                everything
                        .getMessage()
                        .contains("are frozen, so there is nothing to train: freeze fewer of them; there"),
                everything.getMessage());
    }
}
