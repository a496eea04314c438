package trivium.text;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** The special tokens of a vocabulary: {@code names} in id order, from id {@code first} on. */
record Specials(List<String> names, int first) {

    Specials {
        names = List.copyOf(names);
        names.forEach(Specials::checkName);
        if (names.stream().distinct().count() != names.size()) {
            throw new IllegalArgumentException("a special token is named twice in " + names);
        }
    }

    /** @throws IllegalArgumentException if the name is blank */
    static void checkName(String name) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("a special token needs a name, such as \"<|end|>\"");
        }
    }

    /** The size of the whole vocabulary. */
    int size() {
        return first + names.size();
    }

    boolean has(int id) {
        return id >= first;
    }

    String name(int id) {
        return names.get(id - first);
    }

    OptionalInt id(String name) {
        int index = names.indexOf(name);
        return index < 0 ? OptionalInt.empty() : OptionalInt.of(first + index);
    }

    /** The names so far, then those of {@code more} that are new. */
    List<String> and(String... more) {
        var all = new ArrayList<>(names);
        for (String name : more) {
            if (!all.contains(name)) {
                all.add(name);
            }
        }
        return all;
    }

    /** Looks for a tokenizer's special tokens in text. */
    static AddedTokens.Finder finder(Tokenizer tokenizer) {
        return new AddedTokens(tokenizer.specials().stream()
                        .map(name -> new AddedToken(
                                tokenizer.special(name).orElseThrow(), name, Set.of(AddedToken.Flag.SPECIAL)))
                        .toList())
                .raw(true);
    }

    /** Passes a valid id on; refuses others in one sentence. */
    int check(int id) {
        return check(id, size());
    }

    static int check(int id, int size) {
        if (id < 0 || id >= size) {
            throw new IllegalArgumentException(
                    "id " + id + " is outside this vocabulary of " + size + " (0 to " + (size - 1) + ")");
        }
        return id;
    }
}
