package trivium.text;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Byte-level vocabularies whose merges come in any order, some before those of their parts, beside plain merging. */
class SeamsTest {

    private static final int[] BYTES = {'a', 'b', ' ', 0xC3, 0xA9, 0xA4, 0xF0, 0x9F, 0x98, 0x80};
    private static final String[] CHARACTERS = {"a", "b", " ", "é", "ä", "🙂", "aa"};

    private final Random random = new Random(5);
    private final List<String> tokens = new ArrayList<>();
    private final List<Merge> merges = new ArrayList<>();

    @Test
    void whatIsCutAtSeamsIsWhatMergingMakesOfIt() {
        int cut = 0;
        for (int vocabulary = 0; vocabulary < 40; vocabulary++) {
            learn();
            var model = new BytePairModel(true, tokens, merges, MergeRules.NONE);
            var ranks = new PairTable(64);
            for (int i = 0; i < merges.size(); i++) {
                ranks.put(merges.get(i).left(), merges.get(i).right(), i);
            }
            var ids = new HashMap<String, Integer>();
            tokens.forEach(token -> ids.put(token, ids.size()));
            var symbols = new Symbols(true, ids, MergeRules.NONE);
            for (int i = 0; i < 40; i++) {
                char[] text = text().toCharArray();
                var found = new Ids(0);
                model.encode(text, PreTokenizers.NONE, found);
                int[] merged = PieceMerger.merge(symbols.of(text, 0, text.length), ranks, merges);
                assertArrayEquals(merged, found.toArray(), Visible.show(new String(text)));
                cut += new Seams(symbols, tokens, merges).seam(text, 1, text.length) < text.length ? 1 : 0;
            }
        }
        assertTrue(cut > 100, "of 1,600 texts " + cut + " have a seam");
    }

    private void learn() {
        tokens.clear();
        merges.clear();
        IntStream.range(0, 256).forEach(b -> tokens.add(ByteAlphabet.write(new byte[] {(byte) b})));
        var parts = new ArrayList<>(IntStream.of(BYTES).boxed().toList());
        for (int i = 0; i < 25; i++) {
            int left = parts.get(random.nextInt(parts.size()));
            int right = parts.get(random.nextInt(parts.size()));
            var token = tokens.get(left) + tokens.get(right);
            if (token.length() <= 12 && !tokens.contains(token)) {
                parts.add(tokens.size());
                merges.add(new Merge(left, right, tokens.size()));
                tokens.add(token);
            }
        }
        Collections.shuffle(merges, random);
    }

    private String text() {
        var text = new StringBuilder();
        int length = 30 + random.nextInt(60);
        while (text.length() < length) {
            var next = CHARACTERS[random.nextInt(CHARACTERS.length)];
            text.append(next.repeat(random.nextInt(10) == 0 ? 20 : 1));
        }
        return text.toString();
    }
}
