package trivium.data.profile;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import trivium.data.TokenFile;
import trivium.text.Pieces;
import trivium.text.Tokenizer;

/**
 * What a token file looks like, by its first ten million tokens.
 *
 * @param file what is described
 * @param read how many tokens were looked at
 * @param used how many different ones there are among them
 * @param most the most frequent, as text if the tokenizer is known, else "id 17"
 * @param documents the lengths of whole documents in tokens, where the tokenizer is known and marks their ends
 * @param beginning the first tokens, where the tokenizer is known
 */
public record TokenProfile(
        TokenFile file,
        long read,
        int used,
        List<Frequency> most,
        Optional<Lengths> documents,
        Optional<Pieces> beginning) {

    private static final int BUDGET = 10_000_000;
    private static final int MOST = 10;
    private static final int BEGINNING = 60;

    public TokenProfile {
        most = List.copyOf(most);
    }

    /** Profiles a file whose tokenizer is unknown: tokens stay ids. */
    public static TokenProfile of(TokenFile file) {
        return of(file, OptionalInt.empty(), id -> "id " + id, Optional.empty());
    }

    /**
     * Profiles a file with text in place of ids.
     *
     * @throws IllegalArgumentException if the file was built with another tokenizer
     */
    public static TokenProfile of(TokenFile file, Tokenizer tokenizer) {
        var checked = TokenFile.open(file.path(), tokenizer);
        return of(checked, tokenizer.special(Tokenizer.END_OF_TEXT), tokenizer::show, Optional.of(tokenizer));
    }

    private static TokenProfile of(
            TokenFile file, OptionalInt end, IntFunction<String> show, Optional<Tokenizer> tokenizer) {
        int[] ids = new int[(int) Math.min(BUDGET, file.tokens().size())];
        file.tokens().ids().copy(0, ids, 0, ids.length);
        int[] times = new int[file.vocabulary()];
        var lengths = new ArrayList<Integer>();
        int start = 0;
        for (int i = 0; i < ids.length; i++) {
            times[ids[i]]++;
            if (end.isPresent() && ids[i] == end.getAsInt()) {
                lengths.add(i - start);
                start = i + 1;
            }
        }
        var most = IntStream.range(0, times.length)
                .filter(id -> times[id] > 0)
                .boxed()
                .sorted(Comparator.<Integer>comparingInt(id -> -times[id]))
                .limit(MOST)
                .map(id -> new Frequency(show.apply(id), times[id]))
                .toList();
        return new TokenProfile(
                file,
                ids.length,
                (int) IntStream.of(times).filter(count -> count > 0).count(),
                most,
                lengths.isEmpty()
                        ? Optional.empty()
                        : Optional.of(Lengths.of(
                                "tokens",
                                lengths.stream().mapToInt(Integer::intValue).toArray())),
                tokenizer.map(words ->
                        Pieces.of(words, IntStream.of(ids).limit(BEGINNING).toArray())));
    }

    @Override
    public String toString() {
        return file
                + String.format(Locale.ROOT, "; %,d of %,d different tokens used", used, file.vocabulary())
                + documents.map(lengths -> "\n  document, " + lengths).orElse("");
    }
}
