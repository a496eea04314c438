package trivium.cli;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import trivium.model.Architecture;
import trivium.model.Architecture.Activation;
import trivium.model.Architecture.Attention;
import trivium.model.Architecture.Conventions;
import trivium.model.Architecture.FeedForward;
import trivium.model.Architecture.Norm;
import trivium.model.Architecture.Position;
import trivium.model.Models;
import trivium.model.Parameters;
import trivium.model.Safetensors;
import trivium.model.SafetensorsFile;
import trivium.model.Slices;
import trivium.model.Transformer;
import trivium.tensor.Batch;
import trivium.tensor.Floats;
import trivium.text.PlainJson;
import trivium.train.AdamW;
import trivium.train.CrossEntropy;
import trivium.train.TrainLoop;

/**
 * Compares the engine with a golden case: a folder with a model's weights, a batch, and the logits, gradients and AdamW
 * steps that an independent implementation computed in float64 ({@code config.json}, {@code weights.safetensors},
 * {@code expect.safetensors}).
 */
public final class Verify {

    private static final int NOT_COUNTED = -100;

    /** A tensor all of whose entries are below this is 0 but for rounding in float64. */
    private static final double ZERO = 1e-9;

    /** How often every weight is moved by its last bit, to see how far float32 decides where AdamW's steps end. */
    private static final int TREMORS = 8;

    /** The largest error allowed for each kind of tensor, relative to the largest entry of the tensor. */
    private static final Map<String, Double> TOLERANCES =
            Map.of("logits", 2e-5, "gradients", 1e-4, "adamw", 1e-4, "loss", 1e-5);

    private Verify() {}

    /**
     * The largest relative error of each kind, and the tensor where it stands.
     *
     * <p>Adam divides a gradient by its own size: an entry whose gradient is as small as the rounding of the sums it
     * comes from takes a step that float32 does not decide, and so do those that depend on it. Where the steps miss
     * their tolerance, {@code tremor} is how far they move when every weight is moved by its last bit, and an error of
     * up to twice that passes: such an error is that of float32 and not of the engine (docs/log.md).
     */
    public record Errors(Map<String, Double> largest, Map<String, String> where, Map<String, Double> tremor) {

        Errors() {
            this(new LinkedHashMap<>(), new LinkedHashMap<>(), new LinkedHashMap<>());
        }

        private void add(String kind, String name, Floats actual, Floats expected) {
            double relative = relative(actual, expected);
            add(kind, name, Double.isNaN(relative) ? Double.POSITIVE_INFINITY : relative);
        }

        private void add(String kind, String name, double relative) {
            if (relative >= largest.getOrDefault(kind, -1.0)) {
                largest.put(kind, relative);
                where.put(kind, name);
            }
        }

        private double allowed(String kind) {
            return Math.max(TOLERANCES.get(kind), 2 * tremor.getOrDefault(kind, 0.0));
        }

        /** True if every kind is within its tolerance, or the twofold tremor. */
        public boolean passed() {
            return !largest.isEmpty() && largest.keySet().stream().allMatch(kind -> largest.get(kind) <= allowed(kind));
        }

        /** A line for each kind: the error, what it was held to, and what was decided by that. */
        @Override
        public String toString() {
            var text = new StringBuilder();
            largest.forEach((kind, error) ->
                    text.append("  %-9s %s  %s%n".formatted(kind, decided(kind, error), where.get(kind))));
            return text.toString();
        }

        private String decided(String kind, double error) {
            double tolerance = TOLERANCES.get(kind);
            if (error <= tolerance) {
                return String.format(Locale.ROOT, "passed: %.1e is at most %.0e", error, tolerance);
            }
            if (!tremor.containsKey(kind)) {
                return String.format(Locale.ROOT, "FAILED: %.1e is more than %.0e", error, tolerance);
            }
            double moved = tremor.get(kind);
            var because = String.format(
                    Locale.ROOT,
                    "moving each weight by its last bit moves these steps by up to %.1e, and twice that, %.1e, is what"
                            + " float32 leaves open",
                    moved,
                    2 * moved);
            return error <= allowed(kind)
                    ? String.format(Locale.ROOT, "passed: %.1e is more than %.0e, but %s", error, tolerance, because)
                    : String.format(Locale.ROOT, "FAILED: %.1e is more than %.0e, and %s", error, tolerance, because);
        }
    }

    /** The largest difference, relative to the largest entry expected. */
    private static double relative(Floats actual, Floats expected) {
        double highest = 0;
        double error = 0;
        for (long i = 0; i < expected.size(); i++) {
            highest = Math.max(highest, Math.abs(expected.get(i)));
            double difference = Math.abs((double) actual.get(i) - expected.get(i));
            error = Math.max(error, difference);
        }
        return error / Math.max(highest, ZERO);
    }

    /** Checks every folder and every file of losses and prints the largest errors; 1 if one of them is too large. */
    static int run(List<String> places, PrintStream out) {
        if (places.isEmpty()) {
            throw new IllegalArgumentException(
                    "verify needs at least one folder with config.json, weights.safetensors and expect.safetensors, or a"
                            + " file of losses (JSON Lines)");
        }
        places.stream().filter(place -> place.startsWith("-")).findFirst().ifPresent(option -> {
            throw new IllegalArgumentException(
                    "verify has no options, only folders and files; it got \"" + option + "\"");
        });
        boolean passed = true;
        for (var place : places) {
            var folder = Path.of(place);
            if (Files.isRegularFile(folder)) {
                passed &= VerifyLosses.check(folder, out);
                continue;
            }
            if (VerifyPretrained.isCase(folder)) {
                passed &= VerifyPretrained.check(folder, out);
                continue;
            }
            var errors = check(folder);
            out.printf("%s: %s%n%s", folder, errors.passed() ? "passed" : "FAILED", errors);
            passed &= errors.passed();
        }
        return passed ? 0 : 1;
    }

    /** Computes what the golden case expects, and compares. */
    public static Errors check(Path folder) {
        var config = config(folder.resolve("config.json"));
        var weights = folder.resolve("weights.safetensors");
        var expected = Safetensors.read(folder.resolve("expect.safetensors"));
        var shape = config.getAsJsonObject("model");
        var model = Transformer.of(architecture(shape), shape.get("vocab").getAsInt(), 0);
        Models.fill(model.parameters(), SafetensorsFile.open(weights));
        var batch = batch(config);
        var errors = new Errors();
        logits(model, batch, expected, errors);
        gradients(model, batch, config.get("loss").getAsDouble(), expected, errors);
        steps(model, batch, config.getAsJsonObject("adamw"), expected, errors);
        return errors;
    }

    private static JsonObject config(Path file) {
        try {
            return PlainJson.parse(Files.readString(file)).getAsJsonObject();
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot read " + file
                            + ": a golden case has config.json, weights.safetensors and expect.safetensors",
                    e);
        }
    }

    private static Architecture architecture(JsonObject shape) {
        double epsilon = shape.has("eps") ? shape.get("eps").getAsDouble() : 0;
        double theta = shape.has("rope_theta") ? shape.get("rope_theta").getAsDouble() : 0;
        boolean llama = shape.get("family").getAsString().equals("llama");
        return new Architecture(
                        shape.get("context").getAsInt(),
                        shape.get("width").getAsInt(),
                        shape.get("layers").getAsInt(),
                        new Attention(
                                shape.get("heads").getAsInt(),
                                shape.get("kv_heads").getAsInt(),
                                shape.get("causal").getAsBoolean()),
                        new FeedForward(
                                llama ? Activation.SWIGLU : Activation.GELU,
                                shape.get("hidden").getAsInt()),
                        new Conventions(
                                llama ? Norm.RMS_NORM : Norm.LAYER_NORM,
                                llama ? Position.ROTARY : Position.LEARNED,
                                shape.get("bias").getAsBoolean(),
                                shape.get("tied").getAsBoolean()))
                .epsilon(epsilon)
                .rotaryTheta(theta);
    }

    private static Batch batch(JsonObject config) {
        var rows = config.getAsJsonArray("inputs");
        int time = rows.get(0).getAsJsonArray().size();
        int[] tokens = flat(rows);
        int[] targets = flat(config.getAsJsonArray("targets"));
        var counts = new float[targets.length];
        for (int i = 0; i < targets.length; i++) {
            counts[i] = targets[i] == NOT_COUNTED ? 0 : 1;
            targets[i] = Math.max(targets[i], 0);
        }
        return new Batch(rows.size(), time, tokens, targets, counts, 1);
    }

    private static int[] flat(JsonArray rows) {
        return items(rows)
                .flatMap(row -> items(row.getAsJsonArray()))
                .mapToInt(id -> id.getAsInt())
                .toArray();
    }

    private static Stream<JsonElement> items(JsonArray array) {
        return StreamSupport.stream(array.spliterator(), false);
    }

    private static void logits(Transformer model, Batch batch, Safetensors.Contents expected, Errors errors) {
        var logits = model.pass(batch.rows(), batch.time()).outputs(batch.tokens(), 0, batch.rows(), batch.time());
        errors.add("logits", "logits", logits, expected.get("logits").values());
    }

    private static void gradients(
            Transformer model, Batch batch, double loss, Safetensors.Contents expected, Errors errors) {
        try (var slices = new Slices(model, 2)) {
            double found = slices.gradients(
                    batch,
                    (slice, from, to, values, gradients) ->
                            CrossEntropy.PLAIN.loss(batch, from, to, values, gradients));
            errors.add("loss", "loss", Math.abs(found - loss) / Math.abs(loss));
            for (var tensor : model.parameters().tensors()) {
                compare("gradients", "grad.", tensor, slices.gradient(), expected, errors);
            }
        }
    }

    private static void steps(
            Transformer model, Batch batch, JsonObject adamw, Safetensors.Contents expected, Errors errors) {
        var values = model.parameters().values();
        var weights = Floats.of(values.toArray());
        train(model, batch, adamw);
        for (var tensor : model.parameters().tensors()) {
            compare("adamw", "adamw.", tensor, values, expected, errors);
        }
        if (errors.passed()) {
            return;
        }
        var trained = Floats.of(values.toArray());
        double moved = 0;
        for (int seed = 0; seed < TREMORS; seed++) {
            values.copyFrom(weights, 0, 0, values.size());
            moveLastBits(values, new SplittableRandom(seed));
            train(model, batch, adamw);
            for (var tensor : model.parameters().tensors()) {
                moved = Math.max(moved, relative(slice(values, tensor), slice(trained, tensor)));
            }
        }
        errors.tremor().put("adamw", moved);
    }

    private static void moveLastBits(Floats values, SplittableRandom random) {
        for (long i = 0; i < values.size(); i++) {
            values.set(i, random.nextBoolean() ? Math.nextUp(values.get(i)) : Math.nextDown(values.get(i)));
        }
    }

    private static void train(Transformer model, Batch batch, JsonObject adamw) {
        var betas = adamw.getAsJsonArray("betas");
        var optimizer = new AdamW(
                betas.get(0).getAsDouble(),
                betas.get(1).getAsDouble(),
                adamw.get("eps").getAsDouble(),
                adamw.get("weight_decay").getAsDouble(),
                true);
        try (var loop = new TrainLoop(model, optimizer, Double.POSITIVE_INFINITY, 2)) {
            for (int i = 0; i < adamw.get("steps").getAsInt(); i++) {
                loop.step(batch, CrossEntropy.PLAIN, adamw.get("lr").getAsDouble());
            }
        }
    }

    private static Floats slice(Floats values, Parameters.Tensor tensor) {
        return values.slice(tensor.offset(), tensor.size());
    }

    private static void compare(
            String kind,
            String prefix,
            Parameters.Tensor tensor,
            Floats flat,
            Safetensors.Contents expected,
            Errors errors) {
        var name = prefix + tensor.name();
        errors.add(kind, name, slice(flat, tensor), expected.get(name).values());
    }
}
