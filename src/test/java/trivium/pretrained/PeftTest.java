package trivium.pretrained;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import trivium.align.RewardModel;
import trivium.cli.VerifyPretrained;
import trivium.model.AdaptedTransformer;
import trivium.model.LanguageModel;
import trivium.model.Lora;
import trivium.model.Parameters.Role;
import trivium.model.Transformer;
import trivium.run.Origin;
import trivium.run.Run;
import trivium.run.RunCard;

/** Adapters that PEFT wrote and computed with, and what goes out read again. */
class PeftTest {

    private static final Path CASES = Path.of("src/test/resources/trivium/pretrained/peft");

    @TempDir
    Path folder;

    /**
     * Logits, gradients and greedy ids of a fused layer with interleaved rows, of DoRA beside a head in full, and of
     * rows of tokens: of a vocabulary that grew, and apart for embedding and head.
     */
    @ParameterizedTest
    @ValueSource(strings = {"neox", "dora", "rows", "rows-apart"})
    void whatPeftWroteIsComputedAsPeftDoes(String name) {
        var checks = VerifyPretrained.check(CASES.resolve(name));
        assertTrue(checks.stream().allMatch(VerifyPretrained.Check::passed), checks.toString());
    }

    private static float[] outputs(LanguageModel model) {
        int[] tokens = {5, 17, 300, 4, 4, 99};
        return model.pass(1, tokens.length).outputs(tokens, 0, 1, tokens.length).toArray();
    }

    private static Run with(Run run, LanguageModel model) {
        return new Run(run.card(), model, run.tokenizer(), Map.of());
    }

    @ParameterizedTest
    @ValueSource(strings = {"neox", "dora", "rows", "rows-apart"})
    void whatWasReadGoesOutAsItCame(String name) {
        var source = CASES.resolve(name);
        var run = Pretrained.load(source, source.resolve("adapter"));
        Export.of(run).peft(folder);
        var again = Pretrained.load(source, folder);
        assertEquals(((AdaptedTransformer) run.model()).lora(), ((AdaptedTransformer) again.model()).lora());
        assertArrayEquals(
                run.model().parameters().values().toArray(),
                again.model().parameters().values().toArray());
    }

    /** Queries, keys and values that are targets of their own become one layer's A and B with three blocks. */
    @Test
    void targetsOfTheirOwnGoOutAsTheLayerThatTheyAreThere() {
        var run = Pretrained.load(CASES.resolve("neox"));
        for (var lora : List.of(
                Lora.rank(2).targets("attention.q", "attention.v", "mlp.up").rankPattern("v=3"),
                Lora.rank(2)
                        .targets("attention.q", "attention.v")
                        .alphaPattern("v=9")
                        .useRslora(true),
                Lora.rank(2).targets("attention.k").useDora(true),
                Lora.rank(1).modulesToSave("embedding", "head"))) {
            var model = drawn(((Transformer) run.model()).withAdapter(lora, 1));
            Export.of(with(run, model)).peft(folder);
            var again = Pretrained.load(CASES.resolve("neox"), folder).model();
            assertArrayEquals(outputs(model), outputs(again), 2e-6f, lora.toString());
        }
    }

    private static AdaptedTransformer drawn(AdaptedTransformer model) {
        var random = new java.util.SplittableRandom(5);
        for (var tensor : model.parameters().tensors()) {
            for (long i = tensor.offset(); i < tensor.end(); i++) {
                float before = model.parameters().values().get(i);
                double noise = 0.1 * random.nextGaussian();
                float drawn = (float) (tensor.role() == Role.MAGNITUDE ? before * (1 + noise) : before + noise);
                model.parameters().values().set(i, drawn);
            }
        }
        return model;
    }

    @Test
    void anAdaptedRunGoesOutMerged() throws IOException {
        var source = CASES.resolve("neox");
        var run = Pretrained.load(source, source.resolve("adapter"));
        Export.of(run).huggingFace(folder.resolve("merged"));
        var merged = assertInstanceOf(
                Transformer.class, Pretrained.load(folder.resolve("merged")).model());
        assertArrayEquals(outputs(run.model()), outputs(merged), 2e-6f);
        var adapted = Export.of(run).gguf(folder.resolve("adapted.gguf"), "F32");
        assertEquals(-1, Files.mismatch(adapted, Export.of(run.merged()).gguf(folder.resolve("merged.gguf"), "F32")));
    }

    @Test
    void filesOfOtherProgramsHaveTheMergedWeights() throws IOException {
        var base = Pretrained.load(Cases.copy("llama", folder.resolve("tiny")));
        var model = base.model().withAdapter(Lora.rank(2), 3);
        var numbers = model.parameters().values();
        for (long i = 0; i < numbers.size(); i++) {
            numbers.set(i, (i % 7 - 3) / 10f);
        }
        var adapted = base.child(base.card(), model, Map.of());
        var written = Files.readAllBytes(Export.of(adapted).gguf(folder.resolve("adapted.gguf"), "F32"));
        assertArrayEquals(
                Files.readAllBytes(Export.of(adapted.merged()).gguf(folder.resolve("merged.gguf"), "F32")), written);
        assertFalse(
                Arrays.equals(Files.readAllBytes(Export.of(base).gguf(folder.resolve("base.gguf"), "F32")), written));
    }

    /** The folder of an adapter names the model's; where the vocabulary has grown, an adapter alone is no use. */
    @Test
    void anAdapterKnowsWhatItStandsBeside() throws IOException {
        var base = Pretrained.load(Cases.copy("llama", folder.resolve("tiny")));
        var begun = new LinkedHashMap<String, Object>(base.startSettings());
        var card = RunCard.begin("finetune", base.id(), begun, Origin.here(0, ""));
        var child = base.child(card, base.model().withAdapter(Lora.rank(1), 1), Map.of());
        var config = Cases.json(Export.of(child).peft(folder.resolve("adapter")).resolve("adapter_config.json"));
        assertEquals(
                folder.resolve("tiny").toString(),
                config.get("base_model_name_or_path").getAsString());

        var grown = base.model().withVocabulary(base.model().outputs() + 2);
        var more = base.child(card, grown.withAdapter(Lora.rank(1), 1), Map.of());
        Export.of(more).peft(folder.resolve("grown"));
        var again = Pretrained.load(folder.resolve("tiny"), folder.resolve("grown"));
        assertArrayEquals(outputs(more.model()), outputs(again.model()), 2e-6f);
        var head = grown.withAdapter(Lora.rank(1).targets("head"), 1);
        var sentence = assertThrows(
                IllegalArgumentException.class,
                () -> Export.of(base.child(card, head, Map.of())).peft(folder.resolve("none")));
        assertTrue(sentence.getMessage().contains("whose head is one of its targets"), sentence.getMessage());
        assertFalse(Files.exists(folder.resolve("none")));
    }

    /** No mean and deviation stand in PEFT's folder of a judge, whose scores are those of its head. */
    @Test
    void anAdapterThatScoresIsAJudge() {
        var run = Pretrained.load(CASES.resolve("neox"));
        var model =
                drawn(((Transformer) run.model()).withAdapter(Lora.rank(1), 1).withScalarHead(2));
        Export.of(with(run, model)).peft(folder);
        var again = Pretrained.load(CASES.resolve("neox"), folder).withTemplateTokens();
        try (var judge = new RewardModel(again)) {
            int[] ids = again.template().example(again.tokenizer(), "a", "b").ids();
            int n = ids.length;
            float expected = again.model().pass(1, n).outputs(ids, 0, 1, n).get(n - 1);
            assertEquals(expected, judge.score("a", "b"), 1e-5);
        }
    }

    /** Each name that transformers has for a layer, in each family. */
    @Test
    void layersAreCalledAsInTransformers() {
        var names = new PeftNames();
        var neox = Pretrained.load(CASES.resolve("neox"));
        assertEquals(List.of("attention.qkv"), names.patterns("query_key_value", neox));
        assertEquals(List.of("attention.o"), names.patterns("attention.dense", neox));
        assertEquals(List.of("mlp.up"), names.patterns("dense_h_to_4h", neox));
        assertEquals(List.of("head"), names.patterns("lm_head", neox));
        assertEquals(List.of("embedding"), names.patterns("embed_in", neox));
        var gpt2 = Pretrained.load(Cases.copy("gpt2", folder.resolve("gpt2")));
        assertEquals(List.of("attention.qkv"), names.patterns("c_attn", gpt2));
        assertEquals(List.of("attention.o", "mlp.down"), names.patterns("c_proj", gpt2));
        assertEquals(List.of("blocks.1.mlp.down"), names.patterns("h.1.mlp.c_proj", gpt2));
        var llama = Pretrained.load(Cases.copy("llama", folder.resolve("llama")));
        assertEquals(List.of("attention.v"), names.patterns("v_proj", llama));
        assertEquals(List.of("mlp.gate"), names.patterns("mlp.gate_proj", llama));
        assertEquals(List.of(), names.patterns("proj", llama));
    }

    @Test
    void badFoldersAreRefusedInASentence() throws IOException {
        var source = CASES.resolve("neox");
        refused("has no adapter_config.json", source, folder);
        var config = Files.readString(source.resolve("adapter/adapter_config.json"));
        write(config);
        refused("has no adapter_model.safetensors", source, folder);
        Files.writeString(folder.resolve("adapter_model.bin"), "x");
        refused("adapter_model.bin is a pickle, which may run any program", source, folder);
        Files.copy(source.resolve("adapter/adapter_model.safetensors"), folder.resolve("adapter_model.safetensors"));
        write(config.replace("\"LORA\"", "\"IA3\""));
        refused("an adapter of the type IA3; LORA is supported", source, folder);
        write(config.replace("\"bias\": \"none\"", "\"bias\": \"all\""));
        refused("only \"none\" is supported", source, folder);
        write(config.replace("\"use_qalora\": false", "\"use_qalora\": true"));
        refused("has \"use_qalora\": true, which is not supported", source, folder);
        write(config.replace("\"init_lora_weights\": true", "\"init_lora_weights\": \"pissa\""));
        refused("which changes the model's own weights", source, folder);
        for (var flag : List.of("use_dora", "use_rslora", "ensure_weight_tying")) {
            for (var wrong : List.of("{}", "[]", "\"yes\"", "1")) {
                var start = config.replaceAll("\\s*\"" + flag + "\": \\w+,", "").replaceFirst("\\{", "");
                write("{\"" + flag + "\": " + wrong + "," + start);
                refused("adapter_config.json is damaged: \"" + flag + "\" should be true or false", source, folder);
            }
        }
        write(config.replaceAll("\"lora_alpha\": [\\d.]+", "\"lora_alpha\": 0"));
        refused("adapter_config.json describes no adapter: an adapter's alpha of 0.0", source, folder);
        write(config.replaceAll("\"lora_dropout\": [\\d.]+", "\"lora_dropout\": 1.5"));
        refused("adapter_config.json describes no adapter: an adapter's dropout of 1.5", source, folder);
        write(config);
        refused("has an adapter beside gpt_neox.layers.0.attention.dense", CASES.resolve("dora"), folder);
        write(config.replaceFirst("\"base_model_name_or_path\": [^,]*,", "\"base_model_name_or_path\": \"pythia\","));
        refused("; by its adapter_config.json it was trained beside pythia", CASES.resolve("dora"), folder);
        var run = Pretrained.load(source);
        var message = assertThrows(
                        IllegalArgumentException.class, () -> Export.of(run).peft(folder))
                .getMessage();
        assertTrue(message.contains("has no adapter: train one with lora(…)"), message);
    }

    /** Rows of tokens in the weights, of which the settings say nothing. */
    @Test
    void rowsThatAreNotDescribed() throws IOException {
        var source = CASES.resolve("rows");
        Files.copy(source.resolve("adapter/adapter_model.safetensors"), folder.resolve("adapter_model.safetensors"));
        var config = Cases.json(source.resolve("adapter/adapter_config.json"));
        config.remove("trainable_token_indices");
        write(config.toString());
        refused("token_adapter.trainable_tokens_delta, but " + folder + "/adapter_config.json", source, folder);
    }

    private void write(String config) throws IOException {
        Files.writeString(folder.resolve("adapter_config.json"), config);
    }

    private static void refused(String sentence, Path model, Path adapter) {
        var message = assertThrows(IllegalArgumentException.class, () -> Pretrained.load(model, adapter))
                .getMessage();
        assertTrue(message.contains(sentence), message);
    }
}
