package trivium.pretrained;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.model.Llama;
import trivium.run.Origin;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.text.Tokenizer;

/** Files are written by a plain writer after llama2.c's {@code export.py} and {@code tokenizer.py}. */
class Llama2cTest {

    private static final int WIDTH = 16;
    private static final int HIDDEN = 24;
    private static final int LAYERS = 2;
    private static final int HEADS = 2;
    private static final int CONTEXT = 12;
    private static final List<String> PIECES = List.of(" c", "at", " cat", " ", "c", "a", "t", "s", " t", "e", "é");
    private static final int TOKENS = 259 + PIECES.size();

    @TempDir
    Path folder;

    private float[] numbers;

    private static byte[] number(int value) {
        return ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array();
    }

    private byte[] model(boolean tied) {
        int size = WIDTH * TOKENS * (tied ? 1 : 2)
                + LAYERS * (2 * WIDTH + 2 * WIDTH * WIDTH + 2 * WIDTH * WIDTH / 2 + 3 * WIDTH * HIDDEN)
                + WIDTH
                + CONTEXT * WIDTH / HEADS;
        var random = new Random(3);
        numbers = new float[size];
        var out = new ByteArrayOutputStream();
        for (int each : new int[] {WIDTH, HIDDEN, LAYERS, HEADS, 1, tied ? TOKENS : -TOKENS, CONTEXT}) {
            out.writeBytes(number(each));
        }
        for (int i = 0; i < size; i++) {
            numbers[i] = random.nextFloat() - 0.5f;
            out.writeBytes(number(Float.floatToRawIntBits(numbers[i])));
        }
        return out.toByteArray();
    }

    private static byte[] tokens() {
        var all = new ArrayList<>(List.of("<unk>", "\n<s>\n", "\n</s>\n"));
        for (int i = 0; i < 256; i++) {
            all.add(String.format(Locale.ROOT, "<0x%02X>", i));
        }
        all.addAll(PIECES);
        var out = new ByteArrayOutputStream();
        out.writeBytes(number(6));
        for (int id = 0; id < all.size(); id++) {
            var utf8 = all.get(id).getBytes(StandardCharsets.UTF_8);
            out.writeBytes(number(Float.floatToRawIntBits(id < 259 ? 0 : 259 - id)));
            out.writeBytes(number(utf8.length));
            out.writeBytes(utf8);
        }
        return out.toByteArray();
    }

    private Run load(byte[] model, byte[] tokens) throws IOException {
        Files.write(folder.resolve("tiny.bin"), model);
        Files.write(folder.resolve("tokenizer.bin"), tokens);
        return Pretrained.load(folder);
    }

    private static float[] ours(Run run, String name) {
        var tensor = run.model().parameters().tensors().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
        return run.model().parameters().values().toArray(tensor.offset(), (int) tensor.size());
    }

    private float[] theirs(int from, int size) {
        return Arrays.copyOfRange(numbers, from, from + size);
    }

    @Test
    void everyWeightIsWhereItBelongs() throws IOException {
        var run = load(model(false), tokens());
        int at = WIDTH * TOKENS;
        assertArrayEquals(theirs(0, at), ours(run, "tokens.weight"));
        assertArrayEquals(theirs(at + WIDTH, WIDTH), ours(run, "blocks.1.norm1.weight"));
        at += LAYERS * WIDTH;
        // of a head, the file has 0, 4, 1, 5, … of our rows
        var queries = ours(run, "blocks.1.attention.q.weight");
        for (int row = 0; row < WIDTH; row++) {
            int mine = row / 8 * 8 + (row % 8 % 2 == 0 ? row % 8 / 2 : 4 + row % 8 / 2);
            assertArrayEquals(
                    theirs(at + WIDTH * WIDTH + row * WIDTH, WIDTH),
                    Arrays.copyOfRange(queries, mine * WIDTH, (mine + 1) * WIDTH));
        }
        at += LAYERS * WIDTH * WIDTH + LAYERS * WIDTH * WIDTH / 2;
        assertArrayEquals(theirs(at, WIDTH * WIDTH / 2), ours(run, "blocks.0.attention.v.weight"));
        at += LAYERS * WIDTH * WIDTH / 2 + LAYERS * WIDTH * WIDTH + LAYERS * WIDTH;
        assertArrayEquals(theirs(at, WIDTH * HIDDEN), ours(run, "blocks.0.mlp.gate.weight"));
        at += LAYERS * WIDTH * HIDDEN;
        assertArrayEquals(theirs(at, WIDTH * HIDDEN), ours(run, "blocks.0.mlp.down.weight"));
        at += 2 * LAYERS * WIDTH * HIDDEN;
        assertArrayEquals(theirs(at, WIDTH), ours(run, "norm.weight"));
        assertArrayEquals(theirs(at + WIDTH + CONTEXT * WIDTH / HEADS, WIDTH * TOKENS), ours(run, "head.weight"));
    }

    @Test
    void textBecomesTheTokensOfRunC() throws IOException {
        var tokenizer = load(model(true), tokens()).tokenizer();
        int first = 259;
        // " cat" first, then nothing joins "s"; "x" is a byte
        assertArrayEquals(
                new int[] {first + 2, first + 7, first + 3, 3 + 'x', first + 10}, tokenizer.encode("cats xé"));
        assertEquals(1, tokenizer.framed(5)[0], "a text begins with <s>");
        assertEquals("cats xé", tokenizer.decode(tokenizer.encode("cats xé")));
    }

    @Test
    void whatIsWrittenIsWhatWasRead() throws IOException {
        for (boolean tied : new boolean[] {true, false}) {
            var bytes = model(tied);
            var run = load(bytes, tokens());
            var out = Export.of(run).llama2c(folder.resolve("out/again.bin"));
            var again = Files.readAllBytes(out);
            int unused = CONTEXT * WIDTH / HEADS * 4;
            int from = bytes.length - unused - (tied ? 0 : WIDTH * TOKENS * 4);
            Arrays.fill(bytes, from, from + unused, (byte) 0); // cosines and sines, which nobody reads
            assertArrayEquals(bytes, again);
            assertEquals(run.tokenizer(), Pretrained.load(folder.resolve("out")).tokenizer());
        }
    }

    private String refused(byte[] model, byte[] tokens) {
        return assertThrows(IllegalArgumentException.class, () -> load(model, tokens))
                .getMessage();
    }

    @Test
    void brokenFilesAreRefusedInASentence() {
        var whole = model(true);
        var cut = refused(Arrays.copyOf(whole, whole.length - 4), tokens());
        assertTrue(cut.endsWith(" bytes, and a model of its header's shape has " + whole.length), cut);
        assertTrue(refused(new byte[9], tokens()).contains("it has 9 bytes, and its header alone has 28"));
        var absurd = whole.clone();
        Arrays.fill(absurd, 0, 28, (byte) 0x7f);
        assertTrue(refused(absurd, tokens()).contains("its header describes no model: width 2139062143"));
        assertTrue(refused(new byte[28], tokens()).contains("its header describes no model: width 0"));
        var later = whole.clone();
        System.arraycopy(number(0x616b3432), 0, later, 0, 4);
        System.arraycopy(number(2), 0, later, 4, 4);
        assertTrue(
                refused(later, tokens()).contains("is a file of llama2.c in version 2; only those that run.c reads"));
        var broken = whole.clone();
        System.arraycopy(number(Float.floatToRawIntBits(Float.NaN)), 0, broken, 100, 4);
        assertTrue(refused(broken, tokens()).contains("a weight is NaN"));
        var few = refused(whole, Arrays.copyOf(tokens(), 100));
        assertTrue(few.contains("is no tokenizer of llama2.c: it ends, or is damaged, at token "), few);
        assertTrue(refused(whole, Arrays.copyOf(tokens(), tokens().length + 1)).contains("it has more than the"));
    }

    @Test
    void whatRunCHasNotIsRefused() {
        var letters = Tokenizer.bytes();
        var model = Llama.of(8, 16, 1, 2, 2).fresh(letters.size(), 1);
        var run = new Run(RunCard.begin("tiny", null, Map.of(), Origin.here(0, null)), model, letters, Map.of());
        assertTrue(assertThrows(
                        IllegalArgumentException.class, () -> Export.of(run).llama2c(folder.resolve("a.bin")))
                .getMessage()
                .startsWith("llama2.c has no tokenizer like this"));
        var turned = Llama.of(8, 16, 1, 2, 2).rotaryTheta(500_000).fresh(letters.size(), 1);
        assertTrue(assertThrows(
                        IllegalArgumentException.class,
                        () -> Export.of(new Run(run.card(), turned, letters, Map.of()))
                                .llama2c(folder.resolve("a.bin")))
                .getMessage()
                .contains(": its positions turn with θ = 500"));
    }
}
