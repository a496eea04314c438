package trivium.data.profile;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import trivium.data.Texts;
import trivium.text.Tokenizer;

/**
 * What a data set looks like: how much there is, how long its texts are, which words they use, and which records to
 * look at first. Made in less than a second for ten million characters; of more, words and lengths are counted in a
 * sample of about as many: every second, third, … record, or the beginning of a single document.
 *
 * @param data what is described
 * @param extent how much there is
 * @param parts the texts that every record has
 * @param facts what else is worth knowing
 * @param examples one of each kind; where all are of one kind, the shortest, the longest and one of median length
 */
public record Profile(Texts data, Extent extent, List<Part> parts, List<Fact> facts, List<Example> examples) {

    public Profile {
        parts = List.copyOf(parts);
        facts = List.copyOf(facts);
        examples = List.copyOf(examples);
    }

    /** Counts characters and words. */
    public static Profile of(Texts data) {
        return new Profiling(data, null).profile();
    }

    /** Counts tokens too. */
    public static Profile of(Texts data, Tokenizer tokenizer) {
        return new Profiling(data, tokenizer).profile();
    }

    /** What a model learns to say: documents, answers, or the chosen ones of two. */
    public Part learned() {
        return parts.get(Math.min(1, parts.size() - 1));
    }

    @Override
    public String toString() {
        var sampled = extent.isSampled()
                ? String.format(
                        Locale.ROOT, " (in a sample of %,d of %,d characters)", extent.read(), extent.characters())
                : "";
        return parts.stream()
                .map(part -> String.format(
                        Locale.ROOT,
                        "\n  %s, %s; %,d different word%s",
                        part.name(),
                        part.shown(),
                        part.vocabulary().different(),
                        part.vocabulary().different() == 1 ? "" : "s"))
                .collect(Collectors.joining("", data.toString(), sampled));
    }
}
