package trivium.model;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import trivium.model.Size.Use;
import trivium.tensor.Dtype;
import trivium.tensor.Floats;
import trivium.tensor.Precision;
import trivium.text.PlainJson;

/**
 * A transformer with an adapter beside its linear layers. {@link #parameters} are the adapter's alone: they are what is
 * trained, copied, and kept in checkpoints. The transformer's own weights are never changed and are shared: with the
 * model that the adapter was made for, and with every copy.
 */
public final class AdaptedTransformer implements LanguageModel {

    private static final Gson GSON = PlainJson.builder().create();
    static final String BASE = "base";
    private static final String LORA = "lora";
    private static final String OUTPUTS = "outputs";

    private final Transformer base;
    private final Adapter adapter;
    private final Parameters parameters;
    private PackedWeights packed; // made by the first decoder

    private AdaptedTransformer(Transformer base, Lora lora, AdapterLayout layout) {
        Size.requireAdapterFits(layout.size());
        this.base = base;
        parameters = new Parameters(Floats.zeros(layout.size()), layout.tensors());
        adapter = new Adapter(lora, layout, base.layout(), base.parameters().weights(), parameters.values());
    }

    /** With a fresh adapter, which changes nothing yet. */
    static AdaptedTransformer of(Transformer base, Lora lora, long seed) {
        var model = blank(base, lora, base.outputs());
        model.adapter.initialise(new SplittableRandom(seed));
        return model;
    }

    /** With an adapter of zeros, to be filled. */
    private static AdaptedTransformer blank(Transformer base, Lora lora, int outputs) {
        return new AdaptedTransformer(base, lora, AdapterLayout.of(lora, base.layout(), outputs));
    }

    /** The transformer itself, without the adapter; it shares its memory with this model. */
    public Transformer withoutAdapter() {
        return base;
    }

    /**
     * A target of the adapter: neighbouring rows of a weight of the transformer beneath.
     *
     * @param name such as blocks.0.attention.q; its tensors are called so, with .lora_a, .lora_b, .lora_magnitude
     * @param weight where the first row stands in the parameters beneath
     * @param in numbers in a row
     * @param outs how many rows
     * @param rank r
     * @param scale s
     */
    public record Target(String name, long weight, int in, int outs, int rank, double scale) {}

    /** What the adapter stands beside, in the order of its parameters. */
    public List<Target> targets() {
        return adapter.layout().layers().values().stream()
                .sorted(Comparator.comparingLong(AdapterLayout.Layer::a))
                .flatMap(layer -> layer.targets().stream().map(target -> {
                    int in = layer.linear().in();
                    long weight = layer.linear().weight() + (long) target.column() * in;
                    return new Target(target.name(), weight, in, target.outs(), target.rank(), target.scale());
                }))
                .toList();
    }

    /** The same with {@link Transformer#withBuffers} of the transformer beneath. */
    public AdaptedTransformer withBuffers(Dtype dtype) {
        var rounded = new AdaptedTransformer(base.withBuffers(dtype), adapter.lora(), adapter.layout());
        rounded.parameters.copyFrom(parameters);
        return rounded;
    }

    /** The adapter's settings. */
    public Lora lora() {
        return adapter.lora();
    }

    /**
     * A transformer of its own memory whose weights W are W + s B A, DoRA's magnitudes included. A tied head that the
     * adapter changes becomes a head of its own: the embedding stays what it is.
     */
    public Transformer merge() {
        var saved = adapter.layout().saved();
        var shape = base.architecture();
        boolean adapted = adapter.layout().layers().containsKey(base.layout().head());
        boolean apart = adapted || saved.head() != null && !saved.tied();
        var merged = Transformer.blank(apart ? shape.tiedHead(false) : shape, base.vocabulary(), outputs());
        merged.parameters().copyFrom(base.parameters());
        var values = merged.parameters().values();
        var numbers = parameters.values();
        adapter.layout().layers().forEach((linear, layer) -> {
            boolean head = linear.equals(base.layout().head());
            adapter.merge(layer, values, head ? merged.layout().head().weight() : linear.weight());
        });
        var rows = adapter.layout().rows();
        rows.embedding().copyTo(values, merged.layout().tokens(), numbers, shape.width());
        rows.head().copyTo(values, merged.layout().head().weight(), numbers, shape.width());
        if (saved.tokens() >= 0) {
            long size = (long) base.vocabulary() * shape.width();
            values.copyFrom(numbers, saved.tokens(), merged.layout().tokens(), size);
        }
        if (saved.head() != null) {
            var head = merged.layout().head();
            values.copyFrom(numbers, saved.head().weight(), head.weight(), (long) head.in() * head.out());
            if (head.bias() >= 0) {
                values.copyFrom(numbers, saved.head().bias(), head.bias(), head.out());
            }
        }
        return merged;
    }

    /** Shares the weights beneath; the adapter is copied, and the head is one of the adapter's own. */
    @Override
    public AdaptedTransformer withScalarHead(long seed) {
        var scoring = blank(base, adapter.lora(), 1);
        scoring.adapter.initialise(new SplittableRandom(seed));
        scoring.parameters.copyFrom(parameters);
        var random = new SplittableRandom(seed);
        var head = scoring.adapter.layout().saved().head();
        for (int i = 0; i < head.in(); i++) {
            double drawn = random.nextGaussian() * Transformer.deviation(base.architecture());
            scoring.parameters.values().set(head.weight() + i, (float) drawn);
        }
        return scoring;
    }

    @Override
    public int outputs() {
        return adapter.head().out();
    }

    @Override
    public int vocabulary() {
        return base.vocabulary();
    }

    @Override
    public int context() {
        return base.context();
    }

    @Override
    public boolean looksAhead() {
        return base.looksAhead();
    }

    @Override
    public boolean skipsPadding() {
        return base.skipsPadding();
    }

    /** The adapter's. */
    @Override
    public Parameters parameters() {
        return parameters;
    }

    @Override
    public Pass pass(int rows, int time) {
        return pass(rows, time, Precision.FLOAT32);
    }

    @Override
    public Pass pass(int rows, int time, Precision precision) {
        return base.pass(rows, time, precision, adapter, false);
    }

    @Override
    public Pass checkpointingPass(int rows, int time, Precision precision) {
        return base.pass(rows, time, precision, adapter, true);
    }

    @Override
    public Decoder decoder(int rows) {
        size(rows, context(), Use.GENERATING).ifPresent(Size::requireFits);
        synchronized (this) {
            if (packed == null) {
                packed = new PackedWeights(adapter);
            }
            packed.refresh();
            return new TransformerDecoder(base, adapter.ends(), rows, packed, () -> base.reader(adapter));
        }
    }

    @Override
    public Batching batching() {
        return base.batching();
    }

    @Override
    public Optional<Size> size(int rows, int time, Use use) {
        return Optional.of(
                new Size(base.architecture(), base.vocabulary(), base.outputs(), rows, time, use, adapter.learning()));
    }

    /** Shares the transformer's weights; the adapter is a copy. */
    @Override
    public AdaptedTransformer copy() {
        var copy = new AdaptedTransformer(base, adapter.lora(), adapter.layout());
        copy.parameters.copyFrom(parameters);
        return copy;
    }

    @Override
    public Optional<Parameters> beneath() {
        return Optional.of(base.parameters());
    }

    @Override
    public AdaptedTransformer withAdapter(Lora lora, long seed) {
        throw new IllegalArgumentException("the model has an adapter already (" + adapter.lora()
                + "): leave out lora(…) to train it on, or merge it into the model's weights first");
    }

    @Override
    public AdaptedTransformer withVocabulary(int size) {
        var larger = base.withVocabulary(size);
        var grown = blank(larger, adapter.lora(), outputs() == base.outputs() ? larger.outputs() : outputs());
        grown.parameters.copyFromSmaller(parameters);
        return grown;
    }

    @Override
    public String toJson() {
        var json = new JsonObject();
        json.addProperty("kind", AdaptedKind.NAME);
        json.addProperty(OUTPUTS, outputs());
        json.add(BASE, PlainJson.parse(base.toJson()));
        json.add(LORA, GSON.toJsonTree(adapter.lora()));
        return json.toString();
    }

    /** The model, without weights, that {@link #toJson} described. */
    static AdaptedTransformer fromJson(JsonObject json) {
        var fields = new JsonFields(json, "the JSON", "");
        var base = Transformer.fromJson(fields.object(BASE).json());
        try {
            return blank(base, GSON.fromJson(fields.object(LORA).json(), Lora.class), fields.integer(OUTPUTS, 1));
        } catch (JsonParseException e) {
            throw new IllegalArgumentException("\"lora\" has a field of another type than it should", e);
        }
    }

    /** How many numbers both have at least. */
    static long parameters(JsonObject json) {
        return Transformer.size(
                        new JsonFields(json, "the JSON", "").object(BASE).json())
                .parameters();
    }

    @Override
    public String toString() {
        return base + "; " + parameters + " of an adapter";
    }
}
