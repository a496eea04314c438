package trivium.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import trivium.model.Compute;
import trivium.model.MayBeMissing;
import trivium.tensor.Precision;

class SettingsTest {

    /** A recipe: what it reads is no setting, though it is a record of numbers. */
    private record Toy(Data data, Inner inner, Optimizer optimizer) {}

    private record Data(int size) {}

    private record Inner(
            int count,
            boolean isOn,
            String label,
            List<String> texts,
            double limit,
            Length length,
            Warmup warmup,
            Place place,
            Compute compute,
            Runnable function)
            implements Setting {}

    private record Place(long x, double y, Floor floor) {}

    private record Floor(int number) {}

    private static final Compute COMPUTE = new Compute(3, Precision.BF16);

    private static Toy toy(Runnable function, Optimizer optimizer) {
        var inner = new Inner(
                4,
                true,
                "a",
                List.of("b", "c"),
                Double.POSITIVE_INFINITY,
                new Length.Epochs(5),
                new Warmup.Fewer(6, 0.5),
                new Place(7, 8, new Floor(2)),
                COMPUTE,
                function);
        return new Toy(new Data(9), inner, optimizer);
    }

    private static Map<String, Object> written() {
        var written = new LinkedHashMap<String, Object>();
        written.put("count", 4);
        written.put("is_on", true);
        written.put("label", "a");
        written.put("texts", List.of("b", "c"));
        written.put("limit", Double.POSITIVE_INFINITY);
        written.put("epochs", 5L);
        written.put("warmup", 6L);
        written.put("warmup_ratio", 0.5);
        written.put("place", Map.of("x", 7L, "y", 8.0, "floor", Map.of("number", 2)));
        written.put("workers", 3);
        written.put("precision", "BF16");
        written.put(
                "optimizer",
                Map.of(
                        "name",
                        "adamw",
                        "beta1",
                        0.9,
                        "beta2",
                        0.99,
                        "epsilon",
                        1e-8,
                        "weight_decay",
                        0.1,
                        "decay_all",
                        false));
        return written;
    }

    @Test
    void componentsStandUnderTheirNames() {
        assertEquals(written(), Settings.of(toy(() -> {}, AdamW.DEFAULT)));
    }

    /** As JSON gives them back: whole numbers as long, infinity as a text. */
    @Test
    void whatIsWrittenIsReadAndTheRestIsTheTemplates() {
        Runnable function = () -> {};
        var settings = written();
        settings.put("count", 4L);
        settings.put("limit", "Infinity");
        var blank = new Inner(
                0,
                false,
                "",
                List.of(),
                0,
                new Length.Steps(1),
                new Warmup.Steps(0),
                new Place(0, 0, null),
                Compute.DEFAULT,
                function);
        var template = new Toy(new Data(9), blank, new AdamW(0, 0, 1, 0, true));
        assertEquals(toy(function, AdamW.DEFAULT), Settings.read(template, settings));
    }

    @Test
    void whatIsMissingOrOfAnotherKindIsOneSentence() {
        assertRefused(
                "count",
                null,
                "should have a number \"count\", but has none: the version that wrote it had other settings");
        assertRefused("count", 4.5, "should have a number \"count\", but has 4.5");
        assertRefused("count", 1L << 40, "should have a smaller number \"count\"");
        assertRefused("is_on", "yes", "should have true or false in \"is_on\"");
        assertRefused("label", 3L, "should have a text \"label\"");
        assertRefused("texts", "b", "should have a list \"texts\"");
        assertRefused(
                "epochs", null, "should have a number \"steps\" or \"epochs\" or \"minutes\", but has none of them");
        assertRefused("place", 3L, "should have settings \"place\"");
        assertRefused("precision", "FP4", "should have one of [FLOAT32, BF16] as \"precision\", but has FP4");
        assertRefused("optimizer", Map.of("name", "mine"), "knows no optimizer called \"mine\"; it knows adamw");
        assertRefused("warmup_ratio", 2.0, "warm-up ratio 2.0");
    }

    private static void assertRefused(String name, Object value, String sentence) {
        var settings = written();
        settings.put(name, value);
        var message = assertThrows(
                        IllegalArgumentException.class, () -> Settings.read(toy(() -> {}, AdamW.DEFAULT), settings))
                .getMessage();
        assertTrue(message.contains(sentence), message);
    }

    /** By the names of the methods that would change them. */
    @Test
    void onlyWhatDiffersIsAChange() {
        var base = Optimisation.of(
                new Length.Steps(10),
                8,
                new LearningRate(0.1, new Warmup.Steps(0), new Schedule.Constant()),
                AdamW.DEFAULT);
        assertEquals(Map.of(), Settings.changes(base, base));
        var other = base.length(new Length.Epochs(2))
                .rate(new LearningRate(0.1, new Warmup.Fewer(1, 0.2), new Schedule.Linear()))
                .seed(3);
        assertEquals(
                Map.of("epochs", 2L, "warmup", new Warmup.Fewer(1, 0.2), "schedule", new Schedule.Linear(), "seed", 3L),
                Settings.changes(base, other));
    }

    /** What training without a selection leaves out of its card is missing in no card. */
    @Test
    void aChoiceMayBeNoneWhereTheTemplatesIs() {
        var none = Optimisation.of(
                new Length.Steps(10),
                8,
                new LearningRate(0.1, new Warmup.Steps(0), new Schedule.Constant()),
                AdamW.DEFAULT);
        var best = none.selection(new Selection.KeepBest("loss"));
        var early = none.selection(new Selection.EarlyStopping("loss", 2));
        var settings = Settings.of(none);
        assertEquals(none, Settings.read(none, settings));
        assertThrows(IllegalArgumentException.class, () -> Settings.read(early, Settings.of(none)));
        settings.put("keep_best", "loss");
        assertEquals(settings, Settings.of(best));
        assertEquals(best, Settings.read(none, settings));
        settings.put("patience", 2);
        assertEquals(settings, Settings.of(early));
        assertEquals(early, Settings.read(none, settings));
        assertEquals(Map.of("keepBest", "loss"), Settings.changes(none, best));
        assertEquals(Map.of("selection", early.selection()), Settings.changes(none, early));
    }

    private record Later(
            @MayBeMissing double share,
            @MayBeMissing boolean isOn,
            @MayBeMissing List<String> texts) implements Setting {}

    /** A card of a version that knew no such setting says what that version did. */
    @Test
    void whatMayBeMissingIsNothingWhereItIs() {
        var nothing = new Later(0, false, List.of());
        var something = new Later(0.5, true, List.of("a"));
        assertEquals(Map.of(), Settings.of(nothing));
        assertEquals(nothing, Settings.read(something, Map.of()));
        assertEquals(Map.of("share", 0.5, "is_on", true, "texts", List.of("a")), Settings.of(something));
        assertEquals(something, Settings.read(nothing, Settings.of(something)));
        assertEquals(Map.of("share", 0.5), Settings.changes(nothing, new Later(0.5, false, List.of())));
        assertThrows(IllegalArgumentException.class, () -> Settings.read(nothing, Map.of("share", "much")));
    }

    /** An optimiser that no service names is trained with and written down, and is known to be unknown. */
    @Test
    void aChoiceOfOnesOwnIsUnknown() {
        record Mine(double momentum) implements Optimizer {
            @Override
            public State start(trivium.model.Parameters parameters) {
                throw new UnsupportedOperationException("never asked");
            }
        }
        var toy = toy(() -> {}, new Mine(0.9));
        var settings = Settings.of(toy);
        assertEquals(Map.of("name", "mine", "momentum", 0.9), settings.get("optimizer"));
        assertEquals(Map.of("optimizer", Optimizer.class), Settings.unknown(toy, settings));
    }
}
