package trivium.pretrained;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong with a folder is said in one sentence that names the file, the tensor or the setting. */
class BadFoldersTest {

    @TempDir
    Path place;

    private Path folder;

    @BeforeEach
    void copy() {
        folder = Cases.copy("qwen2", place.resolve("qwen2"));
    }

    private void refused(String... parts) {
        var refused = assertThrows(IllegalArgumentException.class, () -> Pretrained.load(folder));
        assertSentence(refused.getMessage(), parts);
    }

    private static void assertSentence(String sentence, String... parts) {
        Arrays.stream(parts).forEach(part -> assertTrue(sentence.contains(part), sentence));
        assertFalse(sentence.contains("\n"), sentence);
        assertTrue(sentence.length() < 500, sentence);
    }

    private void delete(String file) throws IOException {
        Files.delete(folder.resolve(file));
    }

    private void write(String file, String text) throws IOException {
        Files.writeString(folder.resolve(file), text);
    }

    private void replace(String file, String old, String now) throws IOException {
        var text = Files.readString(folder.resolve(file));
        assertTrue(text.contains(old), text);
        write(file, text.replace(old, now));
    }

    @Test
    void noFolder() {
        folder = place.resolve("nowhere");
        refused("there is no folder", "nowhere");
    }

    @Test
    void noConfig() throws IOException {
        delete("config.json");
        refused("it has no config.json");
        write("tiny-Q4_K_M.gguf", "GGUF");
        refused(
                "it has no config.json; tiny-Q4_K_M.gguf is GGUF, which is written here and not read: load the Hugging Face");
        write("adapter_config.json", "{}");
        refused("it is the folder of an adapter: load(model, adapter)");
    }

    @Test
    void aFileInPlaceOfTheFolder() throws IOException {
        write("tiny.gguf", "GGUF");
        var whole = folder;
        for (var name : List.of("model.safetensors", "tiny.gguf")) {
            folder = whole.resolve(name);
            refused(name + " is a file; give the folder with config.json, the weights and tokenizer.json");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "PK\u0003\u0004-, is a pickle",
        "\u0080\u0002}q, is a pickle",
        "GGUF\u0003-, is a GGUF file",
        "<!doctype, is a web page"
    })
    void anotherFileUnderTheWeightsName(String beginning, String what) throws IOException {
        var bytes = Arrays.copyOf(beginning.getBytes(StandardCharsets.ISO_8859_1), 100);
        Arrays.fill(bytes, 6, 8, (byte) 0x20);
        Files.write(folder.resolve("model.safetensors"), bytes);
        refused("model.safetensors " + what);
    }

    @Test
    void anEndBehindTheVocabulary() throws IOException {
        write("generation_config.json", "{\"eos_token_id\": [0, 320]}");
        assertEquals(
                List.of("its eos_token_id names [320], but the model has tokens 0 to 319: nothing ends there"),
                Pretrained.load(folder).card().origin().notes());
    }

    @Test
    void damagedConfig() throws IOException {
        write("config.json", "{\"model_type\": \"llama\",");
        refused("config.json is damaged");
    }

    @Test
    void anotherFamily() throws IOException {
        replace("config.json", "\"qwen2\"", "\"mamba\"");
        refused("config.json has the model_type \"mamba\"", "gpt2, llama, mistral, qwen2, qwen3");
    }

    @Test
    void pickle() throws IOException {
        delete("model.safetensors");
        write("pytorch_model.bin", "PK");
        refused("has neither model.safetensors nor", "pytorch_model.bin is a pickle", "save_pretrained");
    }

    @Test
    void noWeights() throws IOException {
        delete("model.safetensors");
        refused("has neither model.safetensors nor model.safetensors.index.json");
    }

    @Test
    void truncated() throws IOException {
        var bytes = Files.readAllBytes(folder.resolve("model.safetensors"));
        Files.write(folder.resolve("model.safetensors"), Arrays.copyOf(bytes, bytes.length - 100));
        refused("model.safetensors is not a whole safetensors file: its tensors end at byte " + bytes.length
                + ", but the file ends at " + (bytes.length - 100) + " bytes: it is truncated");
        long header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
        Files.write(folder.resolve("model.safetensors"), Arrays.copyOf(bytes, 100));
        refused("model.safetensors is not a whole safetensors file: its header ends at byte " + (8 + header)
                + ", but the file ends at 100 bytes: it is truncated");
        Files.write(folder.resolve("model.safetensors"), new byte[5]);
        refused("model.safetensors is not a whole safetensors file: the file ends at 5 bytes: it is truncated");
    }

    /** What git leaves in place of a large file where git-lfs is not installed. */
    @Test
    void aPointerInPlaceOfTheWeights() throws IOException {
        write("model.safetensors", """
                version https://git-lfs.github.com/spec/v1
                oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393
                size 12345
                """);
        refused("model.safetensors is a Git LFS pointer and not the weights: run git lfs pull, or download the file");
    }

    @Test
    void wrongShape() throws IOException {
        replace("config.json", "\"intermediate_size\": 6", "\"intermediate_size\": 7");
        refused("model.safetensors: tensor model.layers.0.mlp.gate_proj.weight has shape [6, 4]", "describes [7, 4]");
    }

    @Test
    void tooFewTensors() throws IOException {
        replace("config.json", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 3");
        refused("model.safetensors has no tensor \"model.layers.2.", "qwen2");
    }

    @Test
    void tooManyTensors() throws IOException {
        replace("config.json", "\"num_hidden_layers\": 2", "\"num_hidden_layers\": 1");
        refused("model.safetensors has a tensor model.layers.1.", "no place");
    }

    @Test
    void notANumber() throws IOException {
        var bytes = Files.readAllBytes(folder.resolve("model.safetensors"));
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(bytes.length - 40, Float.NaN);
        Files.write(folder.resolve("model.safetensors"), bytes);
        refused("model.safetensors: tensor ", "not finite");
        int header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt();
        Arrays.fill(bytes, 8 + header, bytes.length, (byte) 0xff);
        Files.write(folder.resolve("model.safetensors"), bytes);
        for (int i = 0; i < 50; i++) { // whichever thread meets the first one
            var refused = assertThrows(IllegalArgumentException.class, () -> Pretrained.load(folder));
            assertTrue(refused.getMessage().startsWith(folder.toString()), refused.getMessage());
        }
    }

    /** A head beside a tied embedding, of the same numbers or of others. */
    @Test
    void aHeadThatIsNotTied() throws IOException {
        var llama = Cases.copy("llama", place.resolve("llama"));
        var config = Files.readString(llama.resolve("config.json"));
        Files.writeString(
                llama.resolve("config.json"),
                config.replace("\"tie_word_embeddings\": false", "\"tie_word_embeddings\": true"));
        folder = llama;
        refused("lm_head.weight is not model.embed_tokens.weight", "tie_word_embeddings");
    }

    @Test
    void noTokenizer() throws IOException {
        delete("tokenizer.json");
        refused("has no tokenizer.json");
        write("tokenizer.model", "");
        refused("tokenizer.model is not read");
    }

    @Test
    void aTokenizerOfAnotherSize() throws IOException {
        var tokenizer = Cases.json(folder.resolve("tokenizer.json"));
        tokenizer
                .getAsJsonArray("added_tokens")
                .add(JsonParser.parseString("{\"id\": 320, \"content\": \"<|more|>\", \"special\": true}"));
        write("tokenizer.json", tokenizer.toString());
        refused("tokenizer.json has 321 tokens", "embeddings of 320");
    }

    @Test
    void anEndThatIsNoToken() throws IOException {
        write("generation_config.json", "{\"eos_token_id\": [0, \"end\"]}");
        refused("generation_config.json is damaged", "eos_token_id", "end");
    }

    @Test
    void aContextThatTheModelHasNot() {
        var refused = assertThrows(IllegalArgumentException.class, () -> Pretrained.load(folder, 13));
        assertSentence(refused.getMessage(), "a context of 13 tokens", "takes 1 to 12");
    }

    @Test
    void aFileThatIsNotWhatWasDownloaded() throws IOException {
        write("download.json", """
                {"address": "https://example.org/tiny", "commit": "", "complete": true,
                 "files": {"config.json": {"bytes": 3, "sha256": "00ff", "modified": 0}}}""");
        refused("config.json is not what was downloaded from https://example.org/tiny");
    }

    /** Settings that change the computation, and that the engine has not: each is named. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "qwen2   | \"hidden_act\": \"silu\" | \"hidden_act\": \"relu\" | \"hidden_act\": \"relu\"",
                "qwen2   | \"use_cache\": true | \"logit_scale\": 0.5 | \"logit_scale\": 0.5",
                "qwen2   | \"use_cache\": true | \"quantization_config\": {\"bits\": 4} | \"quantization_config\"",
                "qwen2   | \"rope_type\": \"default\" | \"rope_type\": \"dynamic\", \"factor\": 2.0 | rope_type",
                "qwen2   | \"rope_type\": \"default\" | \"rope_type\": \"yarn\", \"factor\": 2.0, \"truncate\": false | truncate",
                "qwen2   | \"rope_type\": \"default\" | \"rope_type\": \"yarn\", \"factor\": 2.0, \"attention_factor\": 1.5 | attention_factor",
                "qwen2   | \"rope_type\": \"default\" | \"rope_type\": \"linear\" | needs \"factor\"",
                "qwen2   | \"rope_type\": \"default\" | \"rope_type\": \"default\", \"odd\": 3 | rope_parameters.odd",
                "qwen2   | \"use_cache\": true | \"partial_rotary_factor\": 0.5 | has \"partial_rotary_factor\": 0.5, and transformers turns whole heads in this family",
                "gemma   | \"rope_type\": \"default\" | \"rope_type\": \"default\", \"partial_rotary_factor\": 0.5 | has \"rope_parameters.partial_rotary_factor\": 0.5",
                "qwen3   | \"full_attention\" | \"chunked_attention\" | layer_types",
                "qwen2   | \"hidden_size\": 4 | \"hidden_size\": \"wide\" | \"hidden_size\" should be a whole number",
                "qwen2   | \"num_attention_heads\": 2 | \"num_attention_heads\": 3 | heads",
                "qwen2   | \"use_cache\": true | \"is_encoder_decoder\": true | is_encoder_decoder",
                "gpt2    | \"scale_attn_weights\": true | \"scale_attn_weights\": false | scale_attn_weights",
                "gpt2    | \"scale_attn_by_inverse_layer_idx\": false | \"scale_attn_by_inverse_layer_idx\": true | inverse_layer",
                "gpt2    | \"add_cross_attention\": false | \"add_cross_attention\": true | add_cross_attention",
                "gpt2    | \"resid_pdrop\": 0 | \"resid_pdrop\": 0.1 | resid_pdrop",
                "gpt2    | \"gelu_new\" | \"quick_gelu\" | activation_function",
                "neox    | \"hidden_act\": \"gelu\" | \"hidden_act\": \"silu\" | hidden_act",
                "neox    | \"partial_rotary_factor\": 0.25 | \"partial_rotary_factor\": 0.01 | turn pairs"
            })
    void settingsThatAreNotSupported(String family, String old, String now, String named) throws IOException {
        folder = Cases.copy(family, place.resolve("other"));
        replace("config.json", old, now);
        refused("config.json", named);
    }

    private void shards(String map) throws IOException {
        Files.move(folder.resolve("model.safetensors"), folder.resolve("model-00001-of-00001.safetensors"));
        write("model.safetensors.index.json", "{\"metadata\": {}, \"weight_map\": {" + map + "}}");
    }

    @ParameterizedTest
    @CsvSource({"../model.safetensors", "/etc/passwd", "shards/a.safetensors", "C:\\\\a.safetensors", "model.bin", "''"
    })
    void anIndexThatPointsElsewhere(String shard) throws IOException {
        shards("\"model.norm.weight\": \"" + shard + "\"");
        refused("model.safetensors.index.json names the shard", "in the folder itself");
    }

    @Test
    void aMissingShard() throws IOException {
        shards("\"model.norm.weight\": \"model-00002-of-00002.safetensors\"");
        refused("index.json names the shard model-00002-of-00002.safetensors, which is missing");
    }

    @Test
    void aTensorThatIsNotWhereTheIndexSays() throws IOException {
        shards("\"model.norm.wait\": \"model-00001-of-00001.safetensors\"");
        refused("says that tensor model.norm.wait is in model-00001-of-00001.safetensors, which does not have it");
    }

    @Test
    void aTensorThatTheIndexDoesNotName() throws IOException {
        shards("\"model.norm.weight\": \"model-00001-of-00001.safetensors\"");
        refused("has a tensor model.", "which model.safetensors.index.json does not name");
    }

    @Test
    void aTensorThatIsThereTwice() throws IOException {
        var names = new StringBuilder();
        for (var name : Cases.tensors(folder.resolve("model.safetensors")).keySet()) {
            names.append(names.isEmpty() ? "" : ", ").append("\"" + name + "\": \"model-00001-of-00001.safetensors\"");
        }
        Files.copy(folder.resolve("model.safetensors"), folder.resolve("twin.safetensors"));
        shards(names.toString().replaceFirst("model-00001-of-00001", "twin"));
        refused("says is in ", "it is there twice");
    }

    @Test
    void aWholeIndexIsRead() throws IOException {
        var run = Pretrained.load(folder);
        var names = new StringBuilder();
        for (var name : Cases.tensors(folder.resolve("model.safetensors")).keySet()) {
            names.append(names.isEmpty() ? "" : ", ").append("\"" + name + "\": \"model-00001-of-00001.safetensors\"");
        }
        shards(names.toString());
        assertEquals(
                run.model().parameters().values().get(77),
                Pretrained.load(folder).model().parameters().values().get(77));
    }

    /** A header that says more than there is asks for no memory. */
    @Test
    void aHeaderLongerThanTheFile() throws IOException {
        var json =
                "{\"model.norm.weight\": {\"dtype\": \"F32\", \"shape\": [1000000, 1000000], \"data_offsets\": [0, 4000000000000]}}";
        var bytes = ByteBuffer.allocate(8 + json.length()).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(json.length()).put(json.getBytes(StandardCharsets.UTF_8));
        Files.write(folder.resolve("model.safetensors"), bytes.array());
        refused("model.safetensors is not a whole safetensors file", "truncated");
    }
}
