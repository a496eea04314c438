package trivium.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Hugging Face's own library, and tokenizer files of the kinds it is asked about. */
final class HuggingFace {

    static {
        // Its native library comes inside the jar; nothing is asked of a network.
        System.setProperty("ai.djl.offline", "true");
        System.setProperty("OPT_OUT_TRACKING", "true");
        System.setProperty("RUST_FLAVOR", "cpu");
        System.setProperty(
                "ENGINE_CACHE_DIR", Path.of("target/djl").toAbsolutePath().toString());
        System.setProperty(
                "DJL_CACHE_DIR", Path.of("target/djl").toAbsolutePath().toString());
    }

    private HuggingFace() {}

    static HuggingFaceTokenizer load(String json) {
        try {
            return HuggingFaceTokenizer.newInstance(
                    new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)),
                    Map.of("addSpecialTokens", "false", "truncation", "false", "padding", "false"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static int[] ids(HuggingFaceTokenizer tokenizer, String text) {
        return LongStream.of(tokenizer.encode(text, false, false).getIds())
                .mapToInt(Math::toIntExact)
                .toArray();
    }

    static JsonObject json(String text) {
        return JsonParser.parseString(text.replace('\'', '"')).getAsJsonObject();
    }

    /** A vocabulary trained here, in Llama 3's form: its way to cut text, whole pieces before merges, a frame. */
    static JsonObject llama3(Tokenizer trained, boolean ignoreMerges) {
        var json = JsonParser.parseString(trained.toJson()).getAsJsonObject();
        json.getAsJsonObject("model").addProperty("ignore_merges", ignoreMerges);
        var cut = new JsonObject();
        cut.addProperty("Regex", PreTokenizers.LLAMA3.expression());
        var cutting = json("""
                {'type':'Sequence','pretokenizers':[
                 {'type':'Split','behavior':'Isolated','invert':false},
                 {'type':'ByteLevel','add_prefix_space':false,'trim_offsets':true,'use_regex':false}]}""");
        cutting.getAsJsonArray("pretokenizers").get(0).getAsJsonObject().add("pattern", cut);
        json.add("pre_tokenizer", cutting);
        json.add("post_processor", json("""
                {'type':'Sequence','processors':[{'type':'ByteLevel','add_prefix_space':true,'trim_offsets':false,'use_regex':true},
                 {'type':'TemplateProcessing',
                  'single':[{'SpecialToken':{'id':'<|endoftext|>','type_id':0}},{'Sequence':{'id':'A','type_id':0}}],
                  'pair':[{'Sequence':{'id':'A','type_id':0}},{'Sequence':{'id':'B','type_id':1}}],
                  'special_tokens':{'<|endoftext|>':{'id':'<|endoftext|>','ids':[%d],'tokens':['<|endoftext|>']}}}]}""".formatted(
                        trained.special("<|endoftext|>").orElseThrow())));
        return json;
    }

    /** The merges trained here that join whole characters, in Llama 2's form: ▁ for spaces, tokens for bytes. */
    static JsonObject llama2(BytePairTokenizer trained) {
        var tokens = new LinkedHashSet<String>(List.of("<unk>", "<s>", "</s>"));
        for (int b = 0; b < 256; b++) {
            tokens.add("<0x%02X>".formatted(b));
        }
        var merged = new ArrayList<List<String>>();
        var spelled = trained.model().tokens().stream()
                .map(token -> new String(ByteAlphabet.read(token), StandardCharsets.UTF_8).replace(' ', '▁'))
                .toList();
        spelled.stream()
                .filter(token -> !token.contains("\uFFFD"))
                .flatMapToInt(String::codePoints)
                .filter(c -> c > ' ' || c == '\n')
                .distinct()
                .sorted()
                .forEach(c -> tokens.add(Character.toString(c)));
        for (var merge : trained.model().merges()) {
            var pair = List.of(spelled.get(merge.left()), spelled.get(merge.right()));
            if (tokens.containsAll(pair)) {
                tokens.add(pair.get(0) + pair.get(1));
                merged.add(pair);
            }
        }
        return llama2(List.copyOf(tokens), merged);
    }

    private static JsonObject llama2(List<String> tokens, List<List<String>> merged) {
        var json = json("""
                {'version':'1.0','truncation':null,'padding':null,
                 'added_tokens':[
                  {'id':0,'content':'<unk>','single_word':false,'lstrip':false,'rstrip':false,'normalized':false,'special':true},
                  {'id':1,'content':'<s>','single_word':false,'lstrip':false,'rstrip':false,'normalized':false,'special':true},
                  {'id':2,'content':'</s>','single_word':false,'lstrip':false,'rstrip':false,'normalized':false,'special':true}],
                 'normalizer':{'type':'Sequence','normalizers':[{'type':'Prepend','prepend':'▁'},
                  {'type':'Replace','pattern':{'String':' '},'content':'▁'}]},
                 'pre_tokenizer':null,
                 'post_processor':{'type':'TemplateProcessing',
                  'single':[{'SpecialToken':{'id':'<s>','type_id':0}},{'Sequence':{'id':'A','type_id':0}}],
                  'pair':[{'Sequence':{'id':'A','type_id':0}},{'Sequence':{'id':'B','type_id':1}}],
                  'special_tokens':{'<s>':{'id':'<s>','ids':[1],'tokens':['<s>']}}},
                 'decoder':{'type':'Sequence','decoders':[{'type':'Replace','pattern':{'String':'▁'},'content':' '},
                  {'type':'ByteFallback'},{'type':'Fuse'},{'type':'Strip','content':' ','start':1,'stop':0}]},
                 'model':{'type':'BPE','dropout':null,'unk_token':'<unk>','continuing_subword_prefix':null,
                  'end_of_word_suffix':null,'fuse_unk':true,'byte_fallback':true,'ignore_merges':false}}""");
        var vocabulary = new JsonObject();
        tokens.forEach(token -> vocabulary.addProperty(token, vocabulary.size()));
        var merges = new JsonArray();
        for (var pair : merged) {
            var both = new JsonArray();
            pair.forEach(both::add);
            merges.add(both);
        }
        json.getAsJsonObject("model").add("vocab", vocabulary);
        json.getAsJsonObject("model").add("merges", merges);
        return json;
    }
}
