package trivium.text;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import trivium.text.Pipeline.Frame;

/**
 * Reads the parts of a {@code tokenizer.json} around its model (format of tokenizers 0.21). What it does not know is
 * named and refused.
 */
final class PipelineReader {

    private PipelineReader() {}

    static Pipeline read(JsonObject json) {
        var parts = new Pipeline.Parts(
                part(json, "normalizer"),
                part(json, "pre_tokenizer"),
                part(json, "post_processor"),
                part(json, "decoder"));
        var cutting = part("pre_tokenizer", json, () -> CuttingReader.read(parts.preTokenizer()));
        return new Pipeline(
                parts,
                part("normalizer", json, () -> NormalizerReader.read(parts.normalizer())),
                cutting.prefix(),
                cutting.cut(),
                part("post_processor", json, () -> frame(parts.postProcessor())),
                part("decoder", json, () -> Decoder.read(parts.decoder())));
    }

    /** Whether text is written in GPT-2's byte alphabet before the model sees it. */
    static boolean byteLevel(JsonObject json) {
        return CuttingReader.read(part(json, "pre_tokenizer")).byteLevel();
    }

    /**
     * What is read from one part of a file.
     *
     * @throws IllegalArgumentException naming the part where a field is missing or of another type
     */
    static <T> T part(String name, JsonObject json, Supplier<T> reader) {
        try {
            return reader.get();
        } catch (IllegalStateException
                | NumberFormatException
                | NullPointerException
                | IndexOutOfBoundsException
                | ClassCastException
                | UnsupportedOperationException e) { // what Gson throws where a field is missing or of another type
            throw new IllegalArgumentException(
                    "the " + name + " of this tokenizer.json lacks a field, or a field has another type than Hugging"
                            + " Face's library writes; the " + name + " is "
                            + Expression.shown(Visible.show(String.valueOf(json.get(name))))
                            + "; load the file with that library and save it anew",
                    e);
        }
    }

    private static JsonElement part(JsonObject json, String name) {
        return json.has(name) ? json.get(name) : JsonNull.INSTANCE;
    }

    private static Frame frame(JsonElement json) {
        if (json.isJsonNull()) {
            return Frame.NONE;
        }
        var part = json.getAsJsonObject();
        var type = type(part);
        return switch (type) {
            case "ByteLevel" -> Frame.NONE; // it moves offsets, which are not kept here
            case "TemplateProcessing" -> template(part);
            case "RobertaProcessing", "BertProcessing" ->
                new Frame(List.of(idIn(part, "cls")), List.of(idIn(part, "sep")));
            case "Sequence" -> {
                var frame = Frame.NONE;
                for (var each : part.getAsJsonArray("processors")) {
                    var next = frame(each);
                    frame = next.equals(Frame.NONE) ? frame : next;
                }
                yield frame;
            }
            default ->
                throw unsupported(
                        "post_processor",
                        type,
                        "ByteLevel, TemplateProcessing, RobertaProcessing, BertProcessing and Sequence of these");
        };
    }

    /** A token written {@code ["<s>", 0]}. */
    private static int idIn(JsonObject part, String name) {
        return HuggingFaceJson.id(part.getAsJsonArray(name).get(1));
    }

    private static Frame template(JsonObject part) {
        var before = new ArrayList<Integer>();
        var after = new ArrayList<Integer>();
        var into = before;
        for (var each : part.getAsJsonArray("single")) {
            var piece = each.getAsJsonObject();
            if (piece.has("Sequence")) {
                into = after;
                continue;
            }
            var name = piece.getAsJsonObject("SpecialToken").get("id").getAsString();
            JsonArray ids =
                    part.getAsJsonObject("special_tokens").getAsJsonObject(name).getAsJsonArray("ids");
            for (var id : ids) {
                into.add(HuggingFaceJson.id(id));
            }
        }
        return new Frame(List.copyOf(before), List.copyOf(after));
    }

    static String type(JsonObject part) {
        return part.get("type").getAsString();
    }

    static boolean flag(JsonObject part, String name, boolean otherwise) {
        var value = part.get(name);
        if (value == null || value.isJsonNull()) {
            return otherwise;
        }
        if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isBoolean()) {
            throw new IllegalArgumentException("\"" + name + "\" in this tokenizer.json is "
                    + Visible.show(value.toString()) + ", neither true nor false");
        }
        return value.getAsBoolean();
    }

    static IllegalArgumentException unsupported(String part, String what, String supported) {
        return new IllegalArgumentException("the " + part + " of this tokenizer.json is "
                + Expression.shown(what)
                + ", which is not supported; supported: " + supported
                + "; use a tokenizer that has no other, or train one with Tokenizers.bpe(…)");
    }
}
