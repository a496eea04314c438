package trivium.text;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.stream.StreamSupport;

/**
 * One token per character (Unicode code point), ids in code point order.
 *
 * <p>A character outside the vocabulary becomes {@link #UNKNOWN} if this tokenizer has that special token
 * ({@code withSpecials(CharacterTokenizer.UNKNOWN)}); otherwise it is left out. {@link #unknown} says how many there
 * are in a text. Half a surrogate pair is no character and always unknown.
 */
public final class CharacterTokenizer implements Tokenizer {

    /** Stands for any character outside the vocabulary, where a tokenizer has this special token. */
    public static final String UNKNOWN = "<|unknown|>";

    static final String TYPE = "characters";
    private static final Gson GSON = new GsonBuilder().disableHtmlEscaping().create();

    private final int[] characters;
    private final Specials specials;

    private CharacterTokenizer(int[] characters, List<String> specials) {
        this.characters = characters;
        this.specials = new Specials(specials, characters.length);
    }

    /** The vocabulary of all characters in {@code texts}, without special tokens. */
    public static CharacterTokenizer of(Iterable<String> texts) {
        return of(StreamSupport.stream(texts.spliterator(), false).toList(), List.of());
    }

    static CharacterTokenizer of(List<String> texts, List<String> specials) {
        var seen = new TreeSet<Integer>();
        texts.forEach(text -> text.codePoints()
                .distinct()
                .filter(c -> c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE)
                .forEach(seen::add));
        if (seen.isEmpty()) {
            throw new IllegalArgumentException("a character vocabulary needs at least one character of text");
        }
        return new CharacterTokenizer(seen.stream().mapToInt(Integer::intValue).toArray(), specials);
    }

    @Override
    public int size() {
        return specials.size();
    }

    @Override
    public int[] encode(String text) {
        int other = special(UNKNOWN).orElse(-1);
        return text.codePoints().map(c -> id(c, other)).filter(id -> id >= 0).toArray();
    }

    @Override
    public long unknown(String text) {
        return text.codePoints().filter(c -> id(c, -1) < 0).count();
    }

    private int id(int character, int other) {
        int index = Arrays.binarySearch(characters, character);
        return index < 0 ? other : index;
    }

    @Override
    public String decode(int... ids) {
        var text = new StringBuilder(ids.length);
        for (int id : ids) {
            if (specials.has(specials.check(id))) {
                text.append(specials.name(id));
            } else {
                text.appendCodePoint(characters[id]);
            }
        }
        return text.toString();
    }

    @Override
    public String show(int id) {
        return Visible.show(decode(id));
    }

    @Override
    public List<String> specials() {
        return specials.names();
    }

    @Override
    public OptionalInt special(String name) {
        return specials.id(name);
    }

    @Override
    public Tokenizer withSpecials(String... names) {
        return new CharacterTokenizer(characters, specials.and(names));
    }

    /**
     * The {@code tokenizer.json} of Hugging Face's tokenizers library, which reads it too: byte-pair encoding without
     * merges. Where a special token's name is a single character, which that form would find in plain text, it is
     * {@link #identity}.
     */
    @Override
    public String toJson() {
        return specials().stream().anyMatch(name -> name.codePointCount(0, name.length()) == 1)
                ? identity()
                : asBytePairs().toJson();
    }

    /**
     * The same vocabulary as byte-pair encoding that merges nothing; specials are in the model too, to keep their ids.
     */
    BytePairTokenizer asBytePairs() {
        var tokens = new ArrayList<String>();
        for (int character : characters) {
            tokens.add(Character.toString(character));
        }
        tokens.addAll(specials());
        var unknown = special(UNKNOWN).isPresent() ? UNKNOWN : null;
        var model = new BytePairModel(false, tokens, List.of(), new MergeRules(unknown, false, false, false));
        return new BytePairTokenizer(model, new AddedTokens(List.of()), Pipeline.fused())
                .withSpecials(specials().toArray(String[]::new));
    }

    @Override
    public String identity() {
        var json = new LinkedHashMap<String, Object>();
        json.put("type", TYPE);
        json.put("characters", new String(characters, 0, characters.length));
        json.put("specials", specials());
        return GSON.toJson(json);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CharacterTokenizer that
                && Arrays.equals(characters, that.characters)
                && specials.equals(that.specials);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(characters) + specials.hashCode();
    }

    @Override
    public String toString() {
        return "character tokenizer, " + Numbers.count(characters.length, "character") + Tokenizers.listed(specials());
    }
}
