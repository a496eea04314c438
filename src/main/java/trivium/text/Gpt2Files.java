package trivium.text;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The two files GPT-2's tokenizer came in: {@code vocab.json}, an object from tokens in the byte alphabet to ids, and
 * {@code merges.txt}, a line per merge with a first line {@code #version: 0.2}.
 *
 * <p>Neither says which tokens are special. Those that are no single byte and that no merge makes are taken to be:
 * GPT-2's {@code <|endoftext|>}.
 */
final class Gpt2Files {

    private Gpt2Files() {}

    static BytePairTokenizer read(Path vocabulary, Path merges) {
        var idOf = vocabulary(vocabulary);
        var learned = merges(merges, idOf);
        var made = learned.stream().map(Merge::result).collect(Collectors.toSet());
        var specials = new TreeSet<Integer>(idOf.values());
        idOf.forEach((token, id) -> {
            if (made.contains(id) || token.codePointCount(0, token.length()) == 1) {
                specials.remove(id);
            }
        });
        var tokens = new String[idOf.size()];
        idOf.forEach((token, id) -> {
            if (id < 0 || id >= tokens.length || tokens[id] != null) {
                throw new IllegalArgumentException(vocabulary + ": the ids of this vocabulary are not 0 to "
                        + (tokens.length - 1) + ", each once: \"" + Visible.show(token) + "\" has " + id);
            }
            tokens[id] = token;
        });
        for (int id = 0; id < tokens.length; id++) {
            if (!specials.contains(id)) {
                alphabet(vocabulary, tokens[id]);
            }
        }
        var model = new BytePairModel(true, Arrays.asList(tokens), learned, MergeRules.NONE);
        return new BytePairTokenizer(model, new AddedTokens(List.of()), Pipeline.byteLevel(PreTokenizers.GPT2))
                .withSpecials(specials.stream().map(id -> tokens[id]).toArray(String[]::new));
    }

    private static void alphabet(Path file, String token) {
        try {
            ByteAlphabet.read(token);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    private static Map<String, Integer> vocabulary(Path file) {
        var idOf = new HashMap<String, Integer>();
        try {
            PlainJson.parse(Tokenizers.text(file))
                    .getAsJsonObject()
                    .entrySet()
                    .forEach(entry -> idOf.put(entry.getKey(), HuggingFaceJson.id(entry.getValue())));
        } catch (JsonParseException
                | IllegalStateException
                | NumberFormatException
                | UnsupportedOperationException e) { // what Gson throws where it finds something else
            throw new IllegalArgumentException(
                    file + " is no vocabulary: expected a JSON object from tokens to ids, such as GPT-2's vocab.json",
                    e);
        }
        return idOf;
    }

    private static List<Merge> merges(Path file, Map<String, Integer> idOf) {
        var merges = new ArrayList<Merge>();
        int number = 0;
        for (var line : Tokenizers.text(file).split("\r?\n")) {
            number++;
            if (line.isEmpty() || number == 1 && line.startsWith("#version")) {
                continue;
            }
            try {
                merges.add(HuggingFaceJson.merge(line, idOf));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(file + ", line " + number + ": " + e.getMessage(), e);
            }
        }
        return merges;
    }

    /** Special tokens become entries of the vocabulary, as GPT-2's is. */
    static void write(BytePairTokenizer tokenizer, Path vocabulary, Path merges) {
        var model = tokenizer.model();
        if (!model.byteLevel()
                || !model.rules().equals(MergeRules.NONE)
                || !tokenizer.pipeline().cutsAsGpt2()) {
            throw new IllegalArgumentException(
                    "vocab.json and merges.txt can only hold byte-level BPE that cuts text as GPT-2 does; write a"
                            + " tokenizer.json with Tokenizers.save");
        }
        JsonObject json = HuggingFaceJson.vocabulary(model.tokens());
        tokenizer.added().all().forEach(token -> json.addProperty(token.content(), token.id()));
        var lines = new StringBuilder("#version: 0.2\n");
        for (var merge : model.merges()) {
            lines.append(model.tokens().get(merge.left()))
                    .append(' ')
                    .append(model.tokens().get(merge.right()))
                    .append('\n');
        }
        Tokenizers.write(HuggingFaceJson.GSON.toJson(json), vocabulary);
        Tokenizers.write(lines.toString(), merges);
    }
}
