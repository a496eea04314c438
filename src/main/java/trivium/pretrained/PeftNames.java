package trivium.pretrained;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import trivium.model.Transformer;
import trivium.run.LayerNames;
import trivium.run.Run;

/** The names that transformers has for a model's linear layers, as PEFT's {@code target_modules} takes them. */
public final class PeftNames implements LayerNames {

    @Override
    public Map<String, String> of(Run run) {
        var names = new LinkedHashMap<String, String>();
        family(run).ifPresent(family -> {
            names.put(bare(family.embedding()), "embedding");
            PeftModules.of(family, (Transformer) run.model())
                    .modules()
                    .forEach(module -> names.put(module.name(), module.target()));
        });
        return names;
    }

    @Override
    public List<String> patterns(String name, Run run) {
        var found = new LinkedHashSet<String>();
        of(run).forEach((theirs, ours) -> {
            if (theirs.equals(name) || theirs.endsWith("." + name)) {
                found.add(ours);
            }
        });
        return found.isEmpty()
                ? List.of()
                : shortest(found, ((Transformer) run.model()).architecture().layers());
    }

    private static Optional<Family> family(Run run) {
        if (!(run.model() instanceof Transformer)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Export.of(run).family());
        } catch (IllegalArgumentException _) { // transformers has no counterpart
            return Optional.empty();
        }
    }

    private static String bare(String name) {
        return name.substring(0, name.lastIndexOf('.'));
    }

    /** What stands beside each block's layer of a kind is named once. */
    static List<String> shortest(Set<String> targets, int layers) {
        var kinds = targets.stream()
                .collect(Collectors.groupingBy(PeftNames::kind, LinkedHashMap::new, Collectors.toList()));
        return kinds.entrySet().stream()
                .flatMap(kind ->
                        kind.getValue().size() == layers ? List.of(kind.getKey()).stream() : kind.getValue().stream())
                .toList();
    }

    private static String kind(String target) {
        return target.replaceFirst("^blocks\\.\\d+\\.", "");
    }
}
