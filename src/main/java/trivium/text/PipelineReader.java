package trivium.text;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import trivium.text.Pipeline.Frame;
import trivium.text.Pipeline.Place;
import trivium.text.Pipeline.Step;

/**
 * Reads the parts of a {@code tokenizer.json} around its model (format of tokenizers 0.21). What it does not know is
 * named and refused.
 */
final class PipelineReader {

    private static final String SPACE = String.valueOf(BytePairModel.SPACE);

    /** How many times as long a text may become; NFKD makes of one character 18 at most. */
    private static final int GROWTH = 32;

    private static final int GROWTH_AT_LEAST = 1_000_000;

    private boolean byteLevel;
    private Step prefix = Step.NONE;
    private final List<PreTokenizer> cuts = new ArrayList<>();

    private PipelineReader() {}

    static Pipeline read(JsonObject json) {
        var parts = new Pipeline.Parts(
                part(json, "normalizer"),
                part(json, "pre_tokenizer"),
                part(json, "post_processor"),
                part(json, "decoder"));
        var reader = part("pre_tokenizer", json, () -> {
            var cutting = new PipelineReader();
            cutting.cutting(parts.preTokenizer(), true);
            return cutting;
        });
        return new Pipeline(
                parts,
                part("normalizer", json, () -> normalizer(parts.normalizer())),
                reader.prefix,
                chain(reader.cuts),
                part("post_processor", json, () -> frame(parts.postProcessor())),
                part("decoder", json, () -> strips(parts.decoder())));
    }

    /** Whether text is written in GPT-2's byte alphabet before the model sees it. */
    static boolean byteLevel(JsonObject json) {
        var reader = new PipelineReader();
        reader.cutting(part(json, "pre_tokenizer"), true);
        return reader.byteLevel;
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

    private static Step normalizer(JsonElement json) {
        if (json.isJsonNull()) {
            return Step.NONE;
        }
        var part = json.getAsJsonObject();
        var type = type(part);
        return switch (type) {
            case "Sequence" -> {
                var steps = new ArrayList<Step>();
                part.getAsJsonArray("normalizers").forEach(each -> steps.add(normalizer(each)));
                steps.removeIf(step -> step == Step.NONE);
                yield steps.isEmpty() ? Step.NONE : (text, place) -> chain(steps, text, place);
            }
            case "Prepend" -> {
                var first = part.get("prepend").getAsString();
                yield (text, place) -> text.isEmpty() || place == Place.AFTER_BYTE ? text : first + text;
            }
            case "Replace" -> {
                var pattern = pattern(part);
                var content = part.get("content").getAsString();
                yield (text, _) -> replace(text, pattern, content);
            }
            case "NFC", "NFD", "NFKC", "NFKD" -> {
                var form = Normalizer.Form.valueOf(type);
                yield (text, _) -> Normalizer.normalize(text, form);
            }
            default ->
                throw unsupported("normalizer", type, "Prepend, Replace, NFC, NFD, NFKC, NFKD and Sequence of these");
        };
    }

    private static String chain(List<Step> steps, String text, Place place) {
        var now = text;
        for (var step : steps) {
            now = step.apply(now, place);
            checkGrowth(text, now.length());
        }
        return now;
    }

    /** Steps that replace a letter by two double the text each, and a few dozen fill any memory. */
    private static void checkGrowth(String text, int length) {
        if (length > GROWTH_AT_LEAST + (long) GROWTH * text.length()) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "the normalizer of this tokenizer makes %,d characters or more of a text of %,d, which is more than"
                            + " any needs; use a tokenizer that replaces less by more",
                    length,
                    text.length()));
        }
    }

    private void cutting(JsonElement json, boolean first) {
        if (json.isJsonNull()) {
            return;
        }
        var part = json.getAsJsonObject();
        var type = type(part);
        switch (type) {
            case "Sequence" -> {
                for (var each : part.getAsJsonArray("pretokenizers")) {
                    cutting(each, first);
                    first = false;
                }
            }
            case "ByteLevel" -> byteLevel(part, first);
            case "Metaspace" -> metaspace(part, first);
            case "Split" -> split(part);
            case "Digits" ->
                cuts.add(new Expression(flag(part, "individual_digits", false) ? "\\p{N}" : "\\p{N}+", false));
            default ->
                throw unsupported("pre_tokenizer", type, "ByteLevel, Metaspace, Split, Digits and Sequence of these");
        }
    }

    private void byteLevel(JsonObject part, boolean first) {
        byteLevel = true;
        if (flag(part, "add_prefix_space", true)) {
            if (!first) {
                throw unsupported(
                        "pre_tokenizer",
                        "a Sequence in which ByteLevel with add_prefix_space follows others",
                        "ByteLevel with add_prefix_space in first place");
            }
            prefix = (text, place) -> place == Place.AFTER_BYTE || text.startsWith(" ") ? text : " " + text;
        }
        if (flag(part, "use_regex", true)) {
            cuts.add(PreTokenizers.GPT2);
        }
    }

    private void metaspace(JsonObject part, boolean first) {
        var scheme = scheme(part);
        if (!first || !part.get("replacement").getAsString().equals(SPACE)) {
            throw unsupported(
                    "pre_tokenizer",
                    "a Metaspace that follows others, or whose replacement is not ▁",
                    "Metaspace with ▁ in first place");
        }
        prefix = (text, place) -> {
            var replaced = text.replace(" ", SPACE);
            boolean wanted = scheme.equals("always") && place != Place.AFTER_BYTE
                    || scheme.equals("first") && place == Place.START;
            return wanted && !replaced.startsWith(SPACE) ? SPACE + replaced : replaced;
        };
        if (flag(part, "split", true)) {
            cuts.add(new Expression("▁?[^▁]+|▁", false));
        }
    }

    /** "always", "first" or "never"; older files say it with {@code add_prefix_space}. */
    private static String scheme(JsonObject metaspace) {
        return metaspace.has("prepend_scheme")
                ? metaspace.get("prepend_scheme").getAsString()
                : flag(metaspace, "add_prefix_space", true) ? "always" : "never";
    }

    private void split(JsonObject part) {
        var behaviour = part.get("behavior").getAsString();
        if (!behaviour.equals("Isolated") || flag(part, "invert", false)) {
            throw unsupported(
                    "pre_tokenizer",
                    "a Split with the behavior \"" + behaviour + "\""
                            + (flag(part, "invert", false) ? ", inverted" : ""),
                    "a Split with the behavior \"Isolated\", not inverted");
        }
        var expression = pattern(part).expression();
        var known = List.of(PreTokenizers.WORDS, PreTokenizers.LLAMA3);
        cuts.add(known.stream()
                .filter(cut -> cut.expression().equals(expression))
                .findFirst()
                .orElseGet(() -> new Expression(expression, false)));
    }

    private static Expression pattern(JsonObject part) {
        var pattern = part.getAsJsonObject("pattern");
        return pattern.has("Regex")
                ? new Expression(pattern.get("Regex").getAsString(), false)
                : Expression.literal(pattern.get("String").getAsString());
    }

    private static String replace(String text, Expression pattern, String content) {
        var replaced = new StringBuilder(text.length());
        int[] done = {0};
        pattern.find(text, (start, end) -> {
            replaced.append(text, done[0], start).append(content);
            done[0] = end;
            checkGrowth(text, replaced.length());
        });
        return replaced.append(text, done[0], text.length()).toString();
    }

    private static PreTokenizer chain(List<PreTokenizer> cuts) {
        if (cuts.isEmpty()) {
            return null;
        }
        return cuts.size() == 1 ? cuts.getFirst() : new Chain(List.copyOf(cuts));
    }

    /** Each cuts the pieces of the one before. */
    private record Chain(List<PreTokenizer> cuts) implements PreTokenizer {

        @Override
        public void cut(char[] text, int from, int to, Pieces pieces) {
            cut(0, text, from, to, pieces);
        }

        private void cut(int level, char[] text, int from, int to, Pieces pieces) {
            if (level == cuts.size()) {
                pieces.add(from, to);
            } else {
                cuts.get(level).cut(text, from, to, (start, end) -> cut(level + 1, text, start, end, pieces));
            }
        }

        @Override
        public String expression() {
            throw new UnsupportedOperationException("a sequence of pre-tokenizers has no single expression");
        }
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

    /** Whether a space that the pipeline puts in front of a text is taken away again. */
    private static boolean strips(JsonElement json) {
        if (json.isJsonNull()) {
            return false;
        }
        var part = json.getAsJsonObject();
        var type = type(part);
        return switch (type) {
            case "ByteLevel", "ByteFallback", "Fuse" -> false;
            case "Replace" -> {
                if (!matchesSpace(pattern(part))
                        || !part.get("content").getAsString().equals(" ")) {
                    throw unsupported(
                            "decoder", "a Replace of something other than ▁ by a space", "a Replace of ▁ by a space");
                }
                yield false;
            }
            case "Strip" -> {
                if (!part.get("content").getAsString().equals(" ")
                        || part.get("start").getAsInt() > 1
                        || part.get("stop").getAsInt() != 0) {
                    throw unsupported(
                            "decoder",
                            "a Strip of something other than one space at the start",
                            "a Strip of one space at the start");
                }
                yield part.get("start").getAsInt() == 1;
            }
            case "Metaspace" -> !scheme(part).equals("never");
            case "Sequence" -> {
                boolean any = false;
                for (var each : part.getAsJsonArray("decoders")) {
                    any |= strips(each);
                }
                yield any;
            }
            default ->
                throw unsupported(
                        "decoder",
                        type,
                        "ByteLevel, ByteFallback, Fuse, Replace, Strip, Metaspace and Sequence of these");
        };
    }

    private static boolean matchesSpace(Expression expression) {
        boolean[] whole = {false};
        expression.find(SPACE, (start, end) -> whole[0] |= start < end);
        return whole[0];
    }

    private static String type(JsonObject part) {
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
