package trivium.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trivium.model.Parameters;
import trivium.model.Parameters.Role;
import trivium.model.Parameters.Tensor;
import trivium.tensor.Floats;
import trivium.tensor.Workers;

/** Factors of the learning rate, against PyTorch's AdamW with param groups (docs/peers/param_groups.py). */
class ParameterGroupsTest {

    private static final List<Tensor> TENSORS = List.of(
            new Tensor("tokens.weight", 0, List.of(4, 3), Role.EMBEDDING),
            new Tensor("layers.0.weight", 12, List.of(3, 3), Role.MATRIX),
            new Tensor("layers.0.bias", 21, List.of(3), Role.BIAS));

    private record Case(float[] before, float[][] gradients, float[] after) {}

    private static Case golden() throws IOException {
        return new Gson()
                .fromJson(Files.readString(Path.of("src/test/resources/losses/param-groups.json")), Case.class);
    }

    private static float[] train(Case given, Optimizer optimizer, String... factors) {
        var parameters = new Parameters(Floats.of(given.before), TENSORS);
        var groups = new ParameterGroups(optimizer, parameters, List.of(factors));
        try (var workers = new Workers(2)) {
            for (var gradient : given.gradients) {
                groups.step(Floats.of(gradient), 1, 0.01, workers);
            }
        }
        assertEquals(given.gradients.length, groups.steps());
        return parameters.values().toArray();
    }

    @Test
    void asPyTorchsParamGroups() throws IOException {
        var given = golden();
        var found = train(given, AdamW.DEFAULT, "layers.0=2", "embedding=0.1", "matrix=1");
        for (int i = 0; i < found.length; i++) {
            assertEquals(given.after[i], found[i], 1e-6, "number " + i);
        }
    }

    /** A matrix by Muon and the rest by AdamW, all in other groups: each as if all had the one factor. */
    @Test
    void anyOptimizerIsAsWithItsOwnLearningRate() throws IOException {
        var given = golden();
        var found = train(given, Muon.DEFAULT, "tokens=0.5", "bias=0.25");
        for (var tensor : TENSORS) {
            var factor = tensor.role() == Role.EMBEDDING ? "0.5" : tensor.role() == Role.BIAS ? "0.25" : "1";
            var alone = train(given, Muon.DEFAULT, "weight=" + factor, "bias=" + factor);
            for (int i = (int) tensor.offset(); i < tensor.end(); i++) {
                assertEquals(alone[i], found[i], tensor.name());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"embedding", "embedding=", "=0.1", "embedding=0", "embedding=-1", "embedding=NaN", ""})
    void whatIsNoFactorIsRefused(String text) {
        var rate = new LearningRate(1e-3, new Warmup.Steps(0), new Schedule.Constant());
        var thrown =
                assertThrows(IllegalArgumentException.class, () -> rate.learningRateFactors(List.of("bias=2", text)));
        assertTrue(thrown.getMessage().startsWith("\"" + text + "\" is no factor of the learning rate: expected"));
    }

    @Test
    void aFactorOfNoTensorIsRefused() throws IOException {
        var given = golden();
        var thrown = assertThrows(IllegalArgumentException.class, () -> train(given, AdamW.DEFAULT, "layers.1=0.5"));
        assertTrue(thrown.getMessage().contains("\"layers.1\" names none of the model's tensors; there are tokens"));
    }
}
