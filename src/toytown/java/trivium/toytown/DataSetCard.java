package trivium.toytown;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import trivium.text.Tokenizer;

/** The card of a data set: how it was made, what is in it, an example of each kind. Every number on it is counted. */
final class DataSetCard {

    private DataSetCard() {}

    static String of(ToyTown town, Map<String, String> files) {
        return Stream.of(
                        introduction(town),
                        table(files),
                        facts(files),
                        tasks(town),
                        examples(town),
                        rewards(town.annotator().weights()))
                .collect(Collectors.joining("\n"));
    }

    private static String introduction(ToyTown town) {
        return """
                # Toy Town

                A small world made up for learning about language models: %d people, %d places, %d things, and what happens to them. Every sentence says one event,
                a parser reads it back, and replaying the events tells who is where, who holds what and how everybody feels. So questions have one right answer, and the true reward
                of a story is known.

                Generated, not collected: `java trivium.toytown.ToyTown` writes this folder again, byte for byte (seed %d; a test does it). The licence is the project's.

                What is held out is held out by a checksum of the text itself (CRC-32 divisible by 8): no story, scene or prompt can be on both sides, whatever the seed.
                Pairs in `preferences.jsonl` were judged by an annotator who is unsure and sometimes wrong (Bradley-Terry on the gold reward, temperature %s, %s flipped);
                those in `preferences-heldout.jsonl` are ordered by the gold reward itself.
                """.formatted(
                        town.vocabulary().people().size(),
                        town.vocabulary().places().size(),
                        town.vocabulary().things().size(),
                        town.seed(),
                        town.annotator().temperature(),
                        number("%.0f %%", 100 * town.annotator().flipRate()));
    }

    private static String table(Map<String, String> files) {
        var rows = files.entrySet().stream()
                .map(file -> number(
                        "| `%s` | %,d | %,d | %.1f |%n",
                        file.getKey(),
                        records(file.getKey(), file.getValue()).size(),
                        file.getValue().getBytes(StandardCharsets.UTF_8).length,
                        mean(
                                records(file.getKey(), file.getValue()),
                                text -> Words.of(text).size())))
                .collect(Collectors.joining());
        return "| file | records | bytes | words each, field names included |\n|---|---:|---:|---:|\n" + rows;
    }

    private static String facts(Map<String, String> files) {
        var stories = records("stories.txt", files.get("stories.txt"));
        var readings = stories.stream().map(Parser::read).toList();
        var lengths = readings.stream()
                .collect(Collectors.groupingBy(r -> r.sentences().size(), TreeMap::new, Collectors.counting()));
        return number(
                """
                Stories: %,d different words; %.1f sentences of %.1f words on average (stories by number of sentences: %s); %.0f %% end happily, %.0f %% sadly; %.1f happy words each;
                %d contradictions, %d sentences the parser cannot read.

                Texts both in a training file and in its held-out file: %s.

                Happy words: %s.
                """,
                stories.stream()
                        .flatMap(text -> Words.of(text).stream())
                        .distinct()
                        .count(),
                mean(readings, reading -> reading.sentences().size()),
                mean(stories, text -> Words.of(text).size())
                        / mean(readings, reading -> reading.sentences().size()),
                lengths.entrySet().stream()
                        .map(e -> e.getKey() + ": " + e.getValue())
                        .collect(Collectors.joining(", ")),
                100 * mean(readings, reading -> reading.endsHappily() ? 1 : 0),
                100 * mean(readings, reading -> reading.events().getLast().tone() == Tone.SAD ? 1 : 0),
                mean(readings, Reading::happyWords),
                readings.stream().mapToInt(Reading::contradictions).sum(),
                readings.stream().mapToInt(Reading::unparseable).sum(),
                Stream.of("stories.txt", "instructions.jsonl", "preferences.jsonl", "prompts.txt", "tasks.jsonl")
                        .map(name -> overlap(name, files) + " (" + name + ")")
                        .collect(Collectors.joining(", ")),
                String.join(", ", Words.HAPPY));
    }

    private static long overlap(String name, Map<String, String> files) {
        var heldOut = name.replace(".", "-heldout.");
        Set<String> training = new HashSet<>(records(name, files.get(name)));
        return records(heldOut, files.get(heldOut)).stream()
                .filter(training::contains)
                .count();
    }

    /** One short task of each kind. */
    private static String tasks(ToyTown town) {
        var rows = Stream.of(Task.Kind.values())
                .map(kind -> town.tasks(20, kind).list().stream()
                        .min(Comparator.comparingInt(task -> task.prompt().length()))
                        .orElseThrow())
                .map(task -> "> " + Words.lower(task.kind()).replace('_', ' ') + ": " + task.prompt() + " → **"
                        + task.example() + "**\n")
                .collect(Collectors.joining(">\n"));
        return """
                ## Tasks

                `tasks.jsonl` has questions and instructions of twelve kinds in equal parts, with one right completion each. There may be others:
                `Tasks.of(Conversations.read(…))` reads them with the checks that tell right from wrong.

                """ + rows;
    }

    private static String examples(ToyTown town) {
        var stories = town.stories(2);
        var questions = town.questions(3);
        var confusable = town.confusableQuestions(2);
        var hard = town.heldOut().hardQuestions(2);
        var request = town.withStoryShare(1).instructions(1).get(0);
        var pair = town.preferences(1).get(0);
        var quoted = Stream.of(
                        stories.documents().stream(),
                        Stream.of(questions, confusable, hard)
                                .flatMap(asked -> asked.list().stream())
                                .map(q -> q.prompt() + " → **" + q.completion() + "**"),
                        Stream.of(request.prompt() + " → **" + request.completion() + "**"))
                .flatMap(Function.identity())
                .collect(Collectors.joining("\n>\n> ", "> ", "\n"));
        return number(
                """
                ## Examples

                Two stories, three easy questions, two in which names can be confused, two hard ones, a request:

                %s
                A pair for "%s":

                > chosen (gold reward %.2f): %s
                >
                > rejected (gold reward %.2f): %s
                """,
                quoted,
                pair.prompt(),
                town.annotator().weights().score(pair.prompt(), pair.chosen()),
                pair.chosen(),
                town.annotator().weights().score(pair.prompt(), pair.rejected()),
                pair.rejected());
    }

    private static String rewards(Weights weights) {
        var faults = weights.faults();
        var length = weights.length();
        var cheer = weights.cheer();
        return number(
                """
                ## Gold reward

                %s for naming what was asked + %s for a happy last sentence − %scontradictions − %srepeated sentences − %sunparseable sentences
                − %s · |sentences − %d| + %s · min(happy words, %d) − %s · max(0, happy words − %d). The best is %s.
                """,
                plain(weights.naming()),
                plain(weights.ending()),
                times(faults.contradiction()),
                times(faults.repetition()),
                times(faults.unparseable()),
                plain(length.perSentence()),
                length.target(),
                plain(cheer.word()),
                cheer.enough(),
                plain(cheer.excess()),
                cheer.harmless(),
                plain(weights.naming() + weights.ending() + cheer.word() * cheer.enough()));
    }

    private static String times(double weight) {
        return weight == 1 ? "" : plain(weight) + " · ";
    }

    private static String plain(double value) {
        return new BigDecimal(value)
                .setScale(4, RoundingMode.HALF_EVEN)
                .stripTrailingZeros()
                .toPlainString();
    }

    private static List<String> records(String name, String content) {
        return name.startsWith("stories")
                ? Arrays.stream(content.strip().split("\n" + Pattern.quote(Tokenizer.END_OF_TEXT) + "\n"))
                        .toList()
                : content.lines().toList();
    }

    private static <T> double mean(Collection<T> all, ToDoubleFunction<T> value) {
        return all.stream().mapToDouble(value).average().orElse(0);
    }

    private static String number(String format, Object... values) {
        return String.format(Locale.ROOT, format, values).replace(System.lineSeparator(), "\n");
    }
}
