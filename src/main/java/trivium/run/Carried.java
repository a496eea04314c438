package trivium.run;

import java.util.Map;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import trivium.model.Safetensors.Entry;

/**
 * What a training carries from step to step, and a checkpoint holds. All else follows from the recipe: batches, dice
 * and learning rates are functions of seed and step.
 *
 * @param tensors by name, sharing memory with the training
 * @param updates how many updates the optimizer has made
 * @param resume goes on as after this many updates
 */
public record Carried(Map<String, Entry> tensors, LongSupplier updates, LongConsumer resume) {

    /** For work that carries nothing. */
    public static final Carried NOTHING = new Carried(Map.of(), () -> 0, _ -> {});
}
