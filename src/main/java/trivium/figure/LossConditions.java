package trivium.figure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import tech.tablesaw.api.Table;
import trivium.run.Fingerprint;
import trivium.run.Metric;
import trivium.run.Run;

/**
 * What a loss is measured with. The losses of two runs say which is better only where all of this is the same.
 *
 * @param unit of the loss, such as "nats/token"; empty where it has none
 * @param data SHA-256 of the data, of which a part validates
 * @param validation how large that part is and what is predicted in it, by the names of the recipe's settings
 * @param tokenizer its fingerprint, for a token of one tokenizer is not a token of another
 */
public record LossConditions(String unit, String data, Map<String, String> validation, String tokenizer) {

    /** The names with underscores are those of cards from before a task was a group. */
    private static final Pattern SETTINGS =
            Pattern.compile("validation|task|chosen_share|masked_share|random_share|middle_(rate|between|seed)");

    /** Runs whose losses may be drawn over each other. */
    record Group(String unit, Map<String, Table> metrics) {

        /** The label of an axis that shows this metric of these runs. */
        String axis(String metric) {
            var shown = Metric.of(metric);
            boolean isLoss = shown.equals(Metric.LOSS) || shown.equals(Metric.VALIDATION_LOSS);
            return !isLoss ? shown.axis() : unit.isEmpty() ? shown.label() : shown.label() + " (" + unit + ")";
        }
    }

    /** What a run's losses are measured with. */
    public static LossConditions of(Run run) {
        var validation = new TreeMap<String, String>();
        run.card().recipe().forEach((name, value) -> {
            if (SETTINGS.matcher(name).matches()) {
                validation.put(name, String.valueOf(value));
            }
        });
        return new LossConditions(
                Metric.LOSS.in(run.card().kind()).unit(),
                run.card().origin().dataHash(),
                validation,
                run.tokenizer() == null ? "" : Fingerprint.of(run.tokenizer()));
    }

    /** Runs by name, put together where they are measured alike, in the order in which they come. */
    static List<Group> groups(Map<String, Run> runs) {
        var groups = new LinkedHashMap<LossConditions, Group>();
        runs.forEach((name, run) -> {
            var conditions = of(run);
            groups.computeIfAbsent(conditions, _ -> new Group(conditions.unit(), new LinkedHashMap<>()))
                    .metrics()
                    .put(name, run.metrics());
        });
        return new ArrayList<>(groups.values());
    }

    /** Whether a metric depends on the data it is measured on so much that other data make it another metric. */
    public static boolean measures(String metric) {
        return Metric.of(metric).better() == Metric.Better.LOWER;
    }
}
