package trivium.data;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import trivium.text.Tokenizer;

/** Where the documents are in a row of tokens. Reads some tokens at a time, so that a mapped file stays in its file. */
final class Boundaries {

    private static final int CHUNK = 1 << 12;

    private Boundaries() {}

    /** Behind the first end of a document from {@code place} on, if another document follows; else {@code place}. */
    static long endAfter(long place, Tokens.Ids ids, Tokenizer tokenizer) {
        var end = tokenizer.special(Tokenizer.END_OF_TEXT);
        long found = end.isEmpty() ? -1 : next(id -> id == end.getAsInt(), Math.max(0, place - 1), ids);
        return found < 0 || found == ids.size() - 1 ? place : found + 1;
    }

    /** The UTF-8 bytes of these tokens' text, in which special tokens count for nothing. */
    static long bytes(Tokens.Ids ids, Tokenizer tokenizer) {
        var specials = tokenizer.specials().stream()
                .map(name -> tokenizer.special(name).orElseThrow())
                .collect(Collectors.toSet());
        long bytes = 0;
        for (long from = 0; from < ids.size(); from += CHUNK) {
            bytes += tokenizer.bytes(IntStream.of(read(from, ids))
                            .filter(id -> !specials.contains(id))
                            .toArray())
                    .length;
        }
        return bytes;
    }

    /** The text of each document, one after the other. */
    static Stream<String> of(Tokens.Ids ids, Tokenizer tokenizer) {
        int end = tokenizer.special(Tokenizer.END_OF_TEXT).orElse(-1);
        var documents = new Iterator<String>() {
            private long from;

            @Override
            public boolean hasNext() {
                return from < ids.size();
            }

            @Override
            public String next() {
                if (!hasNext()) {
                    throw new NoSuchElementException("there is no document after the last");
                }
                long found = Boundaries.next(id -> id == end, from, ids);
                long to = found < 0 ? ids.size() : found;
                var text = tokenizer.decode(ids.slice(from, to).toArray());
                from = to + 1;
                return text;
            }
        };
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(documents, Spliterator.ORDERED), false);
    }

    private static long next(IntPredicate wanted, long from, Tokens.Ids ids) {
        for (long start = from; start < ids.size(); start += CHUNK) {
            int[] some = read(start, ids);
            for (int i = 0; i < some.length; i++) {
                if (wanted.test(some[i])) {
                    return start + i;
                }
            }
        }
        return -1;
    }

    private static int[] read(long from, Tokens.Ids ids) {
        int[] some = new int[(int) Math.min(CHUNK, ids.size() - from)];
        ids.copy(from, some, 0, some.length);
        return some;
    }
}
