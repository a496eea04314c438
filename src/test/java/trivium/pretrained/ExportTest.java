package trivium.pretrained;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import trivium.lstm.LstmShape;
import trivium.model.Architecture;
import trivium.model.Architecture.Activation;
import trivium.model.Architecture.Biases;
import trivium.model.Architecture.Placement;
import trivium.model.Architecture.QkNorm;
import trivium.model.Bert;
import trivium.model.Gpt;
import trivium.model.LanguageModel;
import trivium.model.Llama;
import trivium.model.RotaryScaling;
import trivium.run.Origin;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.tensor.Floats;
import trivium.text.PreTokenizers;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;

/** Models of Trivium's own on their way to transformers. */
class ExportTest {

    private static final Architecture GPT =
            Gpt.small().context(12).width(8).layers(2).heads(2).tiedHead(true);
    private static final Architecture LLAMA = Llama.of(12, 8, 2, 2, 1);
    private static final Tokenizer WORDS = Tokenizers.bpe(List.of("the cat and the dog"), 262);

    @TempDir
    Path place;

    private static Run run(LanguageModel model) {
        return new Run(RunCard.begin("pretrain", null, Map.of(), Origin.here(1, "")), model, WORDS, Map.of());
    }

    private static Run run(Architecture architecture) {
        return run(architecture.fresh(WORDS.size(), 5));
    }

    record Counterpart(String family, Architecture architecture) {}

    static Stream<Counterpart> counterparts() {
        return Stream.of(
                new Counterpart("gpt2", GPT),
                new Counterpart("gpt2", GPT.tiedHead(false)),
                new Counterpart("gpt2", GPT.biases(Biases.BODY)),
                new Counterpart("gpt2", GPT.biases(new Biases(false, true, false, true, false))),
                new Counterpart("gpt2", GPT.activation(Activation.GELU_ERF).epsilon(1e-6)),
                new Counterpart("gpt2", GPT.activation(Activation.RELU_SQUARED).dropout(0.25)),
                new Counterpart("llama", LLAMA),
                new Counterpart("llama", LLAMA.tiedHead(true).rotaryTheta(777).headSize(6)),
                new Counterpart("llama", LLAMA.biases(new Biases(true, true, true, false, false))),
                new Counterpart("qwen2", LLAMA.biases(Biases.QUERIES_KEYS_VALUES)),
                new Counterpart("qwen3", LLAMA.qkNorm(QkNorm.HEAD)),
                new Counterpart(
                        "gpt_neox",
                        neox(GPT.placement(Placement.PARALLEL)
                                .activation(Activation.GELU_ERF)
                                .tiedHead(false))),
                new Counterpart("gpt_neox", neox(GPT)),
                new Counterpart("gpt_neox", neox(GPT.biases(Biases.BODY))));
    }

    private static Architecture neox(Architecture shape) {
        var c = shape.conventions();
        return shape.conventions(new Architecture.Conventions(
                        c.norm(), c.epsilon(), Architecture.Position.ROTARY, c.biases(), c.tiedHead(), c.dropout()))
                .rotary(new Architecture.Rotary(500, 0.5, RotaryScaling.linear(2)));
    }

    /** Each goes out as the simplest family that has it, and comes back as the same function; biases it lacks are 0. */
    @ParameterizedTest
    @MethodSource("counterparts")
    void whatHasACounterpart(Counterpart counterpart) throws IOException {
        var run = run(counterpart.architecture());
        var folder = Export.of(run).huggingFace(place.resolve("out"));
        assertEquals(
                counterpart.family(),
                Cases.json(folder.resolve("config.json")).get("model_type").getAsString());
        var back = Pretrained.load(folder);
        assertEquals(outputs(run), outputs(back));
        assertEquals(
                WORDS.special(Tokenizer.END_OF_TEXT).getAsInt(),
                back.endOfSequence().getFirst());
        assertEquals(2, back.endOfSequence().size(), "the document's end and the answer's");
    }

    private static List<Float> outputs(Run run) {
        Floats outputs = run.model().pass(1, 5).outputs(new int[] {7, 3, 200, 1, 9}, 0, 1, 5);
        var all = new ArrayList<Float>();
        for (long i = 0; i < outputs.size(); i++) {
            all.add(outputs.get(i));
        }
        return all;
    }

    /** AutoTokenizer of transformers 5.17 was seen to give such a folder other ids than the tokenizers library does. */
    @Test
    void aTokenizerThatIsNotQwensIsSaidToBeNone() {
        var there = Path.of("qwen");
        var caveat = HuggingFaceFolder.caveat(LlamaFamily.QWEN2, WORDS, there).orElseThrow();
        assertTrue(caveat.endsWith("PreTrainedTokenizerFast.from_pretrained(\"qwen\")"), caveat);
        assertEquals(Optional.empty(), HuggingFaceFolder.caveat(LlamaFamily.QWEN3, WORDS, there));
        var own = Tokenizers.bpe(List.of("the cat and the dog"), 262, PreTokenizers.QWEN2);
        assertEquals(Optional.empty(), HuggingFaceFolder.caveat(LlamaFamily.QWEN2, own, there));
    }

    /** transformers' class with one label: the body, and the head by its name there, whether or not it was tied. */
    @Test
    void aModelThatScoresIsOneOfSequences() throws IOException {
        for (var shape : List.of(LLAMA.tiedHead(true), LLAMA.tiedHead(false), GPT)) {
            var scoring = run(run(shape).model().withScalarHead(3));
            var there = place.resolve("scores-" + shape.hashCode());
            Export.of(scoring).huggingFace(there);
            var config = Cases.json(there.resolve("config.json"));
            assertTrue(
                    config.getAsJsonArray("architectures").get(0).getAsString().endsWith("ForSequenceClassification"));
            assertEquals(1, config.getAsJsonObject("id2label").size());
            assertEquals(
                    WORDS.special(Tokenizer.END_OF_TEXT).getAsInt(),
                    config.get("pad_token_id").getAsInt());
            var tensors = Cases.tensors(there.resolve("model.safetensors"));
            assertTrue(
                    tensors.get("score.weight").startsWith("F32[1,"),
                    tensors.keySet().toString());
            assertFalse(tensors.containsKey("lm_head.weight"));
            var sentence = assertThrows(
                    IllegalArgumentException.class, () -> Export.of(scoring).gguf(place.resolve("s.gguf")));
            assertTrue(sentence.getMessage().contains("scores, and has no head for the next token"));
        }
    }

    @Test
    void whatHasNoCounterpart() {
        refused(run(Bert.small().context(12).width(8).layers(1).heads(2)), "looks ahead");
        refused(
                run(LLAMA.activation(Activation.GELU)),
                "has no gate (llama, mistral, qwen2, qwen3, olmo2)",
                "its norms are not LayerNorm (gpt2, gpt_neox)");
        refused(run(GPT.biases(Biases.ALL)), "its head has a bias (gpt2, gpt_neox)");
        refused(run(neox(GPT.placement(Placement.PARALLEL_ONE_NORM))), "share a norm (gpt_neox)");
        refused(run(new LstmShape(12, 8, 1).fresh(WORDS.size(), 1)), "Lstm", "no counterpart");
    }

    private void refused(Run run, String... parts) {
        var refused = assertThrows(
                IllegalArgumentException.class, () -> Export.of(run).huggingFace(place.resolve("none")));
        Arrays.stream(parts).forEach(part -> assertTrue(refused.getMessage().contains(part), refused.getMessage()));
        assertFalse(refused.getMessage().contains("\n"));
        assertFalse(Files.exists(place.resolve("none")));
    }

    @Test
    void whatIsNoModelIsNotOverwritten() throws IOException {
        var diary = Files.createDirectories(place.resolve("diary"));
        Files.writeString(diary.resolve("monday.txt"), "rain");
        var refused = assertThrows(
                IllegalArgumentException.class, () -> Export.of(run(GPT)).huggingFace(diary));
        assertTrue(refused.getMessage().contains("diary has files, but no model"), refused.getMessage());
        assertEquals(List.of("monday.txt"), files(diary));
        var file = Files.writeString(place.resolve("file"), "");
        assertThrows(IllegalArgumentException.class, () -> Export.of(run(GPT)).huggingFace(file));
        Export.of(run(GPT)).huggingFace(Files.createDirectories(place.resolve("empty")));
        assertTrue(files(place.resolve("empty")).contains("model.safetensors"));
    }

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /** Shards of before go, a licence stays, and nothing is left beside the folder. */
    @Test
    void aModelIsReplaced() throws IOException {
        var folder = place.resolve("model");
        Export.of(run(LLAMA)).maxShardSize("6KB").huggingFace(folder);
        Files.writeString(folder.resolve("LICENSE"), "mine");
        Files.createDirectories(folder.resolve("adapter"));
        Export.of(run(GPT)).huggingFace(folder);
        assertEquals(
                List.of(
                        "LICENSE",
                        "adapter",
                        "chat_template.jinja",
                        "config.json",
                        "generation_config.json",
                        "model.safetensors",
                        "tokenizer.json",
                        "tokenizer_config.json"),
                files(folder));
        assertEquals(List.of("model"), files(place));
        assertEquals("LICENSE", Pretrained.load(folder).card().recipe().get("licence"));
    }

    /** A model that cannot be written leaves the one that was there. */
    @Test
    void aFailureLeavesWhatWasThere() throws IOException {
        var folder = Export.of(run(GPT)).huggingFace(place.resolve("model"));
        var before = Files.readAllBytes(folder.resolve("model.safetensors"));
        var other = run(LLAMA);
        other.model().parameters().values().set(3, 1e6f);
        var refused = assertThrows(
                IllegalArgumentException.class,
                () -> Export.of(other).dtype("float16").huggingFace(folder));
        assertTrue(refused.getMessage().contains("model.embed_tokens.weight"), refused.getMessage());
        assertTrue(refused.getMessage().contains("float16 does not reach"), refused.getMessage());
        assertThrows(
                IllegalStateException.class,
                () -> FolderSwap.write(folder, temporary -> {
                    Files.writeString(temporary.resolve("config.json"), "{");
                    throw new IllegalStateException("the disk is full");
                }));
        assertEquals(List.of("model"), files(place));
        assertTrue(Arrays.equals(before, Files.readAllBytes(folder.resolve("model.safetensors"))));
    }

    @Test
    void sizes() {
        var export = Export.of(run(GPT));
        assertEquals(5_000_000_000L, export.maxShardSize("5GB").maxShardSize());
        assertEquals(200L << 20, export.maxShardSize("200 MiB").maxShardSize());
        assertEquals(24_500, export.maxShardSize("24.5kb").maxShardSize());
        for (var wrong : List.of("5", "GB", "-1GB", "0B", "5XB")) {
            assertThrows(IllegalArgumentException.class, () -> export.maxShardSize(wrong), wrong);
        }
        assertThrows(IllegalArgumentException.class, () -> export.dtype("int8"));
    }
}
