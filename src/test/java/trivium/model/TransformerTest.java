package trivium.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import trivium.model.Architecture.Activation;
import trivium.model.Architecture.Biases;
import trivium.model.Architecture.Conventions;
import trivium.model.Architecture.FeedForward;
import trivium.model.Architecture.Norm;
import trivium.model.Architecture.Placement;
import trivium.model.Architecture.Position;
import trivium.model.Architecture.QkNorm;
import trivium.model.Architecture.Rotary;

/** What holds for every transformer: who sees whom, what is copied, how large it is, how it begins. */
class TransformerTest {

    private final SplittableRandom random = new SplittableRandom(21);

    @Test
    void logitsAreThoseOfThePlainTwin() {
        Shapes.all().forEach((name, architecture) -> {
            var model = Shapes.model(architecture);
            var tokens = Shapes.tokens(random, Shapes.CONTEXT);
            var expected = new PlainTransformer(model).logits(tokens);
            for (int t = 0; t < tokens.length; t++) {
                var found = Shapes.outputs(model, tokens, t);
                for (int i = 0; i < found.length; i++) {
                    assertEquals(expected[t][i], found[i], 2e-5, name + " at " + t);
                }
            }
        });
    }

    @Test
    void attentionIsThatOfThePlainTwin() {
        Shapes.all().forEach((name, architecture) -> {
            var model = Shapes.model(architecture);
            var tokens = Shapes.tokens(random, Shapes.CONTEXT - 1);
            var expected = new PlainTransformer(model).attention(tokens);
            var found = model.attention(tokens);
            assertEquals(expected.length, found.length, name);
            for (int layer = 0; layer < expected.length; layer++) {
                for (int head = 0; head < expected[layer].length; head++) {
                    for (int t = 0; t < tokens.length; t++) {
                        var row = expected[layer][head][t];
                        assertArrayEquals(row, found[layer][head][t], 1e-5, name + ", layer " + layer + " at " + t);
                        for (int s = 0; s < row.length; s++) {
                            assertTrue(row[s] != 0 || found[layer][head][t][s] == 0, name + " sees what it must not");
                        }
                    }
                }
            }
        });
    }

    /** Longer than one block of queries; behind each is what no product ever wrote. */
    @Test
    void attentionBehindTheBlocksIsZero() {
        int time = 2 * FullAttention.BLOCK + 5;
        var model = Transformer.of(Llama.of(time, 8, 1, 2, 1), Shapes.VOCABULARY, 4);
        for (var head : model.attention(Shapes.tokens(random, time))[0]) {
            for (int t = 0; t < time; t++) {
                assertEquals(1, Arrays.stream(head[t], 0, t + 1).sum(), 1e-6);
                assertEquals(0, Arrays.stream(head[t], t + 1, time).sum(), "after " + t);
            }
        }
        var refused = assertThrows(IllegalArgumentException.class, () -> model.attention(new int[time + 1]));
        assertTrue(refused.getMessage().contains(time + 1 + " tokens; the model's context takes 1 to " + time));
        assertThrows(IllegalArgumentException.class, model::attention);
    }

    /** What QK-norm is for: queries and keys have no size of their own. */
    @Test
    void qkNormForgetsTheSizeOfQueriesAndKeys() {
        var model = Shapes.model(Shapes.HEAD_NORMS);
        var tokens = Shapes.tokens(random, Shapes.CONTEXT);
        var before = Shapes.outputs(model, tokens, 10);
        for (var tensor : model.parameters().tensors()) {
            if (tensor.name().endsWith("attention.q.weight") || tensor.name().endsWith("attention.k.weight")) {
                for (long i = tensor.offset(); i < tensor.offset() + tensor.size(); i++) {
                    model.parameters()
                            .values()
                            .set(i, 8 * model.parameters().values().get(i));
                }
            }
        }
        assertArrayEquals(before, Shapes.outputs(model, tokens, 10), 1e-3f);
    }

    @Test
    void noFutureTokenChangesAnEarlierLogit() {
        Shapes.causal().forEach((name, architecture) -> {
            var model = Shapes.model(architecture);
            var tokens = Shapes.tokens(random, Shapes.CONTEXT);
            for (int changed = 1; changed < tokens.length; changed++) {
                var other = tokens.clone();
                other[changed] = (other[changed] + 1) % Shapes.VOCABULARY;
                assertArrayEquals(
                        Shapes.outputs(model, tokens, changed - 1),
                        Shapes.outputs(model, other, changed - 1),
                        name + ", token " + changed);
                assertFalse(
                        Arrays.equals(Shapes.outputs(model, tokens, changed), Shapes.outputs(model, other, changed)),
                        name + ", token " + changed + " is seen at its own position");
            }
        });
    }

    @Test
    void aBidirectionalModelSeesAll() {
        var model = Shapes.model(Shapes.BIDIRECTIONAL);
        var tokens = Shapes.tokens(random, Shapes.CONTEXT);
        var other = tokens.clone();
        other[10] = (other[10] + 1) % Shapes.VOCABULARY;
        assertFalse(Arrays.equals(Shapes.outputs(model, tokens, 0), Shapes.outputs(model, other, 0)));
    }

    @Test
    void orderMatters() {
        Shapes.all().forEach((name, architecture) -> {
            var model = Shapes.model(architecture);
            var there = Shapes.outputs(model, new int[] {3, 4, 5}, 2);
            var back = Shapes.outputs(model, new int[] {4, 3, 5}, 2);
            assertFalse(Arrays.equals(there, back), name);
        });
    }

    @Test
    void paddingAtTheRightEndIsNeutral() {
        Shapes.causal().forEach((name, architecture) -> {
            var model = Shapes.model(architecture);
            var padded = Shapes.tokens(random, Shapes.CONTEXT);
            var alone = Shapes.first(padded, 7);
            Arrays.fill(padded, 7, padded.length, 0);
            for (int position = 0; position < 7; position++) {
                assertArrayEquals(
                        Shapes.outputs(model, alone, position), Shapes.outputs(model, padded, position), 1e-5f, name);
            }
        });
    }

    @Test
    void rowsDoNotSeeEachOther() {
        Shapes.all().forEach((name, architecture) -> {
            var model = Shapes.model(architecture);
            int time = Shapes.CONTEXT;
            var tokens = Shapes.tokens(random, 3 * time);
            var outputs = model.pass(3, time).outputs(tokens, 0, 3, time);
            for (int row = 0; row < 3; row++) {
                var alone = Arrays.copyOfRange(tokens, row * time, (row + 1) * time);
                for (int t = 0; t < time; t++) {
                    var together = outputs.toArray((long) (row * time + t) * Shapes.VOCABULARY, Shapes.VOCABULARY);
                    assertArrayEquals(Shapes.outputs(model, alone, t), together, 1e-5f, name);
                }
            }
        });
    }

    @Test
    void valuesAreTheTargetsLogProbabilities() {
        var model = Shapes.model(Shapes.GPT);
        int time = Shapes.CONTEXT;
        var tokens = Shapes.tokens(random, 3 * time);
        var targets = Shapes.tokens(random, 3 * time);
        var values = new float[3 * time];
        model.pass(2, time).forward(tokens, targets, 1, 3, time, values);
        for (int i = time; i < 3 * time; i++) {
            var row = Arrays.copyOfRange(tokens, i / time * time, i / time * time + time);
            var logits = Shapes.outputs(model, row, i % time);
            double sum = 0;
            for (float logit : logits) {
                sum += Math.exp(logit);
            }
            assertEquals(logits[targets[i]] - Math.log(sum), values[i], 1e-5, "position " + i);
        }
        assertArrayEquals(new float[time], Arrays.copyOf(values, time), "rows that were not asked for");
    }

    /** Tied or not, a new token is read as the mean of the others. */
    @Test
    void aNewTokenIsReadAsTheMean() {
        for (var architecture : new Architecture[] {Shapes.GPT, Shapes.LLAMA}) {
            var model = Shapes.model(architecture);
            int width = architecture.width();
            var old = named(model, "tokens.weight");
            var grown = named(model.withVocabulary(model.vocabulary() + 1), "tokens.weight");
            assertArrayEquals(old, Arrays.copyOf(grown, old.length));
            for (int c = 0; c < width; c++) {
                double sum = 0;
                for (int row = 0; row < model.vocabulary(); row++) {
                    sum += old[row * width + c];
                }
                assertEquals(sum / model.vocabulary(), grown[old.length + c], 1e-6);
            }
        }
    }

    @Test
    void aScalarHeadKeepsTheBody() {
        for (var architecture : new Architecture[] {Shapes.GPT, Shapes.LLAMA}) {
            var model = Shapes.model(architecture);
            var scoring = model.withScalarHead(5);
            assertEquals(1, scoring.outputs());
            for (var tensor : scoring.parameters().tensors()) {
                if (!tensor.name().equals("head.weight")) {
                    assertArrayEquals(named(model, tensor.name()), named(scoring, tensor.name()));
                }
            }
            var before = Shapes.outputs(scoring, new int[] {1, 2, 3}, 2);
            var head = scoring.parameters().tensors().getLast();
            for (long i = 0; i < head.size(); i++) {
                long at = head.offset() + i;
                scoring.parameters()
                        .values()
                        .set(at, 2 * scoring.parameters().values().get(at));
            }
            var after = Shapes.outputs(scoring, new int[] {1, 2, 3}, 2);
            assertEquals(2 * before[0], after[0], 1e-5);
        }
    }

    private static float[] named(LanguageModel model, String name) {
        var tensor = model.parameters().tensors().stream()
                .filter(t -> t.name().equals(name))
                .findFirst()
                .orElseThrow();
        return model.parameters().values().toArray(tensor.offset(), (int) tensor.size());
    }

    @Test
    void theSeedDecidesEveryWeight() {
        var one = Transformer.of(Shapes.LLAMA, 29, 7).parameters().values().toArray();
        var same = Transformer.of(Shapes.LLAMA, 29, 7).parameters().values().toArray();
        var other = Transformer.of(Shapes.LLAMA, 29, 8).parameters().values().toArray();
        assertArrayEquals(one, same);
        assertFalse(Arrays.equals(one, other));
    }

    @Test
    void freshWeightsAreSpreadAsGpt2SpreadsAtItsWidth() {
        var model = Transformer.of(Gpt.of(64, 192, 3, 4), 500, 1);
        double deviation = 0.04; // twice GPT-2's 0.02 at a quarter of its width of 768
        double residual = 0.04 / Math.sqrt(6); // two additions to the residual stream in each of 3 layers
        assertEquals(deviation, deviation(named(model, "tokens.weight")), 8e-4);
        assertEquals(deviation, deviation(named(model, "blocks.2.mlp.up.weight")), 8e-4);
        assertEquals(residual, deviation(named(model, "blocks.0.attention.o.weight")), 4e-4);
        assertEquals(residual, deviation(named(model, "blocks.2.mlp.down.weight")), 4e-4);
        for (float scale : named(model, "blocks.1.norm2.weight")) {
            assertEquals(1, scale);
        }
    }

    private static double deviation(float[] numbers) {
        double squares = 0;
        for (float number : numbers) {
            squares += (double) number * number;
        }
        return Math.sqrt(squares / numbers.length);
    }

    @Test
    void aCopyIsItsOwn() {
        var model = Shapes.model(Shapes.GPT);
        var before = model.parameters().values().toArray();
        var copy = model.copy();
        assertArrayEquals(before, copy.parameters().values().toArray());
        copy.parameters().values().clear();
        assertArrayEquals(before, model.parameters().values().toArray());
    }

    /** The published models' sizes, counted without making them. */
    @Test
    void publishedShapesHaveTheirPublishedSizes() {
        assertEquals(124_439_808L, Layout.of(Gpt.gpt2(), 50_257, 50_257).size(), "GPT-2 small");
        var llama2 = Llama.of(4_096, 4_096, 32, 32, 32).feedForward(new FeedForward(Activation.SWIGLU, 11_008));
        assertEquals(6_738_415_616L, Layout.of(llama2, 32_000, 32_000).size(), "Llama 2 7B");
        var llama3 = Llama.of(8_192, 4_096, 32, 32, 8).feedForward(new FeedForward(Activation.SWIGLU, 14_336));
        sizesOfOtherFamilies();
        assertEquals(8_030_261_248L, Layout.of(llama3, 128_256, 128_256).size(), "Llama 3 8B");
    }

    private static void sizesOfOtherFamilies() {
        var qwen3 = Llama.of(40_960, 1_024, 28, 16, 8)
                .feedForward(new FeedForward(Activation.SWIGLU, 3_072))
                .headSize(128)
                .qkNorm(QkNorm.HEAD)
                .epsilon(1e-6)
                .rotaryTheta(1e6)
                .tiedHead(true);
        assertEquals(596_049_920L, Layout.of(qwen3, 151_936, 151_936).size(), "Qwen3 0.6B");
        var neox = Gpt.of(2_048, 512, 6, 8)
                .feedForward(new FeedForward(Activation.GELU_ERF, 2_048, Placement.PARALLEL))
                .conventions(new Conventions(Norm.LAYER_NORM, Position.ROTARY, true, false))
                .rotary(new Rotary(10_000, 0.25, RotaryScaling.NONE));
        assertEquals(70_426_624L, Layout.of(neox, 50_304, 50_304).size(), "Pythia 70M");
        var phi = Gpt.of(2_048, 2_048, 24, 32)
                .feedForward(new FeedForward(Activation.GELU, 8_192, Placement.PARALLEL_ONE_NORM))
                .conventions(new Conventions(Norm.LAYER_NORM, Position.ROTARY, true, false))
                .biases(Biases.ALL)
                .rotary(new Rotary(10_000, 0.5, RotaryScaling.NONE));
        assertEquals(1_418_270_720L, Layout.of(phi, 51_200, 51_200).size(), "Phi-1.5");
        var llama32 = Llama.of(131_072, 2_048, 16, 32, 8)
                .feedForward(new FeedForward(Activation.SWIGLU, 8_192))
                .rotary(new Rotary(5e5, 1, RotaryScaling.llama3(32, 8_192)))
                .tiedHead(true);
        assertEquals(1_235_814_400L, Layout.of(llama32, 128_256, 128_256).size(), "Llama 3.2 1B");
    }

    @Test
    void aPassSaysWhatFits() {
        var pass = Shapes.model(Shapes.GPT).pass(1, 4);
        var thrown = assertThrows(IllegalArgumentException.class, () -> pass.outputs(new int[10], 0, 2, 5));
        assertTrue(thrown.getMessage().contains("2 rows of 5 tokens do not fit a pass of 1 rows of 4"));
    }
}
