package trivium.run;

import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import trivium.model.LanguageModel;
import trivium.model.Lora;
import trivium.model.Transformer;
import trivium.train.Optimisation;

/**
 * Names that other programs have for a model's linear layers, so that {@code lora(…)} takes them too. Found by Java's
 * {@link ServiceLoader}, because the families of models that exist are none of this floor's business.
 */
public interface LayerNames {

    /**
     * Names by which a run's model goes there, each with the engine's pattern for it ({@link Lora.Parts}):
     * {@code model.layers.0.self_attn.q_proj} and {@code blocks.0.attention.q}. Empty if there is no such counterpart.
     */
    Map<String, String> of(Run run);

    /**
     * The engine's patterns for a name: of layers that are called so, or whose name ends so behind a dot, as PEFT's
     * {@code target_modules} means it. Empty if there are none.
     */
    List<String> patterns(String name, Run run);

    /**
     * How a model is optimised that begins as a run's, an adapter's layers and tokens being the engine's own names of
     * layers and the ids of tokens.
     *
     * @throws IllegalArgumentException in a sentence, with the names there are, if a name means nothing
     */
    static Optimisation resolve(Optimisation optimisation, Run start) {
        var lora = optimisation.update().lora();
        return lora == null
                ? optimisation
                : optimisation.update(optimisation.update().lora(new AdapterNames(start).resolve(lora)));
    }

    /**
     * Refuses an adapter that cannot stand beside the model of a run, before anything is trained.
     *
     * @throws IllegalArgumentException in a sentence
     */
    static void check(Lora lora, Run start) {
        var names = new AdapterNames(start).grown();
        var resolved = names.withoutNewTokens(names.resolve(lora));
        LanguageModel model = start.model();
        if (model instanceof Transformer transformer) {
            transformer.requireAdapts(resolved);
        } else {
            model.withAdapter(resolved, 0); // which says why not
        }
    }

    /** Those that are there. */
    static List<LayerNames> all() {
        return ServiceLoader.load(LayerNames.class).stream()
                .map(ServiceLoader.Provider::get)
                .collect(Collectors.toUnmodifiableList());
    }
}
