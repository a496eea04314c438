package trivium.text;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.concurrent.CancellationException;

/**
 * Learns byte-pair merges: again and again the most frequent pair of neighbouring tokens becomes a token of its own
 * (Sennrich, Haddow and Birch 2016, algorithm 1, on bytes).
 *
 * <p>Ties go to the pair with the smallest ids, so the result is a function of the text alone. Counts are kept up to
 * date word by word, and a heap with entries that may be out of date finds the next pair: training costs about as much
 * as reading the text.
 */
final class BytePairTrainer {

    /** Pairs that occur fewer times are not merged. */
    private static final long LEAST_COUNT = 2;

    /** A different piece of text, as the tokens it consists of so far, and how often it occurs. */
    private static final class Word {
        final long count;
        final int[] ids;
        int length;

        Word(int[] ids, long count) {
            this.ids = ids;
            this.length = ids.length;
            this.count = count;
        }
    }

    /** Two neighbouring tokens: how often, and in which words (some of which may have lost the pair since). */
    private static final class Pair {
        final int left;
        final int right;
        final List<Word> words = new ArrayList<>(2);
        long count;
        boolean grown;

        Pair(int left, int right) {
            this.left = left;
            this.right = right;
        }
    }

    /** A pair as it stood when it was put on the heap. */
    private record Candidate(Pair pair, long count) {

        static final Comparator<Candidate> MOST_FREQUENT_FIRST = Comparator.comparingLong(Candidate::count)
                .reversed()
                .thenComparingInt(c -> c.pair.left)
                .thenComparingInt(c -> c.pair.right);
    }

    private final Map<Long, Pair> pairs = new HashMap<>();
    private final PriorityQueue<Candidate> heap = new PriorityQueue<>(Candidate.MOST_FREQUENT_FIRST);
    private final List<Pair> grown = new ArrayList<>();
    private final List<byte[]> tokens = new ArrayList<>();
    private final Map<ByteBuffer, Integer> idOf = new HashMap<>();
    private final List<Merge> merges = new ArrayList<>();

    private final Set<ByteBuffer> reserved = new HashSet<>();

    private BytePairTrainer(List<String> specials) {
        specials.forEach(name -> reserved.add(ByteBuffer.wrap(name.getBytes(StandardCharsets.UTF_8))));
        for (int b = 0; b < 256; b++) {
            token(new byte[] {(byte) b});
        }
    }

    /** A tokenizer of up to {@code size} tokens before special ones; fewer where no pair occurs twice. */
    static BytePairTokenizer train(Iterable<String> texts, int size, PreTokenizer cut, List<String> specials) {
        var trainer = new BytePairTrainer(specials);
        trainer.read(texts, cut);
        trainer.learn(size);
        return BytePairTokenizer.byteLevel(trainer.tokens, trainer.merges, cut, specials);
    }

    private void read(Iterable<String> texts, PreTokenizer cut) {
        var counts = new LinkedHashMap<String, Long>();
        for (String text : texts) {
            stopIfInterrupted();
            char[] characters = text.toCharArray();
            cut.cut(
                    characters,
                    0,
                    characters.length,
                    (start, end) -> counts.merge(new String(characters, start, end - start), 1L, Long::sum));
        }
        counts.forEach((piece, count) -> {
            byte[] bytes = piece.getBytes(StandardCharsets.UTF_8);
            int[] ids = new int[bytes.length];
            Arrays.setAll(ids, i -> bytes[i] & 0xff);
            var word = new Word(ids, count);
            for (int i = 0; i + 1 < ids.length; i++) {
                gain(word, ids[i], ids[i + 1]);
            }
        });
        offerGrown();
    }

    private void learn(int size) {
        while (tokens.size() < size && !heap.isEmpty()) {
            stopIfInterrupted();
            var best = heap.poll();
            if (best.count != best.pair.count) {
                offer(best.pair);
            } else if (best.count < LEAST_COUNT) {
                return;
            } else {
                merge(best.pair);
            }
        }
    }

    private void merge(Pair pair) {
        byte[] left = tokens.get(pair.left);
        byte[] right = tokens.get(pair.right);
        byte[] joined = Arrays.copyOf(left, left.length + right.length);
        System.arraycopy(right, 0, joined, left.length, right.length);
        if (reserved.contains(ByteBuffer.wrap(joined))) {
            return; // the name of a special token, written in the text, stays ordinary text
        }
        int result = token(joined);
        merges.add(new Merge(pair.left, pair.right, result));
        for (var word : pair.words) {
            replace(word, pair.left, pair.right, result);
        }
        pairs.remove(PairTable.key(pair.left, pair.right));
        pair.count = 0;
        offerGrown();
    }

    /**
     * The id of these bytes. Two different merges can make the same bytes; they share one token, as in Hugging Face's
     * trainer.
     */
    private int token(byte[] bytes) {
        return idOf.computeIfAbsent(ByteBuffer.wrap(bytes), _ -> {
            tokens.add(bytes);
            return tokens.size() - 1;
        });
    }

    /** Merges every occurrence in a word from left to right and moves the counts of the pairs around it. */
    private void replace(Word word, int left, int right, int result) {
        int[] ids = word.ids;
        int kept = 0;
        for (int i = 0; i < word.length; i++) {
            if (i + 1 < word.length && ids[i] == left && ids[i + 1] == right) {
                if (kept > 0) {
                    lose(word, ids[kept - 1], left);
                    gain(word, ids[kept - 1], result);
                }
                if (i + 2 < word.length) {
                    lose(word, right, ids[i + 2]);
                    gain(word, result, ids[i + 2]);
                }
                ids[kept++] = result;
                i++;
            } else {
                ids[kept++] = ids[i];
            }
        }
        word.length = kept;
    }

    private void gain(Word word, int left, int right) {
        var pair = pairs.computeIfAbsent(PairTable.key(left, right), _ -> new Pair(left, right));
        pair.count += word.count;
        if (pair.words.isEmpty() || pair.words.getLast() != word) {
            pair.words.add(word);
        }
        if (!pair.grown) {
            pair.grown = true;
            grown.add(pair);
        }
    }

    private void lose(Word word, int left, int right) {
        pairs.get(PairTable.key(left, right)).count -= word.count;
    }

    private void offerGrown() {
        for (var pair : grown) {
            pair.grown = false;
            offer(pair);
        }
        grown.clear();
    }

    private void offer(Pair pair) {
        if (pair.count > 0) {
            heap.add(new Candidate(pair, pair.count));
        }
    }

    private static void stopIfInterrupted() {
        if (Thread.interrupted()) {
            throw new CancellationException("training the tokenizer was interrupted");
        }
    }
}
