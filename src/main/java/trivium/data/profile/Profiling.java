package trivium.data.profile;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import trivium.data.Texts;
import trivium.text.Tokenizer;

/** The work of making a {@link Profile}. */
final class Profiling {

    private final Texts data;
    private final Tokenizer tokenizer;
    private final List<String> names;
    /** How long each record is, exactly enough to choose examples by: supplementary characters count twice. */
    private final long[] lengths;

    private final long length;
    private final Sample sample;

    /** @param tokenizer null to count no tokens */
    Profiling(Texts data, Tokenizer tokenizer) {
        this.data = data;
        this.tokenizer = tokenizer;
        names = data.parts();
        lengths = all().mapToLong(this::length).toArray();
        length = LongStream.of(lengths).sum();
        sample = Sample.of(data, length);
    }

    private IntStream all() {
        return IntStream.range(0, data.size());
    }

    private long length(int record) {
        long sum = 0;
        for (int part = 0; part < names.size(); part++) {
            sum += data.text(record, part).length();
        }
        return sum;
    }

    Profile profile() {
        var kinds = kinds();
        var parts = parts();
        return new Profile(data, extent(), parts, facts(kinds, parts), examples(kinds));
    }

    private Extent extent() {
        Set<Object> records = new HashSet<>();
        Set<String> prompts = new HashSet<>();
        boolean asks = names.getFirst().equals(Texts.PROMPT);
        all().forEach(record -> {
            records.add(key(data, record));
            if (asks) {
                prompts.add(data.text(record, 0));
            }
        });
        boolean whole = length <= Sample.BUDGET;
        return new Extent(
                data.size(),
                whole ? sample.characters() : characters(),
                sample.characters(),
                data.size() - records.size(),
                prompts.size(),
                whole ? data.sha256() : "");
    }

    /** What makes two records copies of each other. */
    static Object key(Texts data, int record) {
        int parts = data.parts().size();
        return parts == 1
                ? data.text(record, 0)
                : IntStream.range(0, parts)
                        .mapToObj(part -> data.text(record, part))
                        .toList();
    }

    private long characters() {
        return all().mapToLong(record -> IntStream.range(0, names.size())
                        .mapToLong(part -> Sample.codePoints(data.text(record, part)))
                        .sum())
                .sum();
    }

    private List<Part> parts() {
        var parts = new ArrayList<Part>();
        for (int i = 0; i < sample.names().size(); i++) {
            var texts = sample.columns().get(i);
            var words = new Vocabulary.Counter();
            var lengths = new ArrayList<Lengths>();
            lengths.add(lengths("characters", texts, Sample::codePoints));
            lengths.add(lengths("words", texts, words::read));
            if (tokenizer != null) {
                lengths.add(lengths("tokens", texts, text -> tokenizer.encode(text).length));
            }
            parts.add(new Part(sample.names().get(i), lengths, words.vocabulary()));
        }
        return parts;
    }

    private static Lengths lengths(String unit, List<String> texts, ToIntFunction<String> length) {
        return Lengths.of(unit, texts.stream().mapToInt(length).toArray());
    }

    /** The records of each kind. */
    private Map<String, List<Integer>> kinds() {
        var kinds = new LinkedHashMap<String, List<Integer>>();
        all().forEach(record ->
                kinds.computeIfAbsent(data.kind(record), _ -> new ArrayList<>()).add(record));
        return kinds;
    }

    private List<Fact> facts(Map<String, List<Integer>> kinds, List<Part> parts) {
        var facts = new ArrayList<Fact>();
        if (kinds.size() > 1) {
            kinds.forEach((kind, records) -> facts.add(Fact.share(kind, records.size(), data.size())));
        }
        int chosen = names.indexOf("chosen");
        int rejected = names.indexOf("rejected");
        if (chosen >= 0 && rejected >= 0) {
            long longer = all().filter(
                            i -> Sample.codePoints(data.text(i, chosen)) > Sample.codePoints(data.text(i, rejected)))
                    .count();
            facts.add(Fact.share("chosen is the longer answer", longer, data.size()));
        }
        if (tokenizer != null) {
            facts.add(new Fact(
                    "characters per token",
                    String.format(Locale.ROOT, "%.2f", (double) total(parts, 0) / Math.max(1, total(parts, 2)))));
            long unknown = sample.columns().stream()
                    .flatMap(List::stream)
                    .mapToLong(tokenizer::unknown)
                    .sum();
            if (unknown > 0) {
                facts.add(
                        new Fact("characters the tokenizer does not know", String.format(Locale.ROOT, "%,d", unknown)));
            }
        }
        return facts;
    }

    private static long total(List<Part> parts, int unit) {
        return parts.stream()
                .mapToLong(part -> part.lengths().get(unit).total())
                .sum();
    }

    private List<Example> examples(Map<String, List<Integer>> kinds) {
        var examples = new ArrayList<Example>();
        if (kinds.size() > 1) {
            kinds.forEach((kind, records) ->
                    examples.add(new Example(kind, byLength(records).get(records.size() / 2))));
            return examples;
        }
        var ordered = byLength(all().boxed().toList());
        if (ordered.size() < 3) {
            ordered.stream().sorted().forEach(i -> examples.add(new Example("", i)));
            return examples;
        }
        examples.add(new Example("of median length", ordered.get(ordered.size() / 2)));
        examples.add(new Example("the shortest", ordered.getFirst()));
        examples.add(new Example("the longest", ordered.getLast()));
        return examples;
    }

    private List<Integer> byLength(List<Integer> records) {
        return records.stream()
                .sorted(Comparator.comparingLong(record -> lengths[record]))
                .toList();
    }
}
