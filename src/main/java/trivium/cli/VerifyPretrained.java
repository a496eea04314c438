package trivium.cli;

import com.google.gson.JsonArray;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Stream;
import trivium.generate.Generator;
import trivium.generate.Sampling;
import trivium.model.AdaptedTransformer;
import trivium.model.JsonFields;
import trivium.model.SafetensorsFile;
import trivium.model.Slices;
import trivium.model.Transformer;
import trivium.pretrained.Export;
import trivium.pretrained.PeftTensors;
import trivium.pretrained.Pretrained;
import trivium.pretrained.TensorMap;
import trivium.run.Run;
import trivium.tensor.Batch;
import trivium.tensor.Dtype;
import trivium.tensor.Floats;
import trivium.train.CrossEntropy;

/**
 * Compares what the engine makes of a Hugging Face folder with what transformers computed in float64 from the same
 * weights: {@code expect.json} and {@code expect.safetensors} beside {@code config.json}.
 */
public final class VerifyPretrained {

    private static final String NUMBERS = "expect.safetensors";
    private static final String EXPECT = "expect.json";
    private static final String GRADIENT = "grad.";
    private static final String ADAPTER = "adapter";
    private static final int NOT_COUNTED = -100;

    /** A tensor all of whose entries are below this is 0 but for rounding. */
    private static final double ZERO = 1e-9;

    private VerifyPretrained() {}

    /**
     * One comparison.
     *
     * @param what "logits", "gradients", "loss", "greedy ids", …
     * @param passed whether it is as expected
     * @param detail the largest error and where it stands, or what is there instead
     */
    public record Check(String what, boolean passed, String detail) {

        private static Check within(String what, double error, double allowed, String where) {
            boolean passed = error <= allowed; // false if it is not a number
            return new Check(
                    what,
                    passed,
                    String.format(
                            Locale.ROOT,
                            "%.1e is %s %.0e  %s",
                            error,
                            passed ? "at most" : "more than",
                            allowed,
                            where));
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "  %-14s %s  %s", what, passed ? "passed:" : "FAILED:", detail);
        }
    }

    /** Whether the folder is such a case. */
    static boolean isCase(Path folder) {
        return Files.exists(folder.resolve(EXPECT)) && Files.exists(folder.resolve("config.json"));
    }

    /** Checks a folder and prints a line for each comparison; answers whether all passed. */
    static boolean check(Path folder, PrintStream out) {
        var checks = check(folder);
        boolean passed = checks.stream().allMatch(Check::passed);
        out.printf("%s: %s%n", folder, passed ? "passed" : "FAILED");
        checks.forEach(out::println);
        return passed;
    }

    /**
     * Computes what the folder expects, and compares. Numbers of a folder in 16 bits may have been computed by a model
     * that was cast as a whole, which rounds its rotary frequencies too ({@link Transformer#withBuffers}): where the
     * exact ones miss, those are tried, and the report says so.
     */
    public static List<Check> check(Path folder) {
        var adapter = folder.resolve(ADAPTER);
        var run = Files.exists(adapter) ? Pretrained.load(folder, adapter) : Pretrained.load(folder);
        var expected = SafetensorsFile.open(folder.resolve(NUMBERS));
        var json = JsonFields.open(folder.resolve(EXPECT));
        var checks = checks(run, folder, expected, json);
        var dtype = JsonFields.open(folder.resolve("config.json")).textOrNull("dtype");
        var type = Dtype.find(String.valueOf(dtype)).orElse(Dtype.F32);
        if (type == Dtype.F32 || checks.stream().allMatch(Check::passed)) {
            return checks;
        }
        var rounded = run.model() instanceof AdaptedTransformer adapted
                ? adapted.withBuffers(type)
                : ((Transformer) run.model()).withBuffers(type);
        var cast = new Run(run.card(), rounded, run.tokenizer(), run.tables()).with(run.template());
        var again = new ArrayList<>(checks(cast, folder, expected, json));
        if (!again.stream().allMatch(Check::passed)) {
            return checks;
        }
        again.add(new Check(
                "frequencies",
                true,
                "rotary frequencies were rounded to " + dtype + " in what is expected, as model.to(dtype) rounds them;"
                        + " with exact ones the error of the gradients is "
                        + checks.get(2).detail()));
        return again;
    }

    private static List<Check> checks(Run run, Path folder, SafetensorsFile expected, JsonFields json) {
        var batch = batch(json);
        var checks = new ArrayList<Check>();
        checks.add(logits(run, batch, expected));
        checks.addAll(gradients(run, batch, json.number("loss"), expected));
        checks.add(greedy(run, json));
        checks.addAll(VerifyChat.checks(run, folder, json));
        return checks;
    }

    private static Batch batch(JsonFields json) {
        var rows = json.list("inputs");
        int[] tokens = flat(rows);
        int[] targets = flat(json.list("targets"));
        var counts = new float[targets.length];
        for (int i = 0; i < targets.length; i++) {
            counts[i] = targets[i] == NOT_COUNTED ? 0 : 1;
            targets[i] = Math.max(targets[i], 0);
        }
        return new Batch(rows.size(), tokens.length / rows.size(), tokens, targets, counts, 1);
    }

    private static int[] flat(JsonArray rows) {
        var ids = new ArrayList<Integer>();
        rows.forEach(row -> row.getAsJsonArray().forEach(id -> ids.add(id.getAsInt())));
        return ids.stream().mapToInt(id -> id).toArray();
    }

    static int[] ids(JsonArray list) {
        var ids = new int[list.size()];
        Arrays.setAll(ids, i -> list.get(i).getAsInt());
        return ids;
    }

    private static Check logits(Run run, Batch batch, SafetensorsFile expected) {
        var logits =
                run.model().pass(batch.rows(), batch.time()).outputs(batch.tokens(), 0, batch.rows(), batch.time());
        return Check.within("logits", relative(logits, read(expected, "logits")), 1e-4, "logits");
    }

    private static List<Check> gradients(Run run, Batch batch, double loss, SafetensorsFile expected) {
        var model = run.model();
        try (var slices = new Slices(model, 2)) {
            double found = slices.gradients(
                    batch,
                    (slice, from, to, values, gradients) ->
                            CrossEntropy.PLAIN.loss(batch, from, to, values, gradients));
            double worst = 0;
            var where = "";
            var missing = new TreeSet<>(expected.tensors().keySet());
            missing.removeIf(name -> !name.startsWith(GRADIENT));
            int all = missing.size();
            var family = Export.of(run).family();
            var map = model instanceof AdaptedTransformer adapted
                    ? PeftTensors.of(family, adapted)
                    : family.tensors(((Transformer) model).architecture(), model.outputs());
            for (var tensor : map.tensors()) {
                var name = Stream.of(tensor.name(), family.alias(tensor.name()))
                        .map(GRADIENT::concat)
                        .filter(missing::remove)
                        .findFirst();
                if (name.isEmpty()) {
                    continue; // small cases leave out large tensors
                }
                var gradient = TensorMap.gather(tensor, model.parameters().tensors(), slices.gradient());
                double error = relative(gradient, seen(read(expected, name.get()), tensor, gradient));
                if (!(error < worst)) {
                    worst = error;
                    where = tensor.name();
                }
            }
            if (!missing.isEmpty()) {
                worst = Double.POSITIVE_INFINITY;
                where = "nothing here has " + missing.first();
            }
            return List.of(
                    Check.within("loss", Math.abs(found - loss) / Math.abs(loss), 1e-5, "loss"),
                    Check.within("gradients", worst, 2e-4, where + ", the worst of " + all));
        }
    }

    /** A table of learned positions may have been cut to a window, behind which no row of a case reaches. */
    private static Floats seen(Floats expected, TensorMap.Tensor tensor, Floats gradient) {
        boolean cut =
                tensor.pieces().getFirst().tensor().equals("positions.weight") && gradient.size() < expected.size();
        return cut ? expected.slice(0, gradient.size()) : expected;
    }

    private static Floats read(SafetensorsFile file, String name) {
        long size = file.get(name).size();
        var values = Floats.zeros(size);
        file.read(name, 0, values, 0, size);
        return values;
    }

    /** The largest difference, relative to the largest entry expected. */
    private static double relative(Floats actual, Floats expected) {
        if (actual.size() != expected.size()) {
            return Double.POSITIVE_INFINITY;
        }
        double highest = 0;
        double error = 0;
        for (long i = 0; i < expected.size(); i++) {
            highest = Math.max(highest, Math.abs(expected.get(i)));
            double difference = Math.abs((double) actual.get(i) - expected.get(i));
            error = difference <= error ? error : difference;
        }
        return error / Math.max(highest, ZERO);
    }

    private static Check greedy(Run run, JsonFields json) {
        var prompt = ids(json.list("inputs").get(0).getAsJsonArray());
        var expected = ids(json.list("greedy"));
        int room = run.model().context() - prompt.length;
        if (room == 0) {
            return new Check("greedy ids", true, "not checked: the first row fills the context");
        }
        var wanted = Arrays.copyOf(expected, Math.min(expected.length, room));
        var found = new Generator(run.model())
                .generate(List.of(prompt), Sampling.greedy().maxTokens(wanted.length))
                .getFirst()
                .tokens();
        boolean passed = Arrays.equals(found, wanted);
        return new Check(
                "greedy ids",
                passed,
                passed
                        ? "all " + wanted.length + " are equal"
                        : Arrays.toString(found) + " instead of " + Arrays.toString(wanted));
    }
}
