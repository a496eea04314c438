package trivium.figure;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import trivium.pretrained.Pretrained;
import trivium.run.Metric;
import trivium.run.Run;
import trivium.run.RunCard;

/** Words for kinds of runs and the columns that runs have. */
public final class Labels {

    private static final Pattern WHOLE = Pattern.compile("\\d+");
    private static final int DIGITS = 20;

    private Labels() {}

    /** What a kind of run is called in a sentence; a kind of someone's own keeps its name. */
    public static String kind(String kind) {
        return switch (kind) {
            case "pretrain" -> "pre-training";
            case "finetune" -> "fine-tuning";
            case "distill" -> "distillation";
            case "reward-model" -> "reward model";
            case "process-reward-model" -> "process reward model";
            case "align" -> "alignment";
            case "prefer" -> "preference optimisation";
            case Pretrained.KIND -> "loaded model";
            default -> kind + " run";
        };
    }

    /**
     * What tells several runs apart: the names they were given; without one what a run is, such as "fine-tuning", or
     * its id where that says too little.
     */
    public static List<String> names(List<Run> runs) {
        var plain = runs.stream()
                .map(run -> isCalledByItself(run.card())
                        ? run.label()
                        : kind(run.card().kind()))
                .toList();
        return IntStream.range(0, runs.size())
                .mapToObj(i -> name(runs.get(i), plain.get(i), Collections.frequency(plain, plain.get(i)) == 1))
                .toList();
    }

    /** A model that was loaded is best called what its folder is called. */
    private static boolean isCalledByItself(RunCard card) {
        return card.name() != null || card.kind().equals(Pretrained.KIND);
    }

    private static String name(Run run, String plain, boolean alone) {
        return alone ? plain : run.card().name() == null ? run.id() : plain + " (" + run.id() + ")";
    }

    /** A map in its own order, or by name where it has none: Map.of has another one in every process. */
    static <V> Map<String, V> inOrder(Map<String, V> named) {
        if (named instanceof SequencedMap) {
            return named;
        }
        var sorted =
                new TreeMap<String, V>(Comparator.comparing(Labels::padded).thenComparing(Comparator.naturalOrder()));
        sorted.putAll(named);
        return sorted;
    }

    /** With whole numbers of so many digits that "width 64" comes before "width 128". */
    private static String padded(String name) {
        return WHOLE.matcher(name)
                .replaceAll(number ->
                        "0".repeat(Math.max(0, DIGITS - number.group().length())) + number.group());
    }

    /** The label of an axis that shows this column. */
    static String of(String column) {
        return Metric.of(column).axis();
    }

    /** The words without the unit, to begin a title with. */
    static String title(String column) {
        var words = Metric.of(column).label();
        return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
    }
}
