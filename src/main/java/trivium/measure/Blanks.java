package trivium.measure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import trivium.data.Masking;
import trivium.model.LanguageModel;
import trivium.model.Slices;
import trivium.tensor.Batch;
import trivium.tensor.Workers;
import trivium.text.Tokenizer;
import trivium.text.Tokenizers;

/** A sentence with blanks before a model that looks both ways: {@link Masking#MASK} stands where a token is missing. */
final class Blanks {

    private static final int ROWS = 64;

    private final LanguageModel model;
    private final Tokenizer tokenizer;
    private final int mask;
    /** The tokens around the blanks, one more than there are blanks. */
    private final List<int[]> around = new ArrayList<>();
    /** For each blank the space before it, where this tokenizer has it at the beginning of words. */
    private final List<String> spaces = new ArrayList<>();

    /** @param parts what stands around the blanks */
    Blanks(LanguageModel model, Tokenizer tokenizer, List<String> parts) {
        this.model = model;
        this.tokenizer = tokenizer;
        mask = tokenizer
                .special(Masking.MASK)
                .orElseThrow(() -> new IllegalArgumentException("a model that looks both ways fills a blank where "
                        + Masking.MASK + " stands, which this tokenizer lacks"));
        boolean joins = Tokenizers.joinsSpaces(tokenizer);
        for (int i = 0; i < parts.size(); i++) {
            boolean space = joins && i < parts.size() - 1 && parts.get(i).endsWith(" ");
            var part = space ? parts.get(i).substring(0, parts.get(i).length() - 1) : parts.get(i);
            spaces.add(space ? " " : "");
            around.add(i == 0 ? Sentences.document(tokenizer, part) : tokenizer.encode(part));
        }
    }

    /** How many tokens the sentence has with so many in each blank. */
    int length(int filling) {
        return around.stream().mapToInt(part -> part.length).sum() + filling * (around.size() - 1);
    }

    /** The tokens of a word in the first blank. */
    int[] word(String word) {
        return tokenizer.encode(spaces.getFirst() + word);
    }

    /** A word's i-th token missing, and those after it: the row, and what stood there. */
    private record Row(int word, int[] tokens, int at, int target) {}

    /**
     * log p of each word in the only blank, in nats: of its first token where as many tokens are missing as it has, of
     * its second where the first is known, and so on (Kauf and Ivanova 2023, PLL-word-l2r: within a word from left to
     * right). A word of no token has none.
     */
    double[] logProbs(List<int[]> words) {
        var byLength = new TreeMap<Integer, List<Row>>(); // a model that looks both ways would see padding
        var sums = new double[words.size()];
        for (int w = 0; w < words.size(); w++) {
            int[] word = words.get(w);
            sums[w] = word.length == 0 ? Double.NEGATIVE_INFINITY : 0;
            for (int i = 0; i < word.length; i++) {
                int[] shown = Arrays.copyOf(word, word.length);
                Arrays.fill(shown, i, word.length, mask);
                byLength.computeIfAbsent(word.length, _ -> new ArrayList<>())
                        .add(new Row(w, row(List.of(shown)), around.getFirst().length + i, word[i]));
            }
        }
        try (var slices = new Slices(model, Workers.available())) {
            for (var rows : byLength.values()) {
                for (int from = 0; from < rows.size(); from += ROWS) {
                    score(slices, rows.subList(from, Math.min(from + ROWS, rows.size())), sums);
                }
            }
        }
        return sums;
    }

    private static void score(Slices slices, List<Row> rows, double... sums) {
        if (Thread.interrupted()) {
            throw new CancellationException("filling a blank was interrupted");
        }
        int time = rows.getFirst().tokens.length;
        int[] tokens =
                rows.stream().flatMapToInt(row -> IntStream.of(row.tokens)).toArray();
        int[] targets = new int[tokens.length];
        var weights = new float[tokens.length];
        for (int r = 0; r < rows.size(); r++) {
            int asked = r * time + rows.get(r).at;
            targets[asked] = rows.get(r).target;
            weights[asked] = 1;
        }
        var values = new float[tokens.length];
        slices.values(new Batch(rows.size(), time, tokens, targets, weights, 1), values);
        for (int r = 0; r < rows.size(); r++) {
            sums[rows.get(r).word] += values[r * time + rows.get(r).at];
        }
    }

    /** The sentence with the likeliest token in each blank, the surest first (Ghazvininejad et al. 2019). */
    String filled() {
        int blanks = around.size() - 1;
        var fillings = new ArrayList<int[]>();
        for (int i = 0; i < blanks; i++) {
            fillings.add(new int[] {mask});
        }
        var open = new HashSet<>(IntStream.range(0, blanks).boxed().toList());
        while (!open.isEmpty()) {
            fillSurest(fillings, open);
        }
        int[] tokens = row(fillings);
        int start = tokenizer.special(Tokenizer.END_OF_TEXT).isPresent() ? 1 : 0;
        return tokenizer.decode(Arrays.copyOfRange(tokens, start, tokens.length));
    }

    private void fillSurest(List<int[]> fillings, Set<Integer> open) {
        int[] tokens = row(fillings);
        var outputs = model.pass(1, tokens.length).outputs(tokens, 0, 1, tokens.length);
        int vocabulary = model.outputs();
        int surest = -1;
        int token = 0;
        double highest = Double.NEGATIVE_INFINITY;
        int at = 0;
        for (int i = 0; i < fillings.size(); i++) {
            at += around.get(i).length;
            float[] logits = withoutSpecials(outputs.toArray((long) at * vocabulary, vocabulary));
            int best = Distribution.likeliest(logits);
            double logProb = logits[best] - Distribution.logSum(logits);
            if (open.contains(i) && (surest < 0 || logProb > highest)) {
                surest = i;
                token = best;
                highest = logProb;
            }
            at += fillings.get(i).length;
        }
        fillings.set(surest, new int[] {token});
        open.remove(surest);
    }

    private float[] withoutSpecials(float... logits) {
        for (var name : tokenizer.specials()) {
            logits[tokenizer.special(name).orElseThrow()] = Float.NEGATIVE_INFINITY;
        }
        return logits;
    }

    private int[] row(List<int[]> fillings) {
        var tokens = IntStream.builder();
        for (int i = 0; i < around.size(); i++) {
            IntStream.of(around.get(i)).forEach(tokens);
            if (i < fillings.size()) {
                IntStream.of(fillings.get(i)).forEach(tokens);
            }
        }
        return tokens.build().toArray();
    }
}
