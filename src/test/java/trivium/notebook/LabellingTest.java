package trivium.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import trivium.AnotherJvm;
import trivium.data.Comparisons;
import trivium.data.Label;
import trivium.data.Label.Verdict;
import trivium.data.PreferenceBatches;
import trivium.data.PreferenceLabels;
import trivium.measure.LabelQuality;
import trivium.model.Gpt;
import trivium.model.Transformer;
import trivium.run.Origin;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.text.ChatTemplate;
import trivium.text.Tokenizers;

class LabellingTest {

    private static final List<String> PROMPTS =
            IntStream.range(0, 40).mapToObj(i -> "p" + i).toList();

    @TempDir
    Path folder;

    private static Run fresh() {
        return fresh("abcdef");
    }

    /** A model that writes these letters at random. */
    private static Run fresh(String alphabet) {
        var letters =
                Tokenizers.characters(List.of("p0123456789" + alphabet)).withSpecials(ChatTemplate.DEFAULT.specials());
        var model = Transformer.of(Gpt.of(160, 16, 1, 1), letters.size(), 1);
        return new Run(RunCard.begin("pretrain", null, Map.of(), Origin.here(0, "")), model, letters, Map.of());
    }

    @Test
    void whatWasAnsweredIsInTheFileAndTheNextCellGoesOnBehindIt() throws IOException {
        var file = folder.resolve("labels.jsonl");
        var run = fresh();
        var first = new Labelling(PROMPTS, file, List.of(run), 1);
        var pair = first.current().orElseThrow();
        first.answer(Verdict.SECOND);
        first.answer(Verdict.TIE);
        first.skip();
        var read = Comparisons.read(file);
        assertEquals(1, read.size());
        assertEquals(pair.second(), read.get(0).chosen());
        assertEquals(pair.first(), read.get(0).rejected());

        var second = new Labelling(PROMPTS, file, List.of(run), 1);
        assertEquals("p2", second.current().orElseThrow().prompt(), "what was skipped is asked again");
        assertEquals(2, second.labels().list().size());
    }

    @Test
    void aFileOfAnotherKindIsRefusedAndStaysAsItIs() throws IOException {
        var file = folder.resolve("story.txt");
        for (var other : List.of("Once upon a time, one line without an end", "[{\"prompt\": \"a\"}]")) {
            Files.writeString(file, other);
            assertThrows(IllegalArgumentException.class, () -> PreferenceLabels.read(file));
            new PreferenceLabels(file, List.of()).with(new Label("p", "a", "b", Verdict.FIRST));
            assertTrue(Files.readString(file).startsWith(other + "\n"), Files.readString(file));
            Files.delete(file);
        }
    }

    @Test
    void aLineThatACrashCutOffIsWrittenOver() throws IOException {
        var file = folder.resolve("cut.jsonl");
        new PreferenceLabels(file, List.of()).with(new Label("p", "a", "b", Verdict.FIRST));
        Files.writeString(file, "{\"prompt\": \"q\", \"cho", StandardOpenOption.APPEND);
        assertEquals(1, PreferenceLabels.read(file).list().size(), "a line that was cut off is no label");
        new PreferenceLabels(file, List.of()).with(new Label("r", "a", "b", Verdict.SECOND));
        assertEquals(
                List.of("p", "r"),
                PreferenceLabels.read(file).list().stream().map(Label::prompt).toList());
        Files.writeString(file, "{\"prompt\": \"q\"}\n", StandardOpenOption.APPEND);
        var refusal = assertThrows(IllegalArgumentException.class, () -> PreferenceLabels.read(file));
        assertTrue(refusal.getMessage().contains("line 3"), refusal.getMessage());
    }

    @Test
    void aLastLineWithoutItsEndIsKept() throws IOException {
        var file = folder.resolve("open.jsonl");
        new PreferenceLabels(file, List.of()).with(new Label("p", "a", "b", Verdict.FIRST));
        Files.writeString(file, Files.readString(file).strip());
        PreferenceLabels.read(file).with(new Label("q", "a", "b", Verdict.SECOND));
        assertEquals(
                List.of("p", "q"),
                PreferenceLabels.read(file).list().stream().map(Label::prompt).toList());
    }

    @Test
    void twoWhoWriteAtOnceLoseNothing() {
        var file = folder.resolve("both.jsonl");
        IntStream.range(0, 60)
                .parallel()
                .forEach(i -> new PreferenceLabels(file, List.of())
                        .with(new Label("p" + i, "é", "b", i % 2 == 0 ? Verdict.FIRST : Verdict.SECOND)));
        assertEquals(60, PreferenceLabels.read(file).list().size());
    }

    /** A model of fresh weights writes bytes that make no character; as text each takes three bytes. */
    @Test
    void whatIsPutBeforeAPersonCanBeLearnedFrom() {
        int context = 128;
        var bytes = Tokenizers.bytes().withSpecials(ChatTemplate.DEFAULT.specials());
        var model = Transformer.of(Gpt.of(context, 16, 1, 1), bytes.size(), 1);
        var run = new Run(RunCard.begin("pretrain", null, Map.of(), Origin.here(0, "")), model, bytes, Map.of());
        var labelling = new Labelling(PROMPTS, folder.resolve("bytes.jsonl"), List.of(run), 1);
        while (labelling.current().isPresent()) {
            labelling.answer(Verdict.FIRST);
        }
        var comparisons = labelling.labels().comparisons();
        assertEquals(PROMPTS.size(), comparisons.size());
        var batches = PreferenceBatches.encode(comparisons, bytes, run.template(), context);
        assertEquals(0, batches.skipped(), "pairs that no training can use");
    }

    @Test
    void labelsOfAnotherModelAreNotTakenInSilence() {
        var file = folder.resolve("earlier.jsonl");
        var earlier = new Labelling(PROMPTS, file, List.of(fresh("uvwxyz")), 1);
        assertEquals(Optional.empty(), earlier.foreign());
        earlier.skip();
        earlier.answer(Verdict.FIRST);
        earlier.answer(Verdict.SECOND);
        assertEquals(Optional.empty(), new Labelling(PROMPTS, file, List.of(fresh("uvwxyz")), 1).foreign());
        var said = new Labelling(PROMPTS, file, List.of(fresh()), 1).foreign().orElseThrow();
        assertTrue(said.startsWith("2 labels given earlier"), said);
    }

    /** Two people with the same seed see the same pairs; which model's answer stands first is drawn. */
    @Test
    void answersStandInAnOrderThatIsDrawn() {
        var runs = List.of(fresh("abcdef"), fresh("uvwxyz"));
        var labelling = new Labelling(PROMPTS, folder.resolve("a.jsonl"), runs, 7);
        var again = new Labelling(PROMPTS, folder.resolve("b.jsonl"), runs, 7);
        int turned = 0;
        while (labelling.current().isPresent()) {
            var pair = labelling.current().get();
            assertEquals(pair, again.current().orElseThrow());
            turned += pair.first().matches(".*[u-z].*") ? 1 : 0;
            labelling.skip();
            again.skip();
        }
        assertTrue(turned >= 10 && turned <= 30, turned + " of 40 are turned"); // 1 fair draw in 700 is outside
    }

    /**
     * A scripted annotator who takes the longer answer with odds 4 to 1 and then the one at 1 in a tenth of all cases.
     */
    @Test
    void theBiasesOfAScriptedAnnotatorAreRecovered() {
        var random = new SplittableRandom(5);
        var labels = IntStream.range(0, 3_000)
                .mapToObj(i -> {
                    var first = "x".repeat(1 + random.nextInt(40));
                    var second = "y".repeat(1 + random.nextInt(40));
                    boolean takesFirst = random.nextDouble() < 0.1
                            || (first.length() > second.length()) == random.nextDouble() < 0.8;
                    return new Label("p" + i, first, second, takesFirst ? Verdict.FIRST : Verdict.SECOND);
                })
                .toList();
        var quality = LabelQuality.of(labels);
        assertTrue(quality.position().interval().holds(0.1 + 0.9 * 0.5), quality.toString());
        assertTrue(quality.length().interval().holds(0.1 * 0.5 + 0.9 * 0.8), quality.toString());
    }

    /** The numbers are statsmodels 0.14's cohens_kappa. */
    @Test
    void kappaIsThatOfStatsmodels() {
        var table = new int[][] {{20, 5, 2}, {4, 15, 3}, {1, 2, 8}};
        var one = new ArrayList<Label>();
        var other = new ArrayList<Label>();
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                for (int k = 0; k < table[i][j]; k++) {
                    var prompt = i + "," + j + "," + k;
                    one.add(new Label(prompt, "a", "b", Verdict.values()[i]));
                    // The other person saw the answers the other way round in half of the cases.
                    var said = Verdict.values()[j];
                    var turned = Map.of(
                            Verdict.FIRST, Verdict.SECOND, Verdict.SECOND, Verdict.FIRST, Verdict.TIE, Verdict.TIE);
                    other.add(
                            k % 2 == 0
                                    ? new Label(prompt, "a", "b", said)
                                    : new Label(prompt, "b", "a", turned.get(said)));
                }
            }
        }
        var kappa = LabelQuality.agreement(one, other);
        assertEquals(0.556135770234987, kappa.value(), 1e-12);
        assertEquals(0.3781992206775626, kappa.interval().low(), 1e-9);
        assertEquals(0.7340723197924113, kappa.interval().high(), 1e-9);
        assertEquals(43, kappa.agreed().hits());
    }

    @Test
    void whereAllIsDoneNothingAsksForAKey() {
        var labelling = new Labelling(PROMPTS.subList(0, 2), folder.resolve("done.jsonl"), List.of(fresh()), 1);
        var asking = LabellingView.of(labelling);
        assertTrue(asking.toString().contains("type 1, 2"), asking.toString());
        labelling.answer(Verdict.FIRST);
        labelling.answer(Verdict.FIRST);
        var done = LabellingView.of(labelling);
        assertTrue(done.toString().contains("nothing left to label"), done.toString());
        assertFalse(done.toString().contains("type 1, 2"), done.toString());
        assertFalse(done.still().contains("type 1, 2"), done.still());
    }

    @Test
    void whereNothingCanBeTouchedItAsksLineByLine() {
        var file = folder.resolve("asked.jsonl");
        var labelling = new Labelling(PROMPTS, file, List.of(fresh()), 1);
        var said = new StringBuilder();
        LabellingView.ask(labelling, new BufferedReader(new StringReader("1\nx\nt\ns\n2\nq\n1\n")), said);
        assertEquals(
                List.of(Verdict.FIRST, Verdict.SECOND, Verdict.TIE),
                PreferenceLabels.read(file).list().stream().map(Label::verdict).toList());
        assertTrue(said.toString().contains("\"x\" is none of 1, 2, t, s and q"), said.toString());
    }

    private static void label(Labelling labelling, SplittableRandom random) {
        labelling.answer(Verdict.values()[random.nextInt(3)]);
    }

    /** Who comes second with a prompt goes on elsewhere: in step with the other one all answers would be in vain. */
    @Test
    void twoWhoLabelIntoOneFileShareThePrompts() {
        var file = folder.resolve("shared.jsonl");
        var run = fresh();
        var one = new Labelling(PROMPTS, file, List.of(run), 1);
        var other = new Labelling(PROMPTS, file, List.of(run), 1);
        assertEquals(one.current(), other.current());
        var random = new SplittableRandom(3);
        int late = 0;
        while (one.current().isPresent() || other.current().isPresent()) {
            for (var person : List.of(one, other)) {
                label(person, random);
                late += person.late().isPresent() ? 1 : 0;
            }
        }
        var labels = PreferenceLabels.read(file).list();
        assertEquals(PROMPTS.size(), labels.size());
        assertEquals(Set.copyOf(PROMPTS), labels.stream().map(Label::prompt).collect(Collectors.toSet()));
        assertTrue(late > 0 && late <= 6, late + " answers of " + (PROMPTS.size() + late) + " were in vain");
        assertTrue(labels.stream().anyMatch(label -> label.verdict() == Verdict.TIE));
    }

    /** Labels all prompts of a file that another process labels as well. */
    static final class Annotator {
        public static void main(String[] args) {
            var labelling = new Labelling(PROMPTS, Path.of(args[0]), List.of(fresh()), 1);
            System.out.println("ready");
            var random = new SplittableRandom(8);
            while (labelling.current().isPresent()) {
                label(labelling, random);
            }
        }
    }

    @Test
    void twoProcessesWriteWholeLinesAndNoPromptTwice() throws Exception {
        var file = folder.resolve("kernels.jsonl");
        var here = new Labelling(PROMPTS, file, List.of(fresh()), 1);
        var process = AnotherJvm.builder(List.of("-XX:TieredStopAtLevel=1"), Annotator.class, file.toString())
                .start();
        try (var said = process.inputReader()) {
            assertTrue(said.lines().anyMatch("ready"::equals));
            var random = new SplittableRandom(9);
            while (here.current().isPresent()) {
                label(here, random);
            }
            assertEquals(0, process.waitFor());
        } finally {
            process.destroyForcibly();
        }
        var prompts =
                PreferenceLabels.read(file).list().stream().map(Label::prompt).toList();
        assertEquals(PROMPTS.size(), prompts.size());
        assertEquals(Set.copyOf(PROMPTS), Set.copyOf(prompts));
    }

    @Test
    void aPromptThatNoAnswerFitsToIsLeftOutAndTheOthersAreAsked() {
        var run = fresh();
        var prompts = IntStream.range(150, 170).mapToObj("p"::repeat).collect(Collectors.toCollection(ArrayList::new));
        Collections.reverse(prompts); // the longest first
        var fitting = prompts.stream()
                .filter(prompt ->
                        run.template().example(run.tokenizer(), prompt, "a").ids().length <= 160)
                .toList();
        var labelling = new Labelling(prompts, folder.resolve("long.jsonl"), List.of(run), 1);
        var asked = new ArrayList<String>();
        while (labelling.current().isPresent()) {
            asked.add(labelling.current().get().prompt());
            labelling.answer(Verdict.FIRST);
        }
        assertTrue(fitting.size() > 3 && fitting.size() < 17, "some fit: " + fitting.size());
        assertEquals(fitting, asked);
        var view = LabellingView.of(labelling).toString();
        assertTrue(view.contains(20 - fitting.size() + " prompts are left out"), view);
        assertTrue(view.contains("leaves no room for an answer in the model's context of 160"), view);
        var said = new StringBuilder();
        LabellingView.ask(labelling, new BufferedReader(new StringReader("")), said);
        assertTrue(said.toString().contains("are left out"), said.toString());
    }

    @Test
    void pairsThatAreWrittenAheadAreThoseThatAreWrittenWhenAskedFor() {
        var run = fresh();
        var ahead = new Labelling(PROMPTS, folder.resolve("ahead.jsonl"), List.of(run), 1);
        for (int i = 0; i < 10; i++) {
            var alone = new Labelling(PROMPTS.subList(0, i + 1), folder.resolve("ahead.jsonl"), List.of(run), 1);
            assertEquals(alone.current(), ahead.current());
            ahead.answer(Verdict.FIRST);
        }
    }

    @Test
    void anInterruptLosesNoPrompt() {
        var labelling = new Labelling(PROMPTS, folder.resolve("interrupted.jsonl"), List.of(fresh()), 1);
        labelling.skip();
        Thread.currentThread().interrupt();
        try {
            labelling.skip(); // its pair is being written
        } catch (CancellationException e) {
            assertEquals(Optional.empty(), labelling.current());
        }
        Thread.interrupted();
        labelling.advance();
        assertEquals("p2", labelling.current().orElseThrow().prompt());
    }
}
