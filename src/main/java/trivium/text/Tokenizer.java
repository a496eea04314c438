package trivium.text;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;

/**
 * Turns text into token ids and back. Ids are {@code 0 … size() - 1}; special tokens never arise from encoding plain
 * text, and come last unless a file had them elsewhere.
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

    /**
     * The same, but where the name of a special token stands in the text, that token is meant. For text that one has
     * written oneself: a stranger's could forge a marker.
     */
    default int[] encodeWithSpecials(String text) {
        var ids = new Ids(text.length() / 2);
        for (var section : Specials.finder(this).cut(text)) {
            ids.addAll(section.isToken() ? new int[] {section.id()} : encode(section.text()));
        }
        return ids.toArray();
    }

    /**
     * Ids with the tokens around them that the file of this tokenizer asks for, such as Llama's {@code <s>} in front;
     * the same ids where it asks for none, as tokenizers made here.
     */
    default int[] framed(int... ids) {
        return ids.clone();
    }

    /**
     * The ids of bytes that are meant to be UTF-8. Unless a tokenizer says otherwise, bytes that are not become the
     * replacement character U+FFFD.
     */
    default int[] encodeBytes(byte[] bytes) {
        return encode(new String(bytes, StandardCharsets.UTF_8));
    }

    /** The text of these ids; special tokens appear by name. */
    String decode(int... ids);

    /** The bytes of these ids' text, exact where ids stand for bytes; special tokens appear by name. */
    default byte[] bytes(int... ids) {
        return decode(ids).getBytes(StandardCharsets.UTF_8);
    }

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

    /**
     * The content of a {@code tokenizer.json} as Hugging Face's library has it, from which {@code Tokenizers.fromJson}
     * makes an equal tokenizer.
     */
    String toJson();

    /**
     * What fingerprints of this tokenizer are taken of, such as a run's {@code tokenizer_hash} and that of a token
     * file: a JSON text that equal tokenizers share, and that stays what it was when the format of files changes.
     */
    default String identity() {
        return toJson();
    }

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
