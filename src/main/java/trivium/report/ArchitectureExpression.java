package trivium.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import trivium.model.Architecture;
import trivium.model.Architecture.Activation;
import trivium.model.Architecture.Attention;
import trivium.model.Architecture.Biases;
import trivium.model.Architecture.Conventions;
import trivium.model.Architecture.FeedForward;
import trivium.model.Architecture.Norm;
import trivium.model.Architecture.Placement;
import trivium.model.Architecture.QkNorm;
import trivium.model.Architecture.Rotary;
import trivium.model.Bert;
import trivium.model.Gpt;
import trivium.model.Llama;

/**
 * The shortest source that makes an architecture: a preset followed by calls that change what differs from it, such as
 * {@code Gpt.small().context(64)}. The shortest is the one with the fewest calls and arguments, and of those the one
 * with the fewest letters.
 *
 * @param shape what the source makes
 * @param imports names of the classes that the source mentions
 */
record ArchitectureExpression(Architecture shape, String source, Set<String> imports) {

    private static final Pattern CALL = Pattern.compile("\\(");

    private static final Pattern ARGUMENT = Pattern.compile(",|\\((?!\\))");

    /** One call that changes one setting. */
    private record Change<T>(
            String name, Function<Architecture, T> get, BiFunction<Architecture, T, Architecture> with) {}

    private static final List<Change<?>> SIZES = List.of(
            new Change<>("context", a -> a.context(), (a, v) -> a.context(v)),
            new Change<>("width", a -> a.width(), (a, v) -> a.width(v)),
            new Change<>("layers", a -> a.layers(), (a, v) -> a.layers(v)));

    /** For each part of an architecture: its settings one by one, and the part as a whole. */
    private static final Map<Change<?>, List<Change<?>>> PARTS = parts();

    private static Map<Change<?>, List<Change<?>>> parts() {
        var parts = new LinkedHashMap<Change<?>, List<Change<?>>>();
        parts.put(
                new Change<Attention>("attention", a -> a.attention(), (a, v) -> a.attention(v)),
                List.of(
                        // before the heads, which a width that they do not divide would refuse
                        new Change<Integer>("headSize", a -> a.attention().headSize(), (a, v) -> a.headSize(v)),
                        new Change<Integer>("heads", a -> a.attention().heads(), (a, v) -> a.heads(v)),
                        new Change<Boolean>("causal", a -> a.attention().causal(), (a, v) -> a.causal(v)),
                        new Change<QkNorm>("qkNorm", a -> a.attention().qkNorm(), (a, v) -> a.qkNorm(v)),
                        new Change<Double>(
                                "rotaryTheta", a -> a.attention().rotary().theta(), (a, v) -> a.rotaryTheta(v)),
                        new Change<Double>("attentionScale", a -> a.attention().scale(), (a, v) -> a.attentionScale(v)),
                        new Change<Rotary>("rotary", a -> a.attention().rotary(), (a, v) -> a.rotary(v))));
        parts.put(
                new Change<FeedForward>("feedForward", a -> a.feedForward(), (a, v) -> a.feedForward(v)),
                List.of(
                        new Change<Activation>(
                                "activation", a -> a.feedForward().activation(), (a, v) -> a.activation(v)),
                        new Change<Placement>(
                                "placement", a -> a.feedForward().placement(), (a, v) -> a.placement(v))));
        parts.put(
                new Change<Conventions>("conventions", a -> a.conventions(), (a, v) -> a.conventions(v)),
                List.of(
                        new Change<Norm>("norm", a -> a.conventions().norm(), (a, v) -> a.norm(v)),
                        new Change<Double>(
                                "embeddingScale", a -> a.conventions().embeddingScale(), (a, v) -> a.embeddingScale(v)),
                        new Change<Double>("dropout", a -> a.conventions().dropout(), (a, v) -> a.dropout(v)),
                        new Change<Boolean>("tiedHead", a -> a.conventions().tiedHead(), (a, v) -> a.tiedHead(v)),
                        new Change<Double>("epsilon", a -> a.conventions().epsilon(), (a, v) -> a.epsilon(v)),
                        new Change<Biases>("biases", a -> a.conventions().biases(), (a, v) -> a.biases(v))));
        return parts;
    }

    /**
     * The shortest source of an architecture.
     *
     * @param imports receives the names of the classes that it mentions
     */
    static String of(Architecture shape, Set<String> imports) {
        var best = presets(shape)
                .flatMap(preset -> preset.towards(shape).stream())
                .min(Comparator.comparingLong(ArchitectureExpression::callsAndArguments)
                        .thenComparingInt(each -> each.source().length()))
                .orElseGet(() -> {
                    var named = new TreeSet<String>();
                    return new ArchitectureExpression(
                            shape, Expression.of(shape, named).orElseThrow(), named);
                });
        imports.addAll(best.imports());
        return best.source();
    }

    private static Stream<ArchitectureExpression> presets(Architecture to) {
        int context = to.context();
        int width = to.width();
        int layers = to.layers();
        int heads = to.attention().heads();
        int shared = to.attention().keyValueHeads();
        var sizes = context + ", " + width + ", " + layers + ", " + heads;
        return Stream.of(
                        preset(Gpt.class, "tiny()", Gpt::tiny),
                        preset(Gpt.class, "small()", Gpt::small),
                        preset(Gpt.class, "medium()", Gpt::medium),
                        preset(Gpt.class, "gpt2()", Gpt::gpt2),
                        preset(Llama.class, "small()", Llama::small),
                        preset(Bert.class, "small()", Bert::small),
                        preset(Bert.class, "base()", Bert::base),
                        preset(Gpt.class, "of(" + sizes + ")", () -> Gpt.of(context, width, layers, heads)),
                        preset(Bert.class, "of(" + sizes + ")", () -> Bert.of(context, width, layers, heads)),
                        preset(
                                Llama.class,
                                "of(" + sizes + ", " + shared + ")",
                                () -> Llama.of(context, width, layers, heads, shared)))
                .flatMap(Optional::stream);
    }

    private static Optional<ArchitectureExpression> preset(Class<?> family, String call, Supplier<Architecture> make) {
        try {
            return Optional.of(new ArchitectureExpression(
                    make.get(), family.getSimpleName() + "." + call, Set.of(family.getName())));
        } catch (IllegalArgumentException e) {
            return Optional.empty(); // sizes that this family cannot have
        }
    }

    /** The sources that lead from here to an architecture, with each part changed setting by setting or as a whole. */
    private List<ArchitectureExpression> towards(Architecture to) {
        var ways = List.of(this);
        ways = changed(ways, SIZES, to);
        for (var part : PARTS.entrySet()) {
            var singly = changed(ways, part.getValue(), to);
            var all = new ArrayList<>(changed(singly, List.of(part.getKey()), to));
            all.addAll(changed(ways, List.of(part.getKey()), to));
            ways = all;
        }
        return ways.stream().filter(way -> way.shape().equals(to)).toList();
    }

    private static List<ArchitectureExpression> changed(
            List<ArchitectureExpression> ways, List<Change<?>> changes, Architecture to) {
        return ways.stream().flatMap(way -> way.changed(changes, to).stream()).toList();
    }

    /** Empty if an architecture on the way cannot be. */
    private Optional<ArchitectureExpression> changed(List<Change<?>> changes, Architecture to) {
        var way = this;
        try {
            for (var change : changes) {
                way = way.changed(change, to);
            }
            return Optional.of(way);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private <T> ArchitectureExpression changed(Change<T> change, Architecture to) {
        var value = change.get().apply(to);
        if (value.equals(change.get().apply(shape))) {
            return this;
        }
        var named = new TreeSet<>(imports);
        return new ArchitectureExpression(
                change.with().apply(shape, value),
                source + "." + change.name() + "(" + argument(value, named) + ")",
                named);
    }

    /** By a constant or a short constructor where there is one. */
    private static String argument(Object value, Set<String> imports) {
        if (!(value instanceof Number || value instanceof Boolean)) {
            imports.add(Architecture.class.getName());
        }
        return switch (value) {
            case Biases biases when BIASES.containsKey(biases) -> "Architecture.Biases." + BIASES.get(biases);
            case Attention a
            when a.equals(new Attention(a.heads(), a.keyValueHeads(), a.causal())) ->
                "new Architecture.Attention(" + a.heads() + ", " + a.keyValueHeads() + ", " + a.causal() + ")";
            case Attention a
            when a.equals(new Attention(a.heads(), a.keyValueHeads(), a.causal(), a.qkNorm())) ->
                "new Architecture.Attention(" + a.heads() + ", " + a.keyValueHeads() + ", " + a.causal()
                        + ", Architecture.QkNorm." + a.qkNorm() + ")";
            case FeedForward f
            when f.equals(new FeedForward(f.activation(), f.hidden())) ->
                "new Architecture.FeedForward(Architecture.Activation." + f.activation() + ", " + f.hidden() + ")";
            default -> Expression.of(value, imports).orElseThrow();
        };
    }

    private static final Map<Biases, String> BIASES = Map.of(
            Biases.NONE,
            "NONE",
            Biases.BODY,
            "BODY",
            Biases.ALL,
            "ALL",
            Biases.QUERIES_KEYS_VALUES,
            "QUERIES_KEYS_VALUES");

    private long callsAndArguments() {
        return CALL.matcher(source).results().count()
                + ARGUMENT.matcher(source).results().count();
    }
}
