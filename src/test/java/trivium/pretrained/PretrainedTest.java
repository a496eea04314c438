package trivium.pretrained;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import trivium.cli.VerifyPretrained;
import trivium.data.Conversation;
import trivium.data.Conversations;
import trivium.finetune.FineTuning;
import trivium.generate.Completions;
import trivium.generate.Sampling;
import trivium.model.Architecture;
import trivium.model.JsonFields;
import trivium.model.Transformer;
import trivium.run.PastRun;
import trivium.run.Run;
import trivium.run.RunOptions;
import trivium.run.RunStore;
import trivium.text.JinjaTemplate;
import trivium.text.Tokenizer;

/** Folders of Hugging Face's, in and out, beside what transformers computed with them. */
class PretrainedTest {

    @TempDir
    Path place;

    static List<String> families() {
        return Cases.FAMILIES;
    }

    /** Logits, loss, the gradient of every parameter and greedy ids, against transformers in float64. */
    @ParameterizedTest
    @MethodSource("families")
    void computesWhatTransformersComputes(String family) {
        var checks = VerifyPretrained.check(Cases.copy(family, place.resolve(family)));
        assertTrue(checks.size() >= 4, checks.toString());
        assertTrue(checks.stream().allMatch(VerifyPretrained.Check::passed), checks.toString());
    }

    @ParameterizedTest
    @MethodSource("families")
    void isWrittenBackTensorForTensor(String family) throws IOException {
        var from = Cases.copy(family, place.resolve(family));
        var to = Export.of(Pretrained.load(from)).huggingFace(place.resolve("back"));
        assertEquals(Cases.tensors(from.resolve("model.safetensors")), Cases.tensors(to.resolve("model.safetensors")));
        assertEquals(Cases.json(from.resolve("config.json")), Cases.json(to.resolve("config.json")));
        assertEquals(
                Cases.json(from.resolve("generation_config.json")), Cases.json(to.resolve("generation_config.json")));
        assertEquals(
                Cases.json(from.resolve("tokenizer.json")).get("model"),
                Cases.json(to.resolve("tokenizer.json")).get("model"));
        assertEquals(
                "<|endoftext|>",
                Cases.json(to.resolve("tokenizer_config.json")).get("eos_token").getAsString());
    }

    /** A model of the same shape that was made here has the settings that transformers would write. */
    @ParameterizedTest
    @MethodSource("families")
    void aFreshConfigurationReadsAsTheSameShape(String family) throws IOException {
        var folder = Cases.copy(family, place.resolve(family));
        var config = HuggingFaceConfig.read(folder.resolve("config.json"));
        var written = HuggingFaceConfig.write(config.family(), config.architecture(), config.vocabulary());
        written.add("dtype", Cases.json(folder.resolve("config.json")).get("dtype")); // of which Gemma's √C is
        var again = HuggingFaceConfig.of(new JsonFields(written, "what was written", ""));
        assertEquals(config.architecture(), again.architecture());
        assertEquals(config.family(), again.family());
        assertEquals(config.vocabulary(), again.vocabulary());
        assertTrue(config.family().lacks(config.architecture()).isEmpty());
    }

    @ParameterizedTest
    @CsvSource({"llama, 5.5kB", "neox, 11 KiB"})
    void shardsHoldTheSame(String family, String most) throws IOException {
        var from = Cases.copy(family, place.resolve(family));
        var run = Pretrained.load(from);
        var to = Export.of(run).maxShardSize(most).huggingFace(place.resolve("back"));
        var index = Cases.json(to.resolve("model.safetensors.index.json"));
        var all = new HashMap<String, String>();
        long bytes = 0;
        try (Stream<Path> files = Files.list(to)) {
            for (var file : files.filter(each -> each.toString().endsWith(".safetensors"))
                    .toList()) {
                for (var tensor : Cases.tensors(file).entrySet()) {
                    all.put(tensor.getKey(), tensor.getValue());
                    assertEquals(
                            file.getFileName().toString(),
                            index.getAsJsonObject("weight_map")
                                    .get(tensor.getKey())
                                    .getAsString());
                    bytes += tensor.getValue().replaceAll(".*]", "").length() / 2;
                }
            }
        }
        assertFalse(Files.exists(to.resolve("model.safetensors")));
        assertEquals(Cases.tensors(from.resolve("model.safetensors")), all);
        assertEquals(bytes, index.getAsJsonObject("metadata").get("total_size").getAsLong());
        var again = Pretrained.load(to);
        assertEquals(0, difference(run, again));
    }

    private static double difference(Run one, Run other) {
        var a = one.model().parameters().values().toArray();
        var b = other.model().parameters().values().toArray();
        assertEquals(a.length, b.length);
        double most = 0;
        for (int i = 0; i < a.length; i++) {
            most = Math.max(most, Math.abs((double) a[i] - b[i]));
        }
        return most;
    }

    /** Written in another type, and again in the first: rounded once, to the nearest. */
    @Test
    void aTypeMayBeChosen() throws IOException {
        var run = Pretrained.load(Cases.copy("qwen2", place.resolve("qwen2")));
        var half = Export.of(run).dtype("bfloat16").huggingFace(place.resolve("half"));
        assertEquals(
                "bfloat16", Cases.json(half.resolve("config.json")).get("dtype").getAsString());
        var rounded = Pretrained.load(half);
        var exact = run.model().parameters().values().toArray();
        var found = rounded.model().parameters().values().toArray();
        for (int i = 0; i < exact.length; i++) {
            assertEquals(0, Float.floatToRawIntBits(found[i]) & 0xffff, "bfloat16 has the upper half");
            assertTrue(Math.abs(found[i] - exact[i]) <= Math.abs(exact[i]) / 256, exact[i] + " as " + found[i]);
        }
        var again = Export.of(rounded).huggingFace(place.resolve("again"));
        assertEquals(
                Cases.tensors(half.resolve("model.safetensors")), Cases.tensors(again.resolve("model.safetensors")));
        assertTrue(difference(run, rounded) > 0);
    }

    /** What no longer fits the type that it was read in is written in float32. */
    @Test
    void nothingIsRoundedUnasked() throws IOException {
        var run = Pretrained.load(Cases.copy("mistral", place.resolve("mistral")));
        var values = run.model().parameters().values();
        values.set(5, Math.nextUp(values.get(5)));
        var back = Export.of(run).huggingFace(place.resolve("back"));
        assertEquals(
                "float32", Cases.json(back.resolve("config.json")).get("dtype").getAsString());
        assertEquals(0, difference(run, Pretrained.load(back)));
    }

    @Test
    void theContextMayBeShorter() throws IOException {
        var folder = Cases.copy("llama", place.resolve("llama"));
        var run = Pretrained.load(folder, 7);
        assertEquals(7, run.model().context());
        assertTrue(run.card().origin().notes().getFirst().contains("7 of the 12 tokens"));
        var back = Export.of(run).huggingFace(place.resolve("back"));
        assertEquals(
                Cases.json(folder.resolve("config.json")), Cases.json(back.resolve("config.json")), "the model's own");

        var learned = Pretrained.load(Cases.copy("gpt2", place.resolve("gpt2")), 7);
        var cut = Export.of(learned).huggingFace(place.resolve("cut"));
        assertEquals(
                7, Cases.json(cut.resolve("config.json")).get("n_positions").getAsInt());
        assertEquals(0, difference(learned, Pretrained.load(cut)));
    }

    /**
     * generation_config.json ends a completion at the likeliest first token, which neither tokenizer nor template know.
     */
    @Test
    void aCompletionEndsWhereTheFolderSays() throws IOException {
        var folder = Cases.copy("qwen3", place.resolve("qwen3"));
        var free = Pretrained.load(folder);
        int[] prompt = IntStream.concat(
                        free.tokenizer().special(Tokenizer.END_OF_TEXT).stream(),
                        IntStream.of(free.tokenizer().encode("the cat")))
                .toArray();
        int likeliest = Completions.of(free.model(), free.tokenizer())
                .generator()
                .generate(List.of(prompt), Sampling.greedy().maxTokens(1))
                .getFirst()
                .tokens()[0];
        Files.writeString(folder.resolve("generation_config.json"), "{\"eos_token_id\": [0, " + likeliest + "]}");
        var run = Pretrained.load(folder);
        assertEquals(List.of(0, likeliest), run.endOfSequence());
        var completions = Completions.of(run.model(), run.tokenizer());
        var sampling = Sampling.greedy().maxTokens(3);
        var until = completions.endingAt(run.endOfSequence()).continuation("the cat", sampling);
        var past = completions.continuation("the cat", sampling);
        assertTrue(past.length() > until.length(), "\"" + past + "\" and \"" + until + "\"");
    }

    /** A child of a run that was loaded: trained, saved, loaded, trained again to the same bits, written. */
    @Test
    void laterPhasesStartFromIt() throws IOException {
        var store = RunStore.open(place.resolve("runs"));
        var folder = Cases.copy("llama", place.resolve("tiny llama"));
        var config = folder.resolve("config.json");
        Files.writeString(config, Files.readString(config).replaceAll("(max_position_embeddings\": )\\d+", "$1 32"));
        var base = Pretrained.load(folder);
        assertEquals("tiny-llama", base.id());
        assertInstanceOf(JinjaTemplate.class, base.template().form());
        var tuned = FineTuning.of(base, lessons()).steps(2).batchSize(2).run();
        store.save(tuned);
        var alone = assertThrows(
                IllegalArgumentException.class, () -> PastRun.rerun(store, tuned.id(), Map.of(), RunOptions.NONE));
        assertTrue(alone.getMessage().contains("started from tiny-llama"), alone.getMessage());
        assertTrue(alone.getMessage().contains("save that run there"), alone.getMessage());

        store.save(base);
        assertEquals(base.card(), store.save(base).card());
        var other =
                Pretrained.load(Cases.copy("qwen2", place.resolve("elsewhere").resolve("tiny llama")));
        var sentence = assertThrows(IllegalArgumentException.class, () -> store.save(other));
        assertTrue(sentence.getMessage().contains("has another run, loaded from " + folder), sentence.getMessage());
        assertEquals(base.card(), store.load("tiny-llama").card());
        var again = PastRun.rerun(store, tuned.id(), Map.of(), RunOptions.NONE);
        assertEquals(0, difference(tuned, again));

        var loaded = store.load(tuned.id());
        assertEquals(base.endOfSequence(), loaded.endOfSequence());
        assertEquals(base.template(), loaded.template());
        var written = Pretrained.load(Export.of(loaded).huggingFace(place.resolve("tuned")));
        assertEquals(0, difference(loaded, written));
        assertEquals(((Transformer) loaded.model()).architecture(), ((Transformer) written.model()).architecture());
    }

    private static Conversations lessons() {
        return Conversations.of(List.of(
                new Conversation("who?", "Lily"), new Conversation("what?", "a ball"), new Conversation("so?", "yes")));
    }

    /** √8 is 2.828 in float32 and 2.828125 in bfloat16, and transformers takes the one of the model's type. */
    @Test
    void theScaleOfGemmasEmbeddingIsOfItsType() throws IOException {
        var folder = Cases.copy("gemma", place.resolve("gemma"));
        var run = Pretrained.load(folder);
        var refused = assertThrows(
                IllegalArgumentException.class,
                () -> Export.of(run).dtype("float32").huggingFace(place.resolve("other")));
        assertEquals(
                "the model's embedding is multiplied by 2.828125, and transformers rounds √8 to the type of the weights,"
                        + " to 2.828427 in float32, which would be another model; dtype(\"float16\") or"
                        + " dtype(\"bfloat16\") keeps it",
                refused.getMessage());
        var values = run.model().parameters().values();
        values.set(5, Math.nextUp(values.get(5)));
        assertThrows(IllegalArgumentException.class, () -> Export.of(run).huggingFace(place.resolve("other")));
        assertFalse(Files.exists(place.resolve("other")));
        Export.of(run).dtype("bfloat16").huggingFace(place.resolve("other"));
        assertEquals(architecture(folder), architecture(place.resolve("other")));
    }

    private static Architecture architecture(Path folder) {
        return ((Transformer) Pretrained.load(folder).model()).architecture();
    }

    /** As transformers takes it from the weights then. */
    @Test
    void aTypeThatTheConfigurationDoesNotNameIsThatOfTheWeights() throws IOException {
        var folder = Cases.copy("gemma", place.resolve("gemma"));
        var named = architecture(folder);
        var config = folder.resolve("config.json");
        Files.writeString(config, Files.readString(config).replace("\"dtype\": \"bfloat16\",", ""));
        assertEquals(2.828125, architecture(folder).conventions().embeddingScale());
        assertEquals(named, architecture(folder));
        Export.of(Pretrained.load(folder)).huggingFace(place.resolve("back"));
        assertEquals(
                "bfloat16",
                Cases.json(place.resolve("back/config.json")).get("dtype").getAsString());
    }
}
