package trivium.text;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a {@code tokenizer.json} does with text before and after its model, as written there and as it is carried out.
 *
 * @param cut null where the text is not cut before the model
 */
record Pipeline(Parts parts, Step normalizer, Step prefix, PreTokenizer cut, Frame frame, Decoder decoder) {

    /** The JSON of the four parts. */
    record Parts(JsonElement normalizer, JsonElement preTokenizer, JsonElement postProcessor, JsonElement decoder) {}

    /** Where a stretch of text stands. */
    enum Place {
        START,
        AFTER_TOKEN,
        /** Behind a byte that is no text; nothing is put in between. */
        AFTER_BYTE
    }

    /** A change made to a stretch of text. */
    @FunctionalInterface
    interface Step {
        Step NONE = (text, place) -> text;

        String apply(String text, Place place);
    }

    /** The tokens a file wants around a text, such as {@code <s>}. */
    record Frame(List<Integer> before, List<Integer> after) {
        static final Frame NONE = new Frame(List.of(), List.of());

        /** @throws IllegalArgumentException if a vocabulary of this size lacks one of these tokens */
        void check(int size) {
            Stream.concat(before.stream(), after.stream())
                    .filter(id -> id >= size)
                    .findFirst()
                    .ifPresent(id -> {
                        throw new IllegalArgumentException("the post_processor of this tokenizer.json puts the token "
                                + id + " around a text, but the vocabulary has ids 0 to " + (size - 1));
                    });
        }
    }

    /** Byte-level, without any change to the text. */
    static Pipeline byteLevel(PreTokenizer cut) {
        boolean gpt2 = cut.equals(PreTokenizers.GPT2);
        JsonElement cutting = byteLevelJson(gpt2);
        if (!gpt2) {
            var pattern = new JsonObject();
            pattern.addProperty("Regex", cut.expression());
            var split = new JsonObject();
            split.addProperty("type", "Split");
            split.add("pattern", pattern);
            split.addProperty("behavior", "Isolated");
            split.addProperty("invert", false);
            var both = new JsonArray();
            both.add(split);
            both.add(cutting);
            var sequence = new JsonObject();
            sequence.addProperty("type", "Sequence");
            sequence.add("pretokenizers", both);
            cutting = sequence;
        }
        return new Pipeline(
                new Parts(JsonNull.INSTANCE, cutting, JsonNull.INSTANCE, byteLevelJson(true)),
                Step.NONE,
                Step.NONE,
                cut,
                Frame.NONE,
                Decoder.BYTES);
    }

    /** Byte-level, without any change to the text and without cutting it. */
    static Pipeline byteLevel() {
        return unchanged(byteLevelJson(false), byteLevelJson(true), Decoder.BYTES);
    }

    /** Without any change to the text and without cutting it; the texts of tokens follow each other. */
    static Pipeline fused() {
        var fuse = new JsonObject();
        fuse.addProperty("type", "Fuse");
        return unchanged(JsonNull.INSTANCE, fuse, tokens -> tokens);
    }

    private static Pipeline unchanged(JsonElement preTokenizer, JsonElement json, Decoder decoder) {
        return new Pipeline(
                new Parts(JsonNull.INSTANCE, preTokenizer, JsonNull.INSTANCE, json),
                Step.NONE,
                Step.NONE,
                null,
                Frame.NONE,
                decoder);
    }

    /** Whether text goes to the model unchanged, in GPT-2's pieces. */
    boolean cutsAsGpt2() {
        return normalizer == Step.NONE && prefix == Step.NONE && PreTokenizers.GPT2.equals(cut);
    }

    private static JsonObject byteLevelJson(boolean expression) {
        var level = new JsonObject();
        level.addProperty("type", "ByteLevel");
        level.addProperty("add_prefix_space", false);
        level.addProperty("trim_offsets", true);
        level.addProperty("use_regex", expression);
        return level;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Pipeline that && parts.equals(that.parts);
    }

    @Override
    public int hashCode() {
        return parts.hashCode();
    }
}
