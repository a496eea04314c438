package trivium.data.profile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import trivium.data.Texts;
import trivium.text.Numbers;

/**
 * What data to judge by has in common with the data that was learned from. Sequences of {@value #LONG} words are what
 * Brown et al. (2020, appendix C) look for at their shortest; they are compared by a hash of 64 bits. Training data is
 * read whole, held-out data as its profile reads it.
 *
 * @param train what was learned from
 * @param heldOut what is judged by
 * @param records held-out records that equal one of the training data, all texts alike
 * @param prompts held-out records whose prompt the training data has; 0 of 0 where there are none
 * @param words different held-out words that the training data has
 * @param sequences sequences of {@value #LONG} words in held-out answers or documents that the training data has in its
 *     own
 */
public record Overlap(Profile train, Profile heldOut, Seen records, Seen prompts, Seen words, Seen sequences) {

    /** Words in a sequence. */
    public static final int LONG = 8;

    /**
     * Compares two data sets of one kind.
     *
     * @throws IllegalArgumentException if records of one are made of other texts than those of the other
     */
    public static Overlap of(Texts train, Texts heldOut) {
        if (!train.parts().equals(heldOut.parts())) {
            throw new IllegalArgumentException("records of " + train.parts() + " (" + train.name()
                    + ") cannot be compared with records of " + heldOut.parts() + " (" + heldOut.name()
                    + "); give two data sets of one kind");
        }
        boolean asks = train.parts().getFirst().equals(Texts.PROMPT);
        var known = new Reading(train, all(train));
        var asked = new Reading(heldOut, Sample.of(heldOut, length(heldOut)).records());
        return new Overlap(
                Profile.of(train),
                Profile.of(heldOut),
                seen(train, heldOut, Profiling::key),
                asks ? seen(train, heldOut, (data, record) -> data.text(record, 0)) : new Seen(0, 0),
                new Seen(asked.words.stream().filter(known.words::contains).count(), asked.words.size()),
                known.seen(asked));
    }

    private static int[] all(Texts data) {
        return IntStream.range(0, data.size()).toArray();
    }

    private static long length(Texts data) {
        return IntStream.range(0, data.size())
                .mapToLong(record -> IntStream.range(0, data.parts().size())
                        .mapToLong(part -> data.text(record, part).length())
                        .sum())
                .sum();
    }

    /** What of a record is compared. */
    private interface Key {
        Object of(Texts data, int record);
    }

    private static Seen seen(Texts train, Texts heldOut, Key key) {
        Set<Object> known = new HashSet<>();
        IntStream.range(0, train.size()).forEach(record -> known.add(key.of(train, record)));
        long times = IntStream.range(0, heldOut.size())
                .filter(record -> known.contains(key.of(heldOut, record)))
                .count();
        return new Seen(times, heldOut.size());
    }

    /** The words of a data set, and hashes of the sequences in what is learned, in the order they come. */
    private static final class Reading {
        private final Set<String> words = new HashSet<>();
        private long[] sequences = new long[1024];
        private int size;

        Reading(Texts data, int[] records) {
            int first = data.parts().getFirst().equals(Texts.PROMPT) ? 1 : 0;
            for (int record : records) {
                for (int part = 0; part < data.parts().size(); part++) {
                    read(data.text(record, part), part >= first);
                }
            }
            sequences = Arrays.copyOf(sequences, size);
        }

        private void read(String text, boolean learned) {
            long[] window = new long[LONG];
            int[] count = new int[1];
            Words.each(text, word -> {
                words.add(word);
                if (learned) {
                    window[count[0]++ % LONG] = hash(word);
                    if (count[0] >= LONG) {
                        add(window, count[0]);
                    }
                }
            });
        }

        private void add(long[] window, int next) {
            long hash = 0;
            for (int i = 0; i < LONG; i++) {
                hash = mixed(hash * 31 + window[(next + i) % LONG]);
            }
            if (size == sequences.length) {
                sequences = Arrays.copyOf(sequences, 2 * size);
            }
            sequences[size++] = hash;
        }

        private static long hash(String word) {
            long hash = word.length();
            for (int i = 0; i < word.length(); i++) {
                hash = mixed(hash + word.charAt(i));
            }
            return hash;
        }

        /** Splitmix64 (Steele et al. 2014): one to one, and every bit matters. */
        private static long mixed(long value) {
            long z = value + 0x9E3779B97F4A7C15L;
            z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
            z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
            return z ^ (z >>> 31);
        }

        Seen seen(Reading other) {
            long[] sorted = sequences.clone();
            Arrays.sort(sorted);
            long times = LongStream.of(other.sequences)
                    .filter(sequence -> Arrays.binarySearch(sorted, sequence) >= 0)
                    .count();
            return new Seen(times, other.size);
        }
    }

    /** Each finding with its words, in the order to be shown. */
    public List<Fact> facts() {
        var noun = heldOut.data().noun();
        var learned = heldOut.data().parts().contains(Texts.PROMPT) ? "answers" : "documents";
        var facts = new ArrayList<Fact>();
        facts.add(fact("held-out " + noun + "s that are in the training data", records));
        if (prompts.of() > 0) {
            facts.add(fact("held-out " + noun + "s whose prompt is in the training data", prompts));
        }
        facts.add(fact("different held-out words that the training data has", words));
        facts.add(fact(
                "sequences of " + LONG + " words in held-out " + learned + " that the training data has", sequences));
        return facts;
    }

    private static Fact fact(String label, Seen seen) {
        return new Fact(
                label,
                seen.of() == 0
                        ? "there are none"
                        : Numbers.count(seen.times()) + " of " + Numbers.count(seen.of()) + " ("
                                + Numbers.percent(seen.share()) + ")");
    }

    @Override
    public String toString() {
        var text =
                new StringBuilder(train.data().name() + " and " + heldOut.data().name());
        facts().forEach(fact ->
                text.append("\n  ").append(fact.label()).append(": ").append(fact.value()));
        return text.toString();
    }
}
