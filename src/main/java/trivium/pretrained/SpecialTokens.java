package trivium.pretrained;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import trivium.run.Run;
import trivium.text.Tokenizer;

/**
 * Which tokens begin and end documents, for the files that say so.
 *
 * @param begin id of the token before a document
 * @param ends ids that end a document or an answer, the document's first
 * @param names of special tokens by role
 */
record SpecialTokens(OptionalInt begin, List<Integer> ends, Map<String, String> names) {

    private static final String BOS = "bos_token_id";
    private static final String EOS = Run.END_OF_SEQUENCE;
    private static final String PAD = "pad_token_id";

    static SpecialTokens of(Run run, Optional<Source> source) {
        var tokenizer = run.tokenizer();
        var boundary = tokenizer.special(Tokenizer.END_OF_TEXT);
        var ends = new LinkedHashSet<>(run.endOfSequence());
        var names = new LinkedHashMap<String, String>();
        source.ifPresent(there -> names.putAll(there.names()));
        if (source.isEmpty() && boundary.isPresent()) {
            ends.add(boundary.getAsInt());
            List.of("bos_token", "eos_token", "pad_token").forEach(role -> names.put(role, Tokenizer.END_OF_TEXT));
        }
        if (run.template().missing(tokenizer).isEmpty()) {
            int stop = run.template().stop(tokenizer);
            ends.add(stop);
            if (source.isEmpty() && !run.card().kind().equals("pretrain")) { // it has learned to answer
                tokenizer.specials().stream()
                        .filter(name -> tokenizer.special(name).equals(OptionalInt.of(stop)))
                        .forEach(name -> names.put("eos_token", name));
            }
        }
        return new SpecialTokens(source.isEmpty() ? boundary : OptionalInt.empty(), List.copyOf(ends), names);
    }

    /** The token that stands behind shorter texts of a batch: the one that is called so, or else the document's end. */
    OptionalInt padding(Tokenizer tokenizer) {
        var pad = names.containsKey("pad_token") ? tokenizer.special(names.get("pad_token")) : OptionalInt.empty();
        return pad.isPresent() || ends.isEmpty() ? pad : OptionalInt.of(ends.getFirst());
    }

    /** Writes them into a fresh config.json; one that was read says them already. */
    void write(JsonObject config) {
        if (config.has(EOS) || config.has("transformers_version")) {
            return;
        }
        config.add(BOS, begin.isPresent() ? new JsonPrimitive(begin.getAsInt()) : JsonNull.INSTANCE);
        config.add(EOS, ends.isEmpty() ? JsonNull.INSTANCE : new JsonPrimitive(ends.getFirst()));
    }

    /** generation_config.json: that which was read, with the ends that came since. */
    JsonObject generation(Optional<Source> source) {
        var json = source.flatMap(Source::generated).orElseGet(JsonObject::new);
        if (source.isEmpty() && begin.isPresent()) {
            json.addProperty(BOS, begin.getAsInt());
            json.addProperty(PAD, begin.getAsInt());
        }
        if (!ends.isEmpty()) {
            json.add(EOS, endIds());
        }
        return json;
    }

    private JsonElement endIds() {
        if (ends.size() == 1) {
            return new JsonPrimitive(ends.getFirst());
        }
        var list = new JsonArray();
        ends.forEach(id -> list.add(new JsonPrimitive(id)));
        return list;
    }

    /** tokenizer_config.json: tokenizer.json says all of how text is cut, so that its class is the general one. */
    JsonObject tokenizerConfig(int context) {
        var json = new JsonObject();
        json.addProperty("tokenizer_class", "PreTrainedTokenizerFast");
        names.forEach(json::addProperty);
        json.addProperty("model_max_length", context);
        json.addProperty("clean_up_tokenization_spaces", false);
        return json;
    }
}
