package trivium.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import trivium.model.Architecture.Activation;
import trivium.model.Parameters.Role;
import trivium.model.Parameters.Tensor;
import trivium.tensor.Floats;

/** Adapters: gradients against finite differences, merged weights against the weights computed one by one. */
class LoraTest {

    private static final Lora PLAIN = Lora.rank(3).alpha(5);
    private static final Lora SOME =
            PLAIN.useRslora(true).targets("attention.q", "layers.1.attention.v", "mlp.down", "head");
    private static final Lora FUSED = PLAIN.targets("attention.qkv", "residual")
            .rankPattern("qkv=4", "layers.0.mlp.down=2")
            .alphaPattern("down=7");

    private static Map<String, Lora> adapters() {
        var adapters = new LinkedHashMap<String, Lora>();
        adapters.put("all linear layers", PLAIN);
        adapters.put("some of them", SOME);
        adapters.put("queries, keys and values as one", FUSED);
        adapters.put("a rank above both sides", Lora.rank(25).alpha(5).targets("attention.v", "head"));
        adapters.put("dropout", PLAIN.dropout(0.3));
        adapters.put("head in full", PLAIN.modulesToSave("head"));
        adapters.put("embedding in full", SOME.modulesToSave("embedding").targets("mlp"));
        adapters.put(
                "embedding and head in full",
                PLAIN.targets("layers.1.attention.o").modulesToSave("tokens", "head"));
        adapters.put("rows of some tokens", SOME.targets("mlp").trainableTokens("5", "0"));
        adapters.put("DoRA", PLAIN.useDora(true));
        adapters.put("DoRA beside some", SOME.useDora(true));
        adapters.put("DoRA as one", FUSED.useDora(true));
        adapters.put("DoRA and dropout", SOME.useDora(true).dropout(0.3));
        return adapters;
    }

    /** An adapter whose every number matters. */
    private static AdaptedTransformer adapted(Transformer base, Lora lora) {
        return drawn(base.withAdapter(lora, 4));
    }

    private static AdaptedTransformer drawn(AdaptedTransformer model) {
        var random = new SplittableRandom(5);
        for (var tensor : model.parameters().tensors()) {
            double deviation =
                    0.3 / Math.sqrt(tensor.shape().getLast()); // more, and softmax bends faster than steps show
            for (long i = tensor.offset(); i < tensor.end(); i++) {
                float before = model.parameters().values().get(i);
                double drawn = switch (tensor.role()) {
                    case MAGNITUDE -> before * random.nextDouble(0.5, 2);
                    case ADAPTER -> deviation * random.nextGaussian();
                    default -> before + deviation * random.nextGaussian();
                };
                model.parameters().values().set(i, (float) drawn);
            }
        }
        return model;
    }

    /** DoRA's norms are held fixed in the gradient: magnitudes move with them, so that m / ‖W + s B A‖ stays. */
    private static Consumer<Tensor> holdingNorms(AdaptedTransformer model) {
        var theta = model.parameters().values();
        var magnitudes = model.parameters().tensors().stream()
                .filter(tensor -> tensor.role() == Role.MAGNITUDE)
                .toList();
        var factors = magnitudes.stream()
                .map(tensor -> {
                    var norms = norms(model, tensor);
                    for (int i = 0; i < norms.length; i++) {
                        norms[i] = theta.get(tensor.offset() + i) / norms[i];
                    }
                    return norms;
                })
                .toList();
        return moved -> {
            for (int j = 0; moved.role() != Role.MAGNITUDE && j < magnitudes.size(); j++) {
                var norms = norms(model, magnitudes.get(j));
                for (int i = 0; i < norms.length; i++) {
                    theta.set(magnitudes.get(j).offset() + i, (float) (factors.get(j)[i] * norms[i]));
                }
            }
        };
    }

    private static double[] norms(AdaptedTransformer model, Tensor magnitude) {
        var name = magnitude.name().replace(".lora_magnitude", "");
        return Arrays.stream(sum(model, name))
                .mapToDouble(row -> Math.sqrt(Arrays.stream(row).map(w -> w * w).sum()))
                .toArray();
    }

    /** W + s B A of a target, number by number. */
    private static double[][] sum(AdaptedTransformer model, String name) {
        var base = model.withoutAdapter();
        var a = tensor(model, name + ".lora_a");
        var b = tensor(model, name + ".lora_b");
        int rank = a.shape().getFirst();
        int in = a.shape().getLast();
        int outs = b.shape().getFirst();
        long weight = base.parameters().tensors().stream()
                .filter(t -> t.name().equals(name.replace("qkv", "q") + ".weight")
                        || name.equals("head") && t.name().equals("tokens.weight"))
                .toList()
                .getLast()
                .offset();
        double scale = scale(model.lora(), name, rank);
        var theta = model.parameters().values();
        var sum = new double[outs][in];
        for (int o = 0; o < outs; o++) {
            for (int i = 0; i < in; i++) {
                sum[o][i] = base.parameters().values().get(weight + (long) o * in + i);
                for (int k = 0; k < rank; k++) {
                    sum[o][i] += scale
                            * theta.get(b.offset() + (long) o * rank + k)
                            * theta.get(a.offset() + (long) k * in + i);
                }
            }
        }
        return sum;
    }

    private static double scale(Lora lora, String name, int rank) {
        double alpha = name.endsWith("down") && !lora.parts().alphaPattern().isEmpty() ? 7 : 5;
        return lora.useRslora() ? alpha / Math.sqrt(rank) : alpha / rank;
    }

    private static Tensor tensor(LanguageModel model, String name) {
        return model.parameters().tensors().stream()
                .filter(t -> t.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @TestFactory
    Stream<DynamicTest> gradientsOfEveryAdapter() {
        return adapters().entrySet().stream()
                .map(lora -> test(lora.getKey(), Shapes.GPT_WITH_BIASES, lora.getValue(), new RandomKey(5, 8)));
    }

    @TestFactory
    Stream<DynamicTest> gradientsOfEveryShape() {
        return Shapes.all().entrySet().stream().map(shape -> test(shape.getKey(), shape.getValue(), SOME, null));
    }

    /** Heads and embeddings that are one or two, with and without a bias, trained in full. */
    @TestFactory
    Stream<DynamicTest> gradientsOfWhatIsTrainedInFull() {
        var shapes = Map.of(
                "tied",
                Shapes.LLAMA,
                "apart",
                Shapes.LLAMA.tiedHead(false),
                "learned positions",
                Shapes.GPT_WITH_BIASES.tiedHead(false),
                "a bias",
                Shapes.PHI);
        return shapes.entrySet().stream()
                .flatMap(shape -> Stream.of("embedding", "head", "both", "scalar")
                        .map(what -> {
                            var base = Shapes.model(shape.getValue());
                            var beside = PLAIN.targets("layers.1.mlp.down");
                            var lora = switch (what) {
                                case "both" -> beside.modulesToSave("embedding", "head");
                                case "scalar" -> beside;
                                default -> beside.modulesToSave(what);
                            };
                            var model = what.equals("scalar")
                                    ? drawn(base.withAdapter(lora, 1).withScalarHead(3))
                                    : adapted(base, lora);
                            return DynamicTest.dynamicTest(shape.getKey() + ", " + what, () -> {
                                new GradientCheck(model, Shapes.VOCABULARY, Shapes.CONTEXT).run();
                                int[] tokens = Shapes.tokens(new SplittableRandom(9), Shapes.CONTEXT);
                                var outputs = Shapes.outputs(model, tokens, 6);
                                assertArrayEquals(Shapes.outputs(model.merge(), tokens, 6), outputs, 2e-5f, "merged");
                            });
                        }));
    }

    /** Both rows of a token, or one of them; tied heads have one row for both. */
    @TestFactory
    Stream<DynamicTest> gradientsOfRowsOfTokens() {
        var beside = PLAIN.targets("layers.1.mlp.down");
        var both = beside.trainableTokens("5", "2", "0");
        return Stream.of(
                        Map.entry("tied", adapted(Shapes.model(Shapes.LLAMA.tiedHead(true)), both)),
                        Map.entry("a scaled embedding", adapted(Shapes.model(Shapes.GEMMA), both)),
                        Map.entry("apart", adapted(Shapes.model(Shapes.LLAMA.tiedHead(false)), both)),
                        Map.entry("learned positions", adapted(Shapes.model(Shapes.GPT_WITH_BIASES), both)),
                        Map.entry("a bias", adapted(Shapes.model(Shapes.PHI), both)),
                        Map.entry(
                                "one each",
                                adapted(
                                        Shapes.model(Shapes.PHI),
                                        beside.trainableTokens("embedding=5", "head=3", "head=4"))),
                        Map.entry("head in full", adapted(Shapes.model(Shapes.LLAMA), both.modulesToSave("head"))),
                        Map.entry(
                                "scalar",
                                drawn(Shapes.model(Shapes.LLAMA)
                                        .withAdapter(both, 1)
                                        .withScalarHead(3))))
                .map(each -> DynamicTest.dynamicTest(each.getKey(), () -> {
                    var model = each.getValue();
                    new GradientCheck(model, Shapes.VOCABULARY, Shapes.CONTEXT).run();
                    int[] tokens = Shapes.tokens(new SplittableRandom(9), Shapes.CONTEXT);
                    tokens[2] = 5;
                    tokens[4] = 3;
                    var outputs = Shapes.outputs(model, tokens, 6);
                    assertArrayEquals(Shapes.outputs(model.merge(), tokens, 6), outputs, 2e-5f, "merged");
                    var decoder = model.decoder(1);
                    decoder.prefill(0, Shapes.first(tokens, 3));
                    for (int t = 3; t < 7; t++) {
                        decoder.step(new int[] {0}, new int[] {tokens[t]}, 1);
                    }
                    assertArrayEquals(outputs, decoder.logits().toArray(), 2e-5f, "decoding");
                }));
    }

    private static DynamicTest test(String name, Architecture architecture, Lora lora, RandomKey key) {
        boolean kinks = architecture.feedForward().activation() == Activation.RELU_SQUARED;
        double step = kinks ? 1.0 / 256 : 1.0 / 64;
        return DynamicTest.dynamicTest(name, () -> {
            var model = adapted(Shapes.model(architecture), lora);
            new GradientCheck(model, Shapes.VOCABULARY, Shapes.CONTEXT, key, step)
                    .holding(holdingNorms(model))
                    .run();
        });
    }

    @TestFactory
    Stream<DynamicTest> mergedWeightsAreTheSumAndAnswerAlike() {
        return adapters().entrySet().stream()
                .map(lora -> DynamicTest.dynamicTest(lora.getKey(), () -> {
                    var base = Shapes.model(Shapes.LLAMA_IN_GROUPS);
                    var before = base.parameters().values().toArray();
                    var model = adapted(base, lora.getValue());
                    var merged = model.merge();
                    for (var tensor : model.parameters().tensors()) {
                        if (tensor.name().endsWith(".lora_a")) {
                            requireMerged(model, merged, tensor.name().replace(".lora_a", ""));
                        }
                    }
                    int[] tokens = Shapes.tokens(new SplittableRandom(9), Shapes.CONTEXT);
                    var outputs = Shapes.outputs(model, tokens, 6);
                    assertArrayEquals(Shapes.outputs(merged, tokens, 6), outputs, 2e-5f);
                    assertNotEquals(
                            Shapes.outputs(base, tokens, 6)[0], outputs[0], 1e-2f, "the adapter does something");
                    var decoder = model.decoder(1);
                    decoder.prefill(0, Shapes.first(tokens, 3));
                    for (int t = 3; t < 7; t++) {
                        decoder.step(new int[] {0}, new int[] {tokens[t]}, 1);
                    }
                    assertArrayEquals(outputs, decoder.logits().toArray(), 2e-5f, "decoding");
                    assertArrayEquals(
                            before, base.parameters().values().toArray(), "nothing changes the model beneath");
                }));
    }

    /** A tied head that is a target parts from the embedding, which stays what it is. */
    @TestFactory
    Stream<DynamicTest> aTiedHeadIsMergedIntoAHeadOfItsOwn() {
        var shapes = Map.of(
                "Llama",
                Shapes.LLAMA_IN_GROUPS.tiedHead(true),
                "Gemma",
                Shapes.GEMMA,
                "GPT-2",
                Shapes.GPT_WITH_BIASES.tiedHead(true),
                "a bias",
                Shapes.PHI.tiedHead(true));
        var adapters = Map.of("LoRA", SOME, "DoRA", PLAIN.useDora(true).targets("head"));
        return shapes.entrySet().stream()
                .flatMap(shape -> adapters.entrySet().stream()
                        .map(lora -> DynamicTest.dynamicTest(shape.getKey() + ", " + lora.getKey(), () -> {
                            var base = Shapes.model(shape.getValue());
                            var model = adapted(base, lora.getValue());
                            var merged = model.merge();
                            int[] tokens = Shapes.tokens(new SplittableRandom(9), Shapes.CONTEXT);
                            var outputs = Shapes.outputs(model, tokens, 6);
                            assertArrayEquals(Shapes.outputs(merged, tokens, 6), outputs, 2e-5f);
                            requireMerged(model, merged, "head");
                            assertArrayEquals(numbers(base, "tokens.weight"), numbers(merged, "tokens.weight"));
                            var decoder = model.decoder(1);
                            decoder.prefill(0, Shapes.first(tokens, 6));
                            decoder.step(new int[] {0}, new int[] {tokens[6]}, 1);
                            assertArrayEquals(outputs, decoder.logits().toArray(), 2e-5f, "decoding");
                        })));
    }

    private static float[] numbers(LanguageModel model, String name) {
        var tensor = tensor(model, name);
        return model.parameters().values().slice(tensor.offset(), tensor.size()).toArray();
    }

    private static void requireMerged(AdaptedTransformer model, Transformer merged, String name) {
        var sum = sum(model, name);
        long at = merged.parameters().tensors().stream()
                .filter(t -> t.name().equals(name.replace("qkv", "q") + ".weight"))
                .findFirst()
                .orElseThrow()
                .offset();
        var values = merged.parameters().values();
        for (int o = 0; o < sum.length; o++) {
            double factor = 1;
            if (model.lora().useDora()) {
                double norm = Math.sqrt(Arrays.stream(sum[o]).map(w -> w * w).sum());
                factor = model.parameters()
                                .values()
                                .get(tensor(model, name + ".lora_magnitude").offset() + o)
                        / norm;
            }
            for (int i = 0; i < sum[o].length; i++) {
                assertEquals(factor * sum[o][i], values.get(at + (long) o * sum[o].length + i), 1e-5, name);
            }
        }
    }

    @Test
    void aFreshAdapterChangesNothingToTheLastBit() {
        for (var architecture : List.of(Shapes.LLAMA_IN_GROUPS, Shapes.GPT_WITH_BIASES)) {
            var base = Shapes.model(architecture);
            int[] tokens = Shapes.tokens(new SplittableRandom(9), Shapes.CONTEXT);
            var expected = Shapes.outputs(base, tokens, 10);
            assertArrayEquals(expected, Shapes.outputs(base.withAdapter(PLAIN, 1), tokens, 10));
            var saved = base.withAdapter(PLAIN.modulesToSave("embedding", "head"), 1);
            assertArrayEquals(expected, Shapes.outputs(saved, tokens, 10));
            var dora = base.withAdapter(PLAIN.useDora(true), 1);
            assertArrayEquals(expected, Shapes.outputs(dora, tokens, 10), 1e-5f);
        }
    }

    @Test
    void whatNoAdapterCanBeIsRefusedInASentence() {
        var model = Shapes.model(Shapes.LLAMA_IN_GROUPS);
        refused("rank of 0: expected a whole number of at least 1", () -> Lora.rank(0));
        refused("alpha of 0.0: expected a number above 0", () -> PLAIN.alpha(0));
        refused("dropout of 1.0: expected a share in [0, 1)", () -> PLAIN.dropout(1));
        refused("without targets", () -> PLAIN.targets());
        refused("\"q\": expected a part of targets' names, = and a number", () -> PLAIN.rankPattern("q"));
        refused("rank of 0", () -> PLAIN.rankPattern("q=0.5"));
        refused(
                "not norm.weight: modulesToSave takes \"embedding\" and \"head\"",
                () -> model.withAdapter(PLAIN.modulesToSave("norm.weight"), 1));
        refused(
                "\"head\" names none of the model's tensors",
                () -> model.withAdapter(PLAIN.targets("head").modulesToSave("head"), 1));
        refused(
                "no target of [head] is left",
                () -> model.withAdapter(PLAIN.targets("head"), 1).withScalarHead(1));
        refused(
                "the embedding is trained in full (modulesToSave)",
                () -> model.withAdapter(PLAIN.modulesToSave("embedding").trainableTokens("1"), 1));
        refused(
                "the head is an adapter's target (targets); \"embedding=…\" trains",
                () -> model.withAdapter(PLAIN.targets("head").trainableTokens("1"), 1));
        var tied = Shapes.model(Shapes.LLAMA.tiedHead(true));
        refused(
                "the head is an adapter's target (targets); leave one of them out",
                () -> tied.withAdapter(PLAIN.targets("head").trainableTokens("1"), 1));
        refused("the head is tied", () -> tied.withAdapter(PLAIN.trainableTokens("head=1"), 1));
        refused("there is no token 99;", () -> model.withAdapter(PLAIN.trainableTokens("99"), 1));
        refused("\"<s>\" is no id of a token", () -> model.withAdapter(PLAIN.trainableTokens("<s>"), 1));
        refused("has an adapter already", () -> model.withAdapter(PLAIN, 1).withAdapter(PLAIN, 1));
        refused(
                "\"q_proj\" names none of the model's tensors; there are blocks.0-1.attention.q.weight",
                () -> model.withAdapter(PLAIN.targets("q_proj"), 1));
        refused(
                "attention.q, blocks.0.attention.qkv overlap",
                () -> model.withAdapter(PLAIN.useDora(true).targets("qkv", "q"), 1));
    }

    /** A row of zeros, as that of a token that pads, has no direction; DoRA's factor is 1 there. */
    @Test
    void doraLeavesARowOfZerosWhatItIs() {
        for (var dropout : new double[] {0, 0.3}) {
            var base = Shapes.model(Shapes.LLAMA_IN_GROUPS);
            for (var name : List.of("blocks.0.attention.q.weight", "blocks.1.mlp.down.weight", "head.weight")) {
                var tensor = tensor(base, name);
                base.parameters()
                        .values()
                        .clear(tensor.offset(), 3L * tensor.shape().getLast());
            }
            int[] tokens = Shapes.tokens(new SplittableRandom(9), Shapes.CONTEXT);
            var fresh = base.withAdapter(PLAIN.useDora(true).dropout(dropout).targets("all-linear", "head"), 1);
            assertArrayEquals(Shapes.outputs(base, tokens, 6), Shapes.outputs(fresh, tokens, 6), 1e-5f);
            assertArrayEquals(Shapes.outputs(base, tokens, 6), Shapes.outputs(fresh.merge(), tokens, 6), 1e-5f);
            var gradient = Floats.zeros(fresh.parameters().count());
            var pass = fresh.pass(1, Shapes.CONTEXT);
            var weights = new float[Shapes.CONTEXT];
            Arrays.fill(weights, 1);
            var values = new float[Shapes.CONTEXT];
            pass.forward(tokens, tokens, 0, 1, Shapes.CONTEXT, values, new RandomKey(5, 8));
            pass.backward(weights);
            pass.gradient(false, gradient);
            for (float number : gradient.toArray()) {
                assertTrue(Float.isFinite(number), "its gradient");
            }
        }
    }

    private static void refused(String sentence, Runnable what) {
        var message = assertThrows(IllegalArgumentException.class, what::run).getMessage();
        assertEquals(sentence, message.contains(sentence) ? sentence : message);
    }
}
