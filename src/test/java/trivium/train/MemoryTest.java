package trivium.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import trivium.model.Architecture;
import trivium.model.Architecture.Activation;
import trivium.model.Architecture.Placement;
import trivium.model.Architecture.QkNorm;
import trivium.model.Bert;
import trivium.model.Compute;
import trivium.model.Gpt;
import trivium.model.Llama;
import trivium.model.Lora;
import trivium.model.Parameters.Role;
import trivium.model.Size;
import trivium.model.Transformer;
import trivium.tensor.Batch;
import trivium.tensor.Floats;

/** What training allocates, against what {@link Size} counts beforehand; and that a step allocates nothing more. */
class MemoryTest {

    private static final int VOCABULARY = 300;

    private static final List<Architecture> SHAPES = List.of(
            Gpt.of(48, 64, 2, 4),
            Gpt.of(256, 16, 2, 4),
            Llama.of(48, 64, 2, 4, 2),
            Llama.of(48, 64, 2, 4, 1)
                    .qkNorm(QkNorm.HEAD)
                    .activation(Activation.RELU_SQUARED)
                    .dropout(0.1),
            Llama.of(48, 64, 2, 4, 2).headSize(32).placement(Placement.PARALLEL_ONE_NORM),
            Bert.of(48, 64, 2, 4));

    private static Batch batch(int rows, int time) {
        int n = rows * time;
        var weights = new float[n];
        Arrays.fill(weights, 1);
        return new Batch(rows, time, new int[n], new int[n], weights, 1);
    }

    @Test
    void trainingTakesWhatWasCounted() {
        for (var architecture : SHAPES) {
            for (int rows : new int[] {1, 3, 8, 10}) {
                int time = architecture.context();
                long before = Floats.allocatedBytes();
                var model = Transformer.of(architecture, VOCABULARY, 1);
                try (var loop = new TrainLoop(model, AdamW.DEFAULT, 1, Compute.DEFAULT.withWorkers(1), 1)) {
                    var batch = batch(rows, time);
                    loop.step(batch, CrossEntropy.PLAIN, 1e-3);
                    long allocated = Floats.allocatedBytes() - before;
                    long counted =
                            Size.training(architecture, VOCABULARY, rows, time).bytes();
                    var what = architecture + ", " + rows + " rows: " + counted + " bytes of " + allocated;
                    assertEquals(1, (double) counted / allocated, 0.15, what);

                    long after = Floats.allocatedBytes();
                    loop.step(batch, CrossEntropy.PLAIN, 1e-3);
                    assertEquals(after, Floats.allocatedBytes(), "a second step allocates");
                }
            }
        }
    }

    /** Beside weights that are there already; the second of two trainings shows that they are not copied. */
    @Test
    void adaptersTakeWhatWasCounted() {
        for (var architecture : SHAPES) {
            int time = architecture.context();
            var base = Transformer.of(architecture, VOCABULARY, 1);
            var plain = Lora.rank(4);
            for (var lora : List.of(
                    plain,
                    plain.useDora(true),
                    plain.dropout(0.1),
                    plain.useDora(true).dropout(0.1))) {
                long before = Floats.allocatedBytes();
                var model = base.withAdapter(lora, 1);
                try (var loop = new TrainLoop(model, AdamW.DEFAULT, 1, Compute.DEFAULT.withWorkers(1), 1)) {
                    var batch = batch(2, time);
                    loop.step(batch, CrossEntropy.PLAIN, 1e-3);
                    long allocated = Floats.allocatedBytes() - before;
                    long beneath = 4 * base.parameters().count();
                    long counted =
                            model.size(2, time, Size.Use.TRAINING).orElseThrow().bytes() - beneath;
                    assertEquals(1, (double) counted / allocated, 0.15, architecture + ", " + lora);

                    long after = Floats.allocatedBytes();
                    loop.step(batch, CrossEntropy.PLAIN, 1e-3);
                    assertEquals(after, Floats.allocatedBytes(), "a second step allocates");
                }
            }
        }
    }

    @Test
    void frozenTensorsTakeWhatWasCounted() {
        for (var architecture : SHAPES) {
            int time = architecture.context();
            long before = Floats.allocatedBytes();
            var model = Transformer.of(architecture, 10 * VOCABULARY, 1);
            model.parameters().freeze(tensor -> tensor.role() == Role.EMBEDDING);
            try (var loop = new TrainLoop(model, AdamW.DEFAULT, 1, Compute.DEFAULT.withWorkers(1), 1)) {
                loop.step(batch(2, time), CrossEntropy.PLAIN, 1e-3);
                long allocated = Floats.allocatedBytes() - before;
                long counted =
                        model.size(2, time, Size.Use.TRAINING).orElseThrow().bytes();
                assertEquals(1, (double) counted / allocated, 0.15, architecture.toString());
            }
        }
    }
}
