package trivium.pretrained;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import trivium.Trivium;
import trivium.model.AdaptedTransformer;
import trivium.model.Lora;
import trivium.run.Fingerprint;
import trivium.run.Run;
import trivium.tensor.Dtype;

/** Folders in bfloat16 that rest so in memory, beside the same in float32. */
class RestingFoldersTest {

    @TempDir
    Path place;

    static List<String> families() {
        return Cases.FAMILIES;
    }

    @ParameterizedTest
    @MethodSource("families")
    void holdsTheSameNumbersAndIsWrittenBack(String family) throws IOException {
        var folder = rounded(family);
        var resting = Trivium.load(folder, "bfloat16");
        var float32 = Trivium.load(folder);
        assertEquals(Dtype.BF16, resting.model().parameters().dtype());
        assertEquals(Dtype.F32, float32.model().parameters().dtype());
        assertEquals(Fingerprint.of(float32), Fingerprint.of(resting));
        var back = Export.of(resting).huggingFace(place.resolve("back"));
        assertEquals(
                Cases.tensors(folder.resolve("model.safetensors")), Cases.tensors(back.resolve("model.safetensors")));
    }

    private Path rounded(String family) {
        var run = Pretrained.load(Cases.copy(family, place.resolve(family)));
        return Export.of(run).dtype("bfloat16").huggingFace(place.resolve(family + "-bf16"));
    }

    /** A target beside the head has PEFT write the head's weights too, which have to be those of the model. */
    @Test
    void anAdapterIsReadAndWrittenBesideIt() {
        var folder = rounded("llama");
        var run = Trivium.load(folder, "bfloat16");
        var lora = Lora.rank(2).useDora(true).targets("attention.q", "head");
        var adapted = run.child(run.card(), run.model().withAdapter(lora, 3), java.util.Map.of());
        var adapter = Export.of(adapted).peft(place.resolve("adapter"));
        var resting = Trivium.load(folder, adapter, "bfloat16");
        assertEquals(
                Dtype.BF16,
                ((AdaptedTransformer) resting.model())
                        .withoutAdapter()
                        .parameters()
                        .dtype());
        assertEquals(Fingerprint.of(merged(Trivium.load(folder, adapter))), Fingerprint.of(merged(resting)));
    }

    private static Run merged(Run run) {
        return run.merged();
    }

    @Test
    void numbersThatWouldBeRoundedAreRefused() {
        var exact = Cases.copy("qwen2", place.resolve("exact"));
        var sentence = refused(() -> Trivium.load(exact, "bfloat16"));
        assertTrue(
                sentence.endsWith(" has numbers that are not bfloat16, and load rounds none: write the model rounded"
                        + " with save(load(folder)).dtype(\"bfloat16\").huggingFace(another), and load that, or leave"
                        + " out the dtype"),
                sentence);
        assertTrue(sentence.contains("model.safetensors: tensor model."), sentence);
        assertEquals(
                "a model's weights stand in memory as float32 or bfloat16, not as float16",
                refused(() -> Trivium.load(exact, "float16")));
        assertEquals(
                "the dtype must be float32, float16 or bfloat16, not \"half\"",
                refused(() -> Trivium.load(exact, "half")));
    }

    private static String refused(Runnable loading) {
        return assertThrows(IllegalArgumentException.class, loading::run).getMessage();
    }
}
