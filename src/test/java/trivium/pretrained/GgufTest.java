package trivium.pretrained;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.model.Architecture;
import trivium.model.Architecture.Activation;
import trivium.model.Gpt;
import trivium.model.Llama;
import trivium.model.RotaryScaling;
import trivium.run.Origin;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.text.Tokenizer;

/** Files are read by a plain reader written from the format's description. */
class GgufTest {

    private static final Tokenizer WORDS = Tokenizer.bpe(
                    List.of("the cat and the dog and the hat, the cat, the dog"), 270)
            .withSpecials("<|end|>");

    @TempDir
    Path folder;

    private Run run(Architecture architecture) {
        var model = architecture.fresh(WORDS.size(), 5);
        return new Run(RunCard.begin("tiny", null, Map.of(), Origin.here(0, null)), model, WORDS, Map.of());
    }

    private Reader read(Run run, String type) throws IOException {
        return new Reader(Export.of(run).gguf(folder.resolve("m.gguf"), type));
    }

    /** GGUF, version 3. */
    private static final class Reader {
        final Map<String, Object> values = new LinkedHashMap<>();
        final Map<String, long[]> shapes = new LinkedHashMap<>();
        final Map<String, Integer> types = new LinkedHashMap<>();
        private final Map<String, Long> offsets = new LinkedHashMap<>();
        private final ByteBuffer bytes;
        private final int data;

        Reader(Path file) throws IOException {
            bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
            assertEquals("GGUF", text(4));
            assertEquals(3, bytes.getInt());
            long tensors = bytes.getLong();
            for (long left = bytes.getLong(); left > 0; left--) {
                values.put(text((int) bytes.getLong()), value(bytes.getInt()));
            }
            for (; tensors > 0; tensors--) {
                var name = text((int) bytes.getLong());
                var shape = new long[bytes.getInt()];
                for (int i = 0; i < shape.length; i++) {
                    shape[i] = bytes.getLong();
                }
                shapes.put(name, shape);
                types.put(name, bytes.getInt());
                offsets.put(name, bytes.getLong());
                assertEquals(0, offsets.get(name) % 32, "tensors are aligned");
            }
            data = (bytes.position() + 31) / 32 * 32;
        }

        private String text(int length) {
            var utf8 = new byte[length];
            bytes.get(utf8);
            return new String(utf8, StandardCharsets.UTF_8);
        }

        private Object value(int type) {
            return switch (type) {
                case 4, 5 -> bytes.getInt();
                case 6 -> bytes.getFloat();
                case 7 -> bytes.get() != 0;
                case 8 -> text((int) bytes.getLong());
                case 9 -> {
                    int items = bytes.getInt();
                    var list = new ArrayList<>();
                    for (long left = bytes.getLong(); left > 0; left--) {
                        list.add(value(items));
                    }
                    yield list;
                }
                default -> throw new AssertionError("type " + type);
            };
        }

        float[] numbers(String name) {
            int count = 1;
            for (long n : shapes.get(name)) {
                count *= (int) n;
            }
            var numbers = new float[count];
            int at = data + offsets.get(name).intValue();
            for (int i = 0; i < count; i++) {
                numbers[i] = switch (types.get(name)) {
                    case 0 -> bytes.getFloat(at + 4 * i);
                    case 1 -> Float.float16ToFloat(bytes.getShort(at + 2 * i));
                    case 8 ->
                        Float.float16ToFloat(bytes.getShort(at + i / 32 * 34))
                                * bytes.get(at + i / 32 * 34 + 2 + i % 32);
                    case 30 -> Float.intBitsToFloat(bytes.getShort(at + 2 * i) << 16);
                    default -> throw new AssertionError("type " + types.get(name));
                };
            }
            return numbers;
        }
    }

    private static float[] ours(Run run, String name) {
        var parameters = run.model().parameters();
        var tensor = parameters.tensors().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
        return parameters.values().toArray(tensor.offset(), (int) tensor.size());
    }

    @Test
    void aLlamaSaysWhatItIs() throws IOException {
        var run = run(Llama.of(24, 32, 2, 4, 2));
        var file = read(run, "F32");
        assertEquals("llama", file.values.get("general.architecture"));
        assertEquals(2, file.values.get("llama.block_count"));
        assertEquals(24, file.values.get("llama.context_length"));
        assertEquals(4, file.values.get("llama.attention.head_count"));
        assertEquals(2, file.values.get("llama.attention.head_count_kv"));
        assertEquals(8, file.values.get("llama.rope.dimension_count"));
        assertEquals(1e-5f, file.values.get("llama.attention.layer_norm_rms_epsilon"));
        assertEquals("gpt-2", file.values.get("tokenizer.ggml.pre"));
        assertEquals(WORDS.size(), ((List<?>) file.values.get("tokenizer.ggml.tokens")).size());
        int end = WORDS.special(Tokenizer.END_OF_TEXT).orElseThrow();
        assertEquals(end, file.values.get("tokenizer.ggml.eos_token_id"));
        assertEquals(3, ((List<?>) file.values.get("tokenizer.ggml.token_type")).get(end), "a control token");
        assertArrayEquals(new long[] {32, WORDS.size()}, file.shapes.get("token_embd.weight"));
        assertArrayEquals(ours(run, "tokens.weight"), file.numbers("token_embd.weight"));
        assertArrayEquals(ours(run, "blocks.1.mlp.down.weight"), file.numbers("blk.1.ffn_down.weight"));
    }

    /** In Llama's own order, element 2j of a head turns with 2j + 1; in ours, element j with j + D / 2. */
    @Test
    void queriesAndKeysOfALlamaHaveTheirPairsSideBySide() throws IOException {
        var run = run(Llama.of(24, 32, 1, 4, 2));
        var file = read(run, "F32");
        for (var name : List.of("q", "k")) {
            var ours = ours(run, "blocks.0.attention." + name + ".weight");
            var theirs = file.numbers("blk.0.attn_" + name + ".weight");
            for (int head = 0; head < ours.length / 32 / 8; head++) {
                for (int pair = 0; pair < 4; pair++) {
                    for (int c = 0; c < 32; c++) {
                        assertEquals(ours[(head * 8 + pair) * 32 + c], theirs[(head * 8 + 2 * pair) * 32 + c]);
                        assertEquals(ours[(head * 8 + pair + 4) * 32 + c], theirs[(head * 8 + 2 * pair + 1) * 32 + c]);
                    }
                }
            }
        }
        assertArrayEquals(ours(run, "blocks.0.attention.v.weight"), file.numbers("blk.0.attn_v.weight"));
    }

    @Test
    void aGptHasItsHeadTwiceAndItsLinearLayersUpright() throws IOException {
        var run = run(Gpt.of(24, 32, 1, 4).biases(Architecture.Biases.BODY));
        var file = read(run, "F32");
        assertEquals("gpt2", file.values.get("general.architecture"));
        assertArrayEquals(ours(run, "tokens.weight"), file.numbers("output.weight"));
        assertArrayEquals(new long[] {32, 128}, file.shapes.get("blk.0.ffn_up.weight"));
        assertArrayEquals(ours(run, "blocks.0.mlp.up.weight"), file.numbers("blk.0.ffn_up.weight"));
        var all = file.numbers("blk.0.attn_qkv.weight");
        var keys = ours(run, "blocks.0.attention.k.weight");
        for (int i = 0; i < keys.length; i++) {
            assertEquals(keys[i], all[32 * 32 + i]);
        }
    }

    @Test
    void halvesAreRoundedAndVectorsStayWhole() throws IOException {
        var run = run(Llama.of(24, 32, 1, 4, 2));
        var ours = ours(run, "blocks.0.mlp.up.weight");
        var half = read(run, "F16");
        var brain = read(run, "BF16");
        var f16 = half.numbers("blk.0.ffn_up.weight");
        var bf16 = brain.numbers("blk.0.ffn_up.weight");
        for (int i = 0; i < ours.length; i++) {
            assertEquals(Float.float16ToFloat(Float.floatToFloat16(ours[i])), f16[i]);
            assertTrue(Math.abs(bf16[i] - ours[i]) <= Math.abs(ours[i]) / 256);
        }
        assertEquals(0, half.types.get("blk.0.attn_norm.weight"));
    }

    @Test
    void aTypeIsChosenThatLosesNothing() throws IOException {
        var run = run(Llama.of(24, 32, 1, 4, 2));
        assertEquals(0, new Reader(Export.of(run).gguf(folder.resolve("a.gguf"))).types.get("output.weight"));
        var values = run.model().parameters().values();
        for (long i = 0; i < values.size(); i++) {
            values.set(i, Float.intBitsToFloat(Float.floatToRawIntBits(values.get(i)) & 0xffff0000) * 0x1p-100f);
        }
        assertEquals(30, new Reader(Export.of(run).gguf(folder.resolve("b.gguf"))).types.get("output.weight"));
        for (long i = 0; i < values.size(); i++) {
            values.set(i, Float.float16ToFloat(Float.floatToFloat16(values.get(i) * 0x1p100f)));
        }
        assertEquals(1, new Reader(Export.of(run).gguf(folder.resolve("c.gguf"))).types.get("output.weight"));
    }

    /** The numbers and the blocks that gguf-py makes of them (README.md beside them). */
    @Test
    void blocksAreThoseOfGgml() throws IOException {
        var lines = Files.readAllLines(Path.of("src/test/resources/trivium/pretrained/q8_0.txt"));
        var bits = HexFormat.of().parseHex(lines.get(0));
        var numbers = new float[bits.length / 4];
        ByteBuffer.wrap(bits).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(numbers);
        var blocks =
                ByteBuffer.allocate((int) GgmlType.Q8_0.bytes(numbers.length)).order(ByteOrder.LITTLE_ENDIAN);
        GgmlType.Q8_0.put(numbers, blocks);
        assertEquals(lines.get(1), HexFormat.of().formatHex(blocks.array()));
    }

    @Test
    void rowsThatAreNoBlocksAreHalves() throws IOException {
        var file = read(run(Llama.of(24, 48, 1, 4, 2)), "Q8_0");
        assertEquals(1, file.types.get("token_embd.weight"), "48 is no multiple of 32");
        assertEquals(8, file.types.get("blk.0.ffn_down.weight"), "128 is one");
        assertEquals(7, file.values.get("general.file_type"));
    }

    /** Formula of Llama 3.1's scaling: untouched below a wavelength of T / 4, divided by the factor above T / 1. */
    @Test
    void llama3sScalingIsATensor() throws IOException {
        var shape = Llama.of(64, 32, 1, 4, 2);
        var rotary = new Architecture.Rotary(10_000, 1, RotaryScaling.llama3(8, 64));
        var factors = read(run(shape.rotary(rotary)), "F32").numbers("rope_freqs.weight");
        var expected = new float[4];
        for (int i = 0; i < 4; i++) {
            double wave = 2 * Math.PI * Math.pow(10_000, i / 4.0);
            double smooth = (64 / wave - 1) / 3;
            expected[i] = (float) (wave < 16 ? 1 : wave > 64 ? 8 : 1 / ((1 - smooth) / 8 + smooth));
        }
        assertArrayEquals(expected, factors, 1e-6f);
        assertEquals(8, factors[3]);
    }

    /** The scales that llama.cpp multiplies by are whole, not less 1. */
    @Test
    void aGemmaHasItsNormsWhole() throws IOException {
        var run = Pretrained.load(Cases.copy("gemma", folder.resolve("gemma")));
        var file = read(run, "F32");
        assertEquals("gemma", file.values.get("general.architecture"));
        assertEquals(1e-6f, file.values.get("gemma.attention.layer_norm_rms_epsilon"));
        for (var names : List.of(
                List.of("norm.weight", "output_norm.weight"),
                List.of("blocks.1.norm1.weight", "blk.1.attn_norm.weight"),
                List.of("blocks.0.norm2.weight", "blk.0.ffn_norm.weight"))) {
            var ours = ours(run, names.getFirst());
            var theirs = file.numbers(names.getLast());
            for (int i = 0; i < ours.length; i++) {
                assertEquals(ours[i] + 1, theirs[i], names.getLast());
            }
        }
        assertArrayEquals(ours(run, "blocks.0.attention.q.weight"), file.numbers("blk.0.attn_q.weight"));
        assertFalse(file.shapes.containsKey("output.weight"), "the embedding is the head");
    }

    @Test
    void anOlmo2HasItsNormsBehindItsLayers() throws IOException {
        var run = Pretrained.load(Cases.copy("olmo2", folder.resolve("olmo2")));
        var file = read(run, "F32");
        assertEquals("olmo2", file.values.get("general.architecture"));
        assertArrayEquals(ours(run, "blocks.1.norm1.weight"), file.numbers("blk.1.post_attention_norm.weight"));
        assertArrayEquals(ours(run, "blocks.1.norm2.weight"), file.numbers("blk.1.post_ffw_norm.weight"));
        assertArrayEquals(ours(run, "blocks.0.attention.knorm.weight"), file.numbers("blk.0.attn_k_norm.weight"));
        assertArrayEquals(ours(run, "blocks.0.attention.k.weight"), file.numbers("blk.0.attn_k.weight"), "not turned");
    }

    @Test
    void whatLlamaCppHasNotIsRefused() {
        var letters = Tokenizer.characters(List.of("abc"));
        var model = Llama.of(24, 32, 1, 4, 2).fresh(letters.size(), 5);
        var run = new Run(RunCard.begin("tiny", null, Map.of(), Origin.here(0, null)), model, letters, Map.of());
        var file = folder.resolve("m.gguf");
        var message = assertThrows(
                        IllegalArgumentException.class, () -> Export.of(run).gguf(file))
                .getMessage();
        assertTrue(message.startsWith("llama.cpp has no tokenizer like this, "), message);
        assertFalse(Files.exists(file));
        assertEquals(
                "a GGUF file is written as F32, F16, BF16, Q8_0, not as \"Q4_0\"",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> Export.of(run).gguf(file, "Q4_0"))
                        .getMessage());
    }

    private void refused(Run run, String type, String sentence) {
        var file = folder.resolve("refused.gguf");
        var message = assertThrows(
                        IllegalArgumentException.class, () -> Export.of(run).gguf(file, type))
                .getMessage();
        assertEquals(sentence, message);
        assertFalse(Files.exists(file));
    }

    /** llama.cpp fixes it for each architecture, and its files do not say it. */
    @Test
    void anotherActivationIsRefused() throws IOException {
        var llama = Llama.of(24, 32, 1, 4, 2);
        for (var activation : List.of(Activation.GEGLU, Activation.GEGLU_ERF)) {
            refused(
                    run(llama.activation(activation)),
                    "F32",
                    "llama.cpp's llama has the activation SWIGLU, not " + activation);
        }
        var gpt = Gpt.of(24, 32, 1, 4);
        refused(
                run(gpt.activation(Activation.RELU_SQUARED)),
                "F32",
                "llama.cpp's gpt2 has the activation GELU, not RELU_SQUARED");
        read(run(gpt.activation(Activation.GELU_ERF)), "F32");
    }

    /** float16 ends at 65,504, and so do the scales of blocks of 127ths. */
    @Test
    void numbersThatHalvesDoNotReachAreRefused() throws IOException {
        var run = run(Llama.of(24, 48, 1, 4, 2));
        var at = run.model().parameters().tensors().stream()
                .filter(tensor -> tensor.name().equals("blocks.0.mlp.down.weight"))
                .findFirst()
                .orElseThrow()
                .offset();
        var values = run.model().parameters().values();
        values.set(at, -70_000);
        refused(
                run,
                "F16",
                "tensor model.layers.0.mlp.down_proj.weight has numbers up to 70000.0, which F16 does not reach; write"
                        + " F32 or BF16");
        assertEquals(-70_000, read(run, "Q8_0").numbers("blk.0.ffn_down.weight")[0], 50);
        assertEquals(-70_000, read(run, "BF16").numbers("blk.0.ffn_down.weight")[0], 200);
        values.set(at, 1e7f);
        refused(
                run,
                "Q8_0",
                "tensor model.layers.0.mlp.down_proj.weight has numbers up to 1.0E7, which Q8_0 does not reach; write"
                        + " F32 or BF16");
        values.set(at, 0);
        values.set(0, 70_000); // of the embedding, whose rows of 48 are no blocks
        refused(
                run,
                "Q8_0",
                "tensor model.embed_tokens.weight has numbers up to 70000.0, which F16 does not reach; write F32 or"
                        + " BF16");
    }
}
