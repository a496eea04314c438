package trivium.run;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import trivium.data.Conversations;
import trivium.data.PreferenceBatches;
import trivium.data.Split;
import trivium.data.Texts;
import trivium.data.Tokens;
import trivium.data.profile.Copies;
import trivium.text.Chat;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizer;

/** Measures what a training is about to learn from; trainers put together what they can ({@link Trainer#probes}). */
public final class DataProbes {

    /** Pairs of answers as long as each other say nothing of length. */
    private static final double HALF = 0.5;

    /** Bytes of a token that is looked for within longer ones. */
    private static final int LONGEST = 16;

    private final Map<String, Double> measured = new LinkedHashMap<>();

    /** All that was measured, by the names of {@link Probe}. */
    public Map<String, Double> values() {
        return measured;
    }

    /** What a training begins with that does not begin anew. */
    public DataProbes start(Run start) {
        var recipe = start.card().recipe();
        if (recipe.get("tokenizer_hash") instanceof String hash) {
            measured.put(Probe.TOKENIZER_CHANGED, hash.equals(Fingerprint.of(start.tokenizer())) ? 0.0 : 1.0);
        }
        boolean chats = recipe.containsKey("start_hash"); // a base has no template yet
        if (chats) {
            var before = recipe.getOrDefault(PastRun.TEMPLATE, RunCard.plain(ChatTemplate.DEFAULT.setting()));
            var now = RunCard.plain(start.template().setting());
            measured.put(Probe.TEMPLATE_CHANGED, now.equals(before) ? 0.0 : 1.0);
        }
        return this;
    }

    /** Records of any kind: how many are copies, and how many that validate are learned from. */
    public DataProbes records(Texts all, Split<? extends Texts> split) {
        measured.put(Probe.DUPLICATES, Copies.duplicates(all).share());
        measured.put(
                Probe.VALIDATION_SEEN,
                Copies.shared(split.train(), split.validation()).share());
        return this;
    }

    /** How many records were left out because they are longer than the context. */
    public DataProbes leftOut(long leftOut, long all) {
        measured.put(Probe.LEFT_OUT, all == 0 ? Double.NaN : (double) leftOut / all);
        return this;
    }

    /** A text that is learned token by token. */
    public DataProbes text(Tokens train, Tokens validation, Tokenizer tokenizer) {
        var end = tokenizer.special(Tokenizer.END_OF_TEXT);
        var copies = Copies.duplicates(train, end);
        measured.put(Probe.DUPLICATES, copies.of() < 2 ? 0 : copies.share());
        measured.put(
                Probe.VALIDATION_SEEN, Copies.shared(train, validation, end).share());
        measured.put(Probe.VOCABULARY_SEEN, vocabularySeen(train, tokenizer));
        return this;
    }

    /**
     * The share of the tokens of several bytes that the text has, by themselves or within longer ones, as the steps of
     * byte-pair encoding on the way to a word are: tokens of one byte are there to write any text at all, and special
     * ones are not text. Not a number where there are none.
     */
    private static double vocabularySeen(Tokens train, Tokenizer tokenizer) {
        var seen = new boolean[tokenizer.size()];
        int[] ids = new int[1 << 16];
        for (long from = 0; from < train.size(); from += ids.length) {
            int count = (int) Math.min(ids.length, train.size() - from);
            train.ids().copy(from, ids, 0, count);
            for (int i = 0; i < count; i++) {
                seen[ids[i]] = true;
            }
        }
        var specials = tokenizer.specials().stream()
                .map(tokenizer::special)
                .filter(OptionalInt::isPresent)
                .map(OptionalInt::getAsInt)
                .collect(Collectors.toSet());
        var bytes = new String[seen.length]; // a character a byte
        var within = new HashSet<String>();
        for (int id = 0; id < seen.length; id++) {
            bytes[id] = specials.contains(id) ? "" : new String(tokenizer.bytes(id), StandardCharsets.ISO_8859_1);
            for (int from = 0; seen[id] && from < bytes[id].length(); from++) {
                for (int to = from + 2; to <= Math.min(bytes[id].length(), from + LONGEST); to++) {
                    within.add(bytes[id].substring(from, to));
                }
            }
        }
        int all = 0;
        int met = 0;
        for (int id = 0; id < seen.length; id++) {
            if (bytes[id].length() > 1) {
                all++;
                met += seen[id] || within.contains(bytes[id]) ? 1 : 0;
            }
        }
        return all == 0 ? Double.NaN : (double) met / all;
    }

    /**
     * Conversations as they are learned.
     *
     * @param ends ids that end an answer
     */
    public DataProbes chats(Conversations conversations, List<Chat> chats, Set<Integer> ends) {
        long tokens = 0;
        long learned = 0;
        long ending = 0;
        for (var chat : chats) {
            int last = -1;
            for (int i = 1; i < chat.ids().length; i++) {
                tokens++;
                if (chat.trained()[i]) {
                    learned++;
                    last = i;
                }
            }
            ending += last >= 0 && ends.contains(chat.ids()[last]) ? 1 : 0;
        }
        measured.put(Probe.LEARNED, (double) learned / tokens);
        measured.put(Probe.ANSWERS_THAT_END, (double) ending / chats.size());
        measured.put(
                Probe.EMPTY_ANSWERS,
                share(
                        conversations.list().stream()
                                .filter(each -> each.completion().isBlank())
                                .count(),
                        conversations.size()));
        return this;
    }

    /** Pairs of answers, as tokens. */
    public DataProbes pairs(PreferenceBatches pairs) {
        int count = pairs.size();
        long equal = 0;
        double longer = 0;
        long different = 0;
        for (int pair = 0; pair < count; pair++) {
            int[] chosen = pairs.examples().get(2 * pair).ids();
            int[] rejected = pairs.examples().get(2 * pair + 1).ids();
            equal += Arrays.equals(chosen, rejected) ? 1 : 0;
            if (chosen.length != rejected.length) {
                different++;
                longer += chosen.length > rejected.length ? 1 : 0;
            }
        }
        measured.put(Probe.PAIRS, (double) different);
        measured.put(Probe.EQUAL_PAIRS, share(equal, count));
        measured.put(Probe.LONGER_CHOSEN, different == 0 ? HALF : longer / different);
        return this;
    }

    private static double share(long some, long all) {
        return all == 0 ? Double.NaN : (double) some / all;
    }
}
