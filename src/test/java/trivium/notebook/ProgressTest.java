package trivium.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import trivium.run.ConsoleProgress;
import trivium.run.Progress;
import trivium.run.ProgressState;
import trivium.run.Run;
import trivium.run.RunningTraining;
import trivium.sweep.Hyperparameter;
import trivium.sweep.Sweep;
import trivium.sweep.Trial;
import trivium.widget.Controls;

class ProgressTest {

    private static final long MILLISECOND = 1_000_000;

    private long clock;
    private final List<String> ids = new ArrayList<>();
    private final List<Html> updates = new ArrayList<>();
    private final List<Runnable> ticks = new ArrayList<>();

    private LiveProgress live() {
        return live(Optional.empty());
    }

    private LiveProgress live(Optional<TrainingControls> controls) {
        return new LiveProgress(
                first -> {
                    updates.add(first);
                    return "id";
                },
                (id, next) -> {
                    ids.add(id);
                    updates.add(next);
                },
                () -> clock,
                tick -> {
                    ticks.add(tick);
                    return () -> ticks.remove(tick);
                },
                controls);
    }

    /** The clock goes on by itself. */
    private void pass(long milliseconds) {
        clock += milliseconds * MILLISECOND;
        List.copyOf(ticks).forEach(Runnable::run);
    }

    /** What was prepared, judged and tokenized before the first step took its time without a word. */
    @Test
    void aClockRunsBeforeTheFirstStepAndBetweenSlowOnes() {
        var progress = live();
        progress.prepare();
        pass(3_000);
        assertEquals("preparing  3 s", updates.getLast().text());
        progress.start("alignment", 60);
        pass(2_000);
        assertEquals("alignment  0 / 60  2 s", updates.getLast().text());
        progress.step(1, Map.of("reward", 1.0));
        pass(10_000);
        assertEquals(
                "alignment  1 / 60  12 s, 11:48 left  reward 1",
                updates.getLast().text());
        progress.finish("done");
        int shown = updates.size();
        pass(1_000);
        assertEquals(shown, updates.size(), "nothing after the end");
        assertEquals(List.of(), ticks);
    }

    /** A minute between two steps in which somebody had it wait. */
    @Test
    void aPauseIsNoTimeThatStepsTook() {
        var progress = live(Optional.of(new TrainingControls(_ -> "id", (_, _) -> {})));
        progress.start("tuning", 4);
        pass(2_000);
        progress.step(2, Map.of());
        progress.between(new RunningTraining() {
            @Override
            public long step() {
                return 2;
            }

            @Override
            public double learningRateFactor() {
                pass(60_000);
                return 1;
            }

            @Override
            public void learningRateFactor(double factor) {}

            @Override
            public boolean look(Consumer<Run> listener) {
                return false;
            }
        });
        pass(1_000);
        assertEquals("tuning  2 / 4  3 s, 3 s left", updates.getLast().text());
        assertEquals("3 s, paused", new ProgressState("tuning", 2, 4, 3, Map.of(), true).time());
    }

    @Test
    void whereSettingsAreRepeatedTheSeedTellsTrialsApart() {
        var board = new Leaderboard(List.of());
        board.begun(new Trial(0, 11, Map.of("width", 32), Progress.SILENT));
        board.begun(new Trial(1, 12, Map.of("width", 32), Progress.SILENT));
        board.begun(new Trial(2, 11, Map.of("width", 64), Progress.SILENT));
        assertTrue(board.text().contains("trial 0: width 32, seed 11"), board.text());
        assertTrue(board.html().contains("trial 1: width 32, seed 12"), board.html());
        assertFalse(board.text().contains("width 64, seed"), board.text());
    }

    @Test
    void aLongChoiceIsNotListed() {
        var options = IntStream.range(0, 12).mapToObj(i -> "column" + i).toList();
        assertEquals("x: column0 (of 12)", Controls.choice("x", options).toString());
        assertEquals(
                "x: [column0] column1",
                Controls.choice("x", options.subList(0, 2)).toString());
    }

    @Test
    void theClockDrawsAtMostTwiceASecondToo() {
        var progress = live();
        progress.start("training", 100);
        for (int step = 1; step <= 100; step++) {
            clock += 20 * MILLISECOND; // two seconds in all
            progress.step(step, Map.of("loss", 1.0));
            pass(0);
        }
        assertEquals(1 + 4, updates.size());
    }

    /** The loss of a policy gradient rises and falls with nothing that matters. */
    @Test
    void whereThereIsARewardItIsDrawnAndTheLossIsNot() {
        var progress = live();
        progress.start("alignment", 9);
        progress.step(1, Map.of("reward", 1.0, "gold", 7.0, "kl", 0.0, "loss", 0.1));
        progress.step(2, Map.of("reward", 2.0, "gold", 6.0, "kl", 5.0, "loss", 0.2));
        progress.finish("done");
        var words = Pattern.compile("alt=\"([^\"]*)\"")
                .matcher(updates.getLast().html())
                .results()
                .map(match -> match.group(1))
                .toList();
        assertEquals(
                List.of(
                        "reward over steps 1 to 2, from 1 to 2, between 1 and 2",
                        "gold reward over steps 1 to 2, from 7 to 6, between 6 and 7",
                        "KL to the reference (nats) over steps 1 to 2, from 0 to 5, between 0 and 5"),
                words);
    }

    @Test
    void redrawsAtMostTwiceASecondAndAlwaysAtTheEnd() {
        var progress = live();
        progress.start("pre-training", 1000);
        for (int step = 1; step <= 1000; step++) {
            clock += 10 * MILLISECOND; // ten seconds in all
            progress.step(step, Map.of("loss", 4.0 - step / 1000.0));
        }
        progress.finish("done in 10 s");
        assertEquals(1 + 20 + 1, updates.size());
        assertEquals(List.of("id"), ids.stream().distinct().toList());
        assertEquals("pre-training: done in 10 s  loss 3", updates.getLast().text());
    }

    @Test
    void notesStandBelowTheBarAndStay() {
        var progress = live();
        progress.start("fine-tuning", 10);
        progress.note("2 of 9 <left> out");
        clock += 600 * MILLISECOND;
        progress.step(1, Map.of("loss", 1.0));
        assertTrue(updates.getLast().html().contains("2 of 9 &lt;left&gt; out"));
        progress.finish("done");
        assertTrue(updates.getLast().html().contains("2 of 9 &lt;left&gt; out"));
        assertEquals(
                "fine-tuning: done  loss 1\n2 of 9 <left> out",
                updates.getLast().text());
    }

    @Test
    void tellsTheTimeLeftByThePaceSoFar() {
        var progress = live();
        progress.start("tuning", 100);
        clock += 20_000 * MILLISECOND;
        progress.step(25, Map.of());
        assertEquals("tuning  25 / 100  20 s, 1:00 left", updates.getLast().text());
        assertTrue(updates.getLast().html().contains("width:25.0%"));
    }

    @Test
    void titlesAndMetricNamesAreEscapedAndNaNDrawsNothing() {
        var progress = live();
        progress.start("a<b", 0);
        clock += 600 * MILLISECOND;
        progress.step(1, Map.of("loss", Double.NaN));
        clock += 600 * MILLISECOND;
        progress.step(2, Map.of("loss", Double.NaN, "<p>", 1.0));
        var html = updates.getLast().html();
        assertTrue(html.contains("a&lt;b") && html.contains("&lt;p&gt;") && !html.contains("<p>"));
        assertFalse(html.contains("<img"));
    }

    /** Halving averages neighbours: the mean of all points of a full curve stays the mean of what was added. */
    @Test
    void longCurvesStayShortAndKeepTheirMean() {
        var curve = new Curve();
        int count = 1 << 14;
        double sum = 0;
        for (int i = 0; i < count; i++) {
            double value = Math.sin(i * 0.01) + i * 1e-4;
            curve.add(i, value);
            sum += value;
        }
        double mean = 0;
        for (int i = 0; i < curve.size(); i++) {
            mean += curve.value(i) / curve.size();
        }
        assertTrue(curve.size() <= 256 && curve.size() >= 128, curve.size() + " points");
        assertEquals(sum / count, mean, 1e-9);
    }

    @Test
    void consoleSpeaksOnceASecond() {
        var bytes = new ByteArrayOutputStream();
        var progress = new ConsoleProgress(new PrintStream(bytes, true, StandardCharsets.UTF_8), () -> clock);
        progress.start("pre-training", 300);
        progress.note("5 of 9 left out");
        for (int step = 1; step <= 300; step++) {
            clock += 10 * MILLISECOND;
            progress.step(step, Map.of("loss", 2.5));
        }
        progress.finish("done in 3 s");
        assertEquals(
                List.of(
                        "pre-training, 300 steps",
                        "pre-training: 5 of 9 left out",
                        "pre-training  100 / 300  1 s, 2 s left  loss 2.5",
                        "pre-training  200 / 300  2 s, 1 s left  loss 2.5",
                        "pre-training  300 / 300  3 s  loss 2.5",
                        "pre-training: done in 3 s"),
                bytes.toString(StandardCharsets.UTF_8).lines().toList());
    }

    @Test
    void aSweepHasTrialsAndNoSteps() {
        var bytes = new ByteArrayOutputStream();
        Sweep.grid(Hyperparameter.values("x", 1, 2))
                .progress(new ConsoleProgress(new PrintStream(bytes, true, StandardCharsets.UTF_8), () -> clock))
                .measure(trial -> Map.of("loss", trial.real("x")));
        assertEquals(
                "sweep, 2 trials",
                bytes.toString(StandardCharsets.UTF_8).lines().findFirst().orElseThrow());
    }

    @ParameterizedTest
    @CsvSource({"0.4, 0 s", "59.4, 59 s", "59.6, 1:00", "100, 1:40", "7390, 2:03:10"})
    void spansReadLikeAClock(double seconds, String shown) {
        assertEquals(shown, ProgressState.span(seconds));
    }
}
