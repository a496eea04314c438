package trivium.pretrained;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The small folders of src/test/resources, put together where a test may change them. */
final class Cases {

    /** One folder a family. */
    static final List<String> FAMILIES =
            List.of("gpt2", "llama", "llama3", "mistral", "qwen2", "qwen3", "neox", "olmo2", "gemma", "gpt_neo");

    private static final Path RESOURCES = Path.of("src", "test", "resources", "trivium", "pretrained");

    private Cases() {}

    /** A copy of a family's folder, with its tokenizer. */
    static Path copy(String family, Path folder) {
        try {
            Files.createDirectories(folder);
            for (var from : List.of(RESOURCES.resolve(family), RESOURCES.resolve("tokenizer"))) {
                try (Stream<Path> files = Files.list(from)) {
                    for (var file : files.toList()) {
                        Files.copy(file, folder.resolve(file.getFileName()));
                    }
                }
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every tensor of a safetensors file as its type, shape and bytes, read by hand. */
    static Map<String, String> tensors(Path file) throws IOException {
        var bytes = Files.readAllBytes(file);
        int length = Math.toIntExact(
                ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong());
        var header = header(bytes, length);
        var tensors = new TreeMap<String, String>();
        for (var name : header.keySet()) {
            if (!name.equals("__metadata__")) {
                var tensor = header.getAsJsonObject(name);
                var place = tensor.getAsJsonArray("data_offsets");
                int from = 8 + length + place.get(0).getAsInt();
                int to = 8 + length + place.get(1).getAsInt();
                tensors.put(
                        name,
                        tensor.get("dtype").getAsString()
                                + tensor.get("shape")
                                + HexFormat.of().formatHex(bytes, from, to));
            }
        }
        return tensors;
    }

    private static JsonObject header(byte[] bytes, int length) {
        var json = new String(bytes, 8, length, StandardCharsets.UTF_8);
        return JsonParser.parseString(json).getAsJsonObject();
    }

    /** A file's JSON object. */
    static JsonObject json(Path file) throws IOException {
        return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
    }
}
