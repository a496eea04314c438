package trivium.run;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One thing that may be wrong with a training, and how to see it. A training looks for every fault before its first
 * step and after each; a fault that was seen once is a {@link Finding} and is not looked for again. docs/diagnosis.md
 * has them all.
 *
 * @param name in kebab-case, such as "loss-diverges": what {@link Recipe#stopWhen} and figures call it
 * @param metrics that show it, for its figure; none for what is seen before the first step
 * @param look answers what is wrong, or nothing; a function of the evidence alone, for the same answer is given again
 *     when a training goes on or a run is diagnosed afterwards. It is called after every step: it reads a bounded
 *     number of rows
 * @param excluded names of faults that are not looked for once this one was found: they would say the same in other
 *     words, advise the contrary, or follow from it
 */
public record Fault(
        String name, List<String> metrics, Function<Evidence, Optional<Symptom>> look, List<String> excluded) {

    /** Faults of a package; named in {@code META-INF/services/trivium.run.Fault$Source}. */
    public interface Source {
        List<Fault> faults();
    }

    private static final class Known {
        static final List<Fault> ALL = all();

        private static List<Fault> all() {
            var all = new ArrayList<Fault>();
            ServiceLoader.load(Source.class, Fault.class.getClassLoader())
                    .forEach(source -> all.addAll(source.faults()));
            return Collections.unmodifiableList(all);
        }
    }

    public Fault {
        metrics = List.copyOf(metrics);
        excluded = List.copyOf(excluded);
        if (!name.matches("[a-z0-9]+(-[a-z0-9]+)*")) {
            throw new IllegalArgumentException("a fault's name should be like \"loss-diverges\", not \"" + name + "\"");
        }
    }

    /** One that excludes no other. */
    public Fault(String name, List<String> metrics, Function<Evidence, Optional<Symptom>> look) {
        this(name, metrics, look, List.of());
    }

    /** The same, after which these are not looked for. */
    public Fault excludes(String... others) {
        return new Fault(name, metrics, look, List.of(others));
    }

    /** All that are known, in the order to be looked for. */
    public static List<Fault> known() {
        return Known.ALL;
    }

    /** The fault of this name; empty if there is none, as for a finding of another version. */
    public static Optional<Fault> of(String name) {
        return known().stream().filter(fault -> fault.name.equals(name)).findFirst();
    }

    /** Refuses names that no fault has, those of a recipe. */
    static void requireKnown(List<String> names) {
        names.stream().filter(name -> !name.equals(Recipe.ANY_FAULT)).forEach(name -> requireKnown("stopWhen", name));
    }

    /**
     * Refuses a name that no fault has.
     *
     * @param method that was called with it
     * @throws IllegalArgumentException with all names that there are
     */
    public static void requireKnown(String method, String name) {
        if (of(name).isEmpty()) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "%s(\"%s\"): no fault is called so; there are %s",
                    method,
                    name,
                    known().stream().map(Fault::name).collect(Collectors.joining(", "))));
        }
    }
}
