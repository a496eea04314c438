package trivium.text;

import java.util.List;
import java.util.OptionalInt;

/**
 * Turns text into token ids and back. Ids are {@code 0 … size() - 1}; special tokens come last and never arise from
 * encoding plain text.
 *
 * <p>Contract: {@code decode(encode(s))} is {@code s} for every text the tokenizer can represent; what it cannot is
 * handled by a stated rule, never by an exception.
 */
public interface Tokenizer {

    /** Marks the end of a document during pre-training. */
    String END_OF_TEXT = "<|endoftext|>";

    /** The number of distinct ids, special tokens included. */
    int size();

    /** The ids of plain text; the names of special tokens inside it are ordinary text. */
    int[] encode(String text);

    /** The text of these ids; special tokens appear by name. */
    String decode(int... ids);

    /**
     * A short printable form of one token, for tables and figures: a space shows as {@code ␣}, a line end as {@code ⏎}.
     */
    String show(int id);

    /** The special tokens, in id order. */
    List<String> specials();

    /** The id of a special token, empty if this tokenizer does not have it. */
    OptionalInt special(String name);

    /** This vocabulary with further special tokens after its last id. */
    Tokenizer withSpecials(String... names);

    /** A JSON text from which {@code Tokenizers.fromJson} makes an equal tokenizer. */
    String toJson();

    /**
     * The number of characters of a text that this tokenizer cannot represent; 0 unless its rule for them loses
     * something.
     */
    default long unknown(String text) {
        return 0;
    }

    /** One token per character of these texts; see {@link Tokenizers#characters}. */
    static Tokenizer characters(Iterable<String> texts) {
        return Tokenizers.characters(texts);
    }

    /** One token per byte; see {@link Tokenizers#bytes}. */
    static Tokenizer bytes() {
        return Tokenizers.bytes();
    }

    /** Byte-pair encoding of {@code size} tokens, special ones included; see {@link Tokenizers#bpe}. */
    static Tokenizer bpe(Iterable<String> texts, int size) {
        return Tokenizers.bpe(texts, size);
    }
}
