package trivium.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import trivium.model.Parameters;
import trivium.model.Parameters.Role;
import trivium.model.Parameters.Tensor;
import trivium.tensor.Floats;
import trivium.tensor.Workers;

class MuonTest {

    private static final double RATE = 0.01;
    private static final int STEPS = 3;

    /**
     * After three steps of PyTorch 2.13's {@code torch.optim.Muon(lr=0.01, weight_decay=0.1, momentum=0.95,
     * adjust_lr_fn="match_rms_adamw")} in float64, its Newton-Schulz included.
     */
    private static final double[] WIDE = {
        0.83299076,
        0.91118524,
        0.14516364,
        -0.75149302,
        -0.95564541,
        -0.28352172,
        0.64804175,
        0.99021328,
        0.41597969,
        -0.53898749,
        -0.99719339,
        -0.53747662,
        0.4106402,
        0.98926191,
        0.65473226
    };

    private static final double[] TALL = {
        0.83985613,
        0.91442784,
        0.14249587,
        -0.75475501,
        -0.95550355,
        -0.28167265,
        0.6515144,
        0.98907749,
        0.41303108,
        -0.54068654,
        -0.99517569,
        -0.53375807,
        0.41193115,
        0.98419539,
        0.65235202
    };

    private static Floats sines(int n) {
        var floats = Floats.zeros(n);
        for (int i = 0; i < n; i++) {
            floats.set(i, (float) Math.sin(1 + i % WIDE.length));
        }
        return floats;
    }

    private static Floats gradient(int n, int step) {
        var floats = Floats.zeros(n);
        for (int i = 0; i < n; i++) {
            floats.set(i, (float) Math.cos(1 + (step + 1.0) * (i % WIDE.length)));
        }
        return floats;
    }

    private static float[] trained(Optimizer optimizer, List<Tensor> tensors, int workers) {
        int n = (int) tensors.getLast().end();
        var parameters = new Parameters(sines(n), tensors);
        var state = optimizer.start(parameters);
        try (var threads = new Workers(workers)) {
            for (int step = 0; step < STEPS; step++) {
                state.step(gradient(n, step), 1, RATE, threads);
            }
        }
        return parameters.values().toArray();
    }

    /** A matrix of the body, one whose output is added to the stream, an embedding, and a bias. */
    private static List<Tensor> tensors() {
        return List.of(
                new Tensor("wide", 0, List.of(3, 5), Role.MATRIX),
                new Tensor("tall", 15, List.of(5, 3), Role.RESIDUAL),
                new Tensor("embedding", 30, List.of(3, 5), Role.EMBEDDING),
                new Tensor("bias", 45, List.of(5), Role.BIAS));
    }

    @Test
    void matricesOfTheBodyAreSteppedAsPyTorchStepsThem() {
        float[] after = trained(Muon.DEFAULT, tensors(), 1);
        for (int i = 0; i < WIDE.length; i++) {
            assertEquals(WIDE[i], after[i], 2e-6, "wide " + i);
            assertEquals(TALL[i], after[WIDE.length + i], 2e-6, "tall " + i);
        }
    }

    @Test
    void allElseIsSteppedByAdamWAndTheNumberOfWorkersChangesNothing() {
        float[] after = trained(Muon.DEFAULT, tensors(), 1);
        float[] adamw = trained(AdamW.DEFAULT, tensors(), 1);
        for (int i = 2 * WIDE.length; i < after.length; i++) {
            assertEquals(adamw[i], after[i]);
        }
        assertArrayEquals(after, trained(Muon.DEFAULT, tensors(), 3));
    }

    @Test
    void whatHasNoMatrixIsLeftToAdamW() {
        var bias = List.of(new Tensor("bias", 0, List.of(5), Role.BIAS));
        assertArrayEquals(trained(AdamW.DEFAULT, bias, 2), trained(Muon.DEFAULT, bias, 2));
    }

    @Test
    void goesOnFromItsBuffers() {
        var parameters = new Parameters(sines(50), tensors());
        var state = Muon.DEFAULT.start(parameters);
        try (var workers = new Workers(2)) {
            state.step(gradient(50, 0), 1, RATE, workers);
            var copy = new Parameters(Floats.of(parameters.values().toArray()), parameters.tensors());
            var resumed = Muon.DEFAULT.start(copy);
            state.buffers().forEach((name, from) -> {
                var to = resumed.buffers().get(name).values();
                to.copyFrom(from.values(), 0, 0, to.size());
            });
            resumed.steps(state.steps());
            state.step(gradient(50, 1), 1, RATE, workers);
            resumed.step(gradient(50, 1), 1, RATE, workers);
            assertArrayEquals(parameters.values().toArray(), copy.values().toArray());
        }
    }

    @Test
    void refusesWhatCannotBe() {
        var refused = assertThrows(IllegalArgumentException.class, () -> new Muon(1, 5, AdamW.DEFAULT));
        assertEquals("momentum 1.0: expected a number from 0 to under 1", refused.getMessage());
        assertThrows(IllegalArgumentException.class, () -> new Muon(0.9, 0, AdamW.DEFAULT));
    }
}
