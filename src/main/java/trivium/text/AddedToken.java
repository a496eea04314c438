package trivium.text;

import java.util.Set;

/** A token that is found in text before anything is merged, as Hugging Face's library has it. */
record AddedToken(int id, String content, Set<Flag> flags) {

    /** What a {@code tokenizer.json} says of an added token; the names are the file's, in capitals. */
    enum Flag {
        /** Not inside a longer word. */
        SINGLE_WORD,
        /** White space before it belongs to it. */
        LSTRIP,
        /** White space after it belongs to it. */
        RSTRIP,
        /** Looked for in normalised text. */
        NORMALIZED,
        /** Marks something; never meant by plain text. */
        SPECIAL
    }

    AddedToken {
        flags = Set.copyOf(flags);
        // white space is one like any other: GPT-NeoX's tokenizer has runs of spaces
        if (content.isEmpty()) {
            throw new IllegalArgumentException("the added token " + id + " is an empty text, which stands everywhere");
        }
    }

    boolean is(Flag flag) {
        return flags.contains(flag);
    }
}
