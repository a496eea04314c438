package trivium.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import trivium.model.Gpt;
import trivium.model.Llama;
import trivium.model.Transformer;
import trivium.tensor.Floats;

/** What generating allocates, against what is counted beforehand. */
class MemoryTest {

    @Test
    void generatingTakesWhatWasCounted() {
        for (var architecture : List.of(Gpt.of(64, 64, 2, 4), Llama.of(48, 64, 3, 4, 2))) {
            for (int prompts : new int[] {1, 5, 32, 140}) {
                for (int workers = 1; workers <= 3; workers++) {
                    long before = Floats.allocatedBytes();
                    var model = Transformer.of(architecture, 300, 1);
                    var generator = new Generator(model, workers);
                    generator.generate(
                            Collections.nCopies(prompts, new int[] {1, 2}),
                            Sampling.greedy().maxTokens(2));
                    double allocated = Floats.allocatedBytes() - before;
                    double counted = generator.bytes(prompts).orElseThrow();
                    assertEquals(1, counted / allocated, 0.15, prompts + " prompts, " + workers + " workers");
                }
            }
        }
    }
}
