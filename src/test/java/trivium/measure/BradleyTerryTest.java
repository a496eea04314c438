package trivium.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import trivium.data.Label;
import trivium.data.Label.Verdict;

class BradleyTerryTest {

    private static final double FOR_STANDING_AT_1 = 0.5;
    private static final double FOR_AN_A = 0.8;
    private static final double FOR_A_LETTER = -0.15;

    private static Map<String, ToDoubleFunction<String>> properties() {
        var properties = new LinkedHashMap<String, ToDoubleFunction<String>>();
        properties.put("a", answer -> answer.chars().filter(c -> c == 'a').count());
        properties.put("letter", String::length);
        return properties;
    }

    /** An annotator who likes the letter a, dislikes length, and leans towards what stands first. */
    private static List<Label> scripted(int n, long seed) {
        var random = new SplittableRandom(seed);
        var labels = new ArrayList<Label>();
        for (int i = 0; i < n; i++) {
            var first = answer(random);
            var second = answer(random);
            double odds = FOR_STANDING_AT_1 + utility(first) - utility(second);
            boolean isFirst = random.nextDouble() < 1 / (1 + Math.exp(-odds));
            labels.add(new Label("p" + i, first, second, isFirst ? Verdict.FIRST : Verdict.SECOND));
        }
        return labels;
    }

    private static String answer(SplittableRandom random) {
        return "a".repeat(random.nextInt(4)) + "b".repeat(random.nextInt(1, 12));
    }

    private static double utility(String answer) {
        return FOR_AN_A * answer.chars().filter(c -> c == 'a').count() + FOR_A_LETTER * answer.length();
    }

    @Test
    void theUtilitiesAndTheBiasOfAScriptedAnnotatorAreRecovered() {
        int repeats = 400;
        int position = 0;
        int a = 0;
        int letter = 0;
        for (int i = 0; i < repeats; i++) {
            var fit = BradleyTerry.of(scripted(200, i), properties());
            position += fit.position().interval().holds(FOR_STANDING_AT_1) ? 1 : 0;
            a += fit.utilities().get("a").interval().holds(FOR_AN_A) ? 1 : 0;
            letter += fit.utilities().get("letter").interval().holds(FOR_A_LETTER) ? 1 : 0;
        }
        // 95 % of 400, and three standard errors of a share of 400 beside it.
        for (int held : new int[] {position, a, letter}) {
            assertTrue(held >= 367 && held <= 393, "intervals held the truth " + held + " times in 400");
        }
        var many = BradleyTerry.of(scripted(40_000, 1), properties());
        assertEquals(FOR_STANDING_AT_1, many.position().value(), 0.05);
        assertEquals(FOR_AN_A, many.utilities().get("a").value(), 0.05);
        assertEquals(FOR_A_LETTER, many.utilities().get("letter").value(), 0.02);
    }

    @Test
    void sharesOfLabelsShowABiasOfPositionButTakeTasteForLength() {
        var labels = scripted(4_000, 7);
        var quality = LabelQuality.of(labels);
        assertTrue(quality.position().interval().low() > 0.5, quality.toString());
        // Who likes an a likes a longer answer, as far as shares can tell, although length itself is disliked.
        var taste = BradleyTerry.of(labels, properties()).utilities().get("letter");
        assertTrue(taste.interval().high() < 0, taste.toString());
    }

    @Test
    void aPositionAloneIsTheLogOddsOfItsShare() {
        var labels = new ArrayList<Label>();
        for (int i = 0; i < 50; i++) {
            labels.add(new Label("p" + i, "x", "y", i < 35 ? Verdict.FIRST : Verdict.SECOND));
        }
        labels.add(new Label("tie", "x", "y", Verdict.TIE));
        var fit = BradleyTerry.of(labels);
        double odds = Math.log(35.0 / 15);
        double error = Math.sqrt(1.0 / 35 + 1.0 / 15);
        assertEquals(odds, fit.position().value(), 1e-9);
        assertEquals(odds - 1.959964 * error, fit.position().interval().low(), 1e-6);
        assertEquals(50, fit.labels());
    }

    @Test
    void oneAnswerOfASizeOfItsOwnHidesNothing() {
        var labels = new ArrayList<>(scripted(200, 5));
        labels.add(new Label("long", "b".repeat(1_000_000), "b", Verdict.SECOND));
        var fit = BradleyTerry.of(labels, properties());
        assertTrue(fit.utilities().get("a").interval().holds(FOR_AN_A), fit.toString());
    }

    @Test
    void choicesWithoutExceptionAndPropertiesThatSayNothingAreRefused() {
        var always = List.of(new Label("p", "a", "b", Verdict.FIRST), new Label("q", "a", "b", Verdict.FIRST));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> BradleyTerry.of(always))
                .getMessage()
                .contains("without exception"));
        var labels = scripted(100, 3);
        assertTrue(assertThrows(
                        IllegalArgumentException.class, () -> BradleyTerry.of(labels, Map.of("nothing", answer -> 1)))
                .getMessage()
                .contains("leave it out"));
        assertTrue(assertThrows(
                        IllegalArgumentException.class,
                        () -> BradleyTerry.of(List.of(new Label("p", "a", "b", Verdict.TIE))))
                .getMessage()
                .contains("none of the 1 labels"));
    }
}
