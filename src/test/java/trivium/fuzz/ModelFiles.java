package trivium.fuzz;

import static trivium.fuzz.Damage.Form.JSON;
import static trivium.fuzz.Damage.Form.SAFETENSORS;
import static trivium.fuzz.Damage.Form.TEXT;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import trivium.lstm.LstmShape;
import trivium.model.LanguageModel;
import trivium.model.Llama;
import trivium.model.Models;
import trivium.model.Safetensors;
import trivium.model.Transformer;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;

/** Models and tokenizers by themselves, without a run's card beside them. */
final class ModelFiles {

    private static final List<String> TEXTS = List.of("the cat sat on the mat, the cat sat", "Zwölf ␣ 12 Boxkämpfer");

    /** As other programs write it: characters, a normalizer, tokens for bytes that are none of them. */
    private static final String LLAMA_2 = """
            {"version": "1.0", "truncation": null, "padding": null,
             "added_tokens": [{"id": 0, "content": "<unk>", "single_word": false, "lstrip": false, "rstrip": false,
               "normalized": false, "special": true}],
             "normalizer": {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"},
               {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]},
             "pre_tokenizer": null, "post_processor": null,
             "decoder": {"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "▁"},
               "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"},
               {"type": "Strip", "content": " ", "start": 1, "stop": 0}]},
             "model": {"type": "BPE", "dropout": null, "unk_token": "<unk>", "continuing_subword_prefix": null,
               "end_of_word_suffix": null, "fuse_unk": true, "byte_fallback": false, "ignore_merges": false,
               "vocab": {"<unk>": 0, "▁": 1, "t": 2, "h": 3, "e": 4, "th": 5, "the": 6, "▁the": 7},
               "merges": ["t h", "th e", "▁ the"]}}
            """;

    private ModelFiles() {}

    static List<Loader> loaders() {
        return List.of(
                new Loader("safetensors", "model.safetensors", SAFETENSORS, false, ModelFiles::transformer, place -> {
                    var contents = Safetensors.read(place.resolve("model.safetensors"));
                    return contents.tensors().keySet().toString();
                }),
                new Loader(
                        "weights of a model",
                        "model.safetensors",
                        SAFETENSORS,
                        false,
                        ModelFiles::transformer,
                        ModelFiles::model),
                new Loader(
                        "model.json, a transformer",
                        "model.json",
                        JSON,
                        false,
                        ModelFiles::transformer,
                        ModelFiles::model),
                new Loader("model.json, an LSTM", "model.json", JSON, false, ModelFiles::lstm, ModelFiles::model),
                tokenizer("byte pairs", Tokenizers.bpe(TEXTS, 270).toJson()),
                tokenizer(
                        "characters",
                        Tokenizers.characters(TEXTS).withSpecials("<|end|>").toJson()),
                tokenizer("bytes", Tokenizers.bytes().withSpecials("<|end|>").toJson()),
                tokenizer("Llama 2's way", LLAMA_2),
                new Loader("vocab.json", "vocab.json", JSON, false, ModelFiles::gpt2, ModelFiles::ofTwoFiles),
                new Loader("merges.txt", "merges.txt", TEXT, false, ModelFiles::gpt2, ModelFiles::ofTwoFiles));
    }

    private static Loader tokenizer(String what, String json) {
        return new Loader(
                "tokenizer.json, " + what,
                "tokenizer.json",
                JSON,
                false,
                place -> Files.writeString(place.resolve("tokenizer.json"), json),
                place -> coded(Tokenizers.load(place.resolve("tokenizer.json"))));
    }

    private static void transformer(Path folder) {
        Models.save(Transformer.of(Llama.of(4, 8, 1, 2, 1), 9, 1), folder);
    }

    private static void lstm(Path folder) {
        Models.save(new LstmShape(4, 5, 1).fresh(9, 1), folder);
    }

    private static String model(Path folder) {
        LanguageModel model = Models.load(folder);
        return model.toJson();
    }

    private static void gpt2(Path folder) throws IOException {
        Tokenizers.saveGpt2(Tokenizers.bpe(TEXTS, 270), folder.resolve("vocab.json"), folder.resolve("merges.txt"));
    }

    private static String ofTwoFiles(Path folder) {
        return coded(Tokenizers.loadGpt2(folder.resolve("vocab.json"), folder.resolve("merges.txt")));
    }

    /** What was read is used: an id that is nobody's shows when it is decoded. */
    private static String coded(Tokenizer tokenizer) {
        var text = new StringBuilder(tokenizer.toJson());
        for (int id = 0; id < tokenizer.size(); id++) {
            text.append(tokenizer.decode(id));
        }
        return text.append(List.of(tokenizer.encode("the cat").length)).toString();
    }
}
