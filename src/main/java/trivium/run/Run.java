package trivium.run;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import tech.tablesaw.api.NumericColumn;
import tech.tablesaw.api.Table;
import trivium.model.LanguageModel;
import trivium.text.Tokenizer;

/**
 * What a training leaves behind.
 *
 * @param card identity and provenance
 * @param model as it was at the end
 * @param tokenizer the text side of the model
 * @param tables what was measured, by name; "metrics" has one row a step
 * @param data what it was trained on, or {@link TrainingData#NONE} if it was read from a folder, which has it
 * @param folder where it is saved, or null if it is not
 */
public record Run(
        RunCard card,
        LanguageModel model,
        Tokenizer tokenizer,
        Map<String, Table> tables,
        TrainingData data,
        Path folder) {

    /** The name of the table with one row a step. */
    public static final String METRICS = "metrics";

    public Run {
        tables = Collections.unmodifiableMap(new LinkedHashMap<>(tables));
    }

    /** A run that is not saved. */
    public Run(RunCard card, LanguageModel model, Tokenizer tokenizer, Map<String, Table> tables) {
        this(card, model, tokenizer, tables, TrainingData.NONE, null);
    }

    /** The run's name. */
    public String id() {
        return card.id();
    }

    /** One row a step: "step", "tokens", "seconds", "loss", "learning_rate" and what else the phase measures. */
    public Table metrics() {
        var metrics = tables.get(METRICS);
        return metrics == null ? Table.create(METRICS) : metrics;
    }

    /** A table by name: "metrics", "completions", …. */
    public Table table(String name) {
        var table = tables.get(name);
        if (table == null) {
            throw new IllegalArgumentException(id() + " has no table \"" + name + "\"; it has " + tables.keySet());
        }
        return table;
    }

    /** Whether the metric was ever measured. */
    public boolean has(String metric) {
        return metrics().containsColumn(metric)
                && metrics().column(metric) instanceof NumericColumn<?> values
                && values.size() > values.countMissing();
    }

    /** The newest value of a metric, such as {@code last("validation_loss")}. */
    public double last(String metric) {
        var values = measured(metric);
        for (int i = values.size() - 1; i >= 0; i--) {
            if (!values.isMissing(i)) {
                return values.getDouble(i);
            }
        }
        throw new IllegalStateException("a metric that was measured has a value");
    }

    /** One metric over the steps at which it was measured: columns "step" and {@code metric}. */
    public Table curve(String metric) {
        measured(metric);
        return metrics()
                .selectColumns(MetricsTable.STEP, metric)
                .dropRowsWithMissingValues()
                .setName(metric);
    }

    /** This run with one more table. */
    public Run with(String name, Table table) {
        var more = new LinkedHashMap<>(tables);
        more.put(name, table);
        return new Run(card, model, tokenizer, more, data, folder);
    }

    /** This run, saved there. */
    public Run in(Path place) {
        return new Run(card, model, tokenizer, tables, data, place);
    }

    /** This run, trained on that. */
    Run with(TrainingData read) {
        return new Run(card, model, tokenizer, tables, read, folder);
    }

    private NumericColumn<?> measured(String metric) {
        if (!has(metric)) {
            var known = metrics().columnNames().stream().filter(this::has).collect(Collectors.joining(", "));
            throw new IllegalArgumentException(id() + " has no metric \"" + metric + "\"; it has " + known);
        }
        return metrics().numberColumn(metric);
    }

    @Override
    public String toString() {
        var text = new StringBuilder(card.toString());
        for (var metric : new String[] {"loss", "validation_loss", "reward"}) {
            if (has(metric)) {
                text.append(", ").append(metric.replace('_', ' ')).append(' ').append(Numbers.metric(last(metric)));
            }
        }
        return text.toString();
    }
}
