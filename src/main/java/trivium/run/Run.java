package trivium.run;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.NumericColumn;
import tech.tablesaw.api.Table;
import trivium.data.Conversations;
import trivium.data.Corpus;
import trivium.generate.Completions;
import trivium.model.AdaptedTransformer;
import trivium.model.LanguageModel;
import trivium.text.ChatTemplate;
import trivium.text.Numbers;
import trivium.text.Tokenizer;

/**
 * What a training leaves behind.
 *
 * @param card identity and provenance
 * @param model as it was at the end
 * @param tokenizer of the model
 * @param template how conversations are written for the model: chosen in fine-tuning, inherited by every later phase
 * @param tables what was measured, by name; "metrics" has one row a step
 * @param data what it was trained on, or {@link TrainingData#NONE} if it was read from a folder, which has it
 * @param folder where the run is saved, or null if it is not
 * @param bestModel the model as it was at its best evaluation, or null if only the last state was kept
 */
public record Run(
        RunCard card,
        LanguageModel model,
        Tokenizer tokenizer,
        ChatTemplate template,
        Map<String, Table> tables,
        TrainingData data,
        Path folder,
        LanguageModel bestModel)
        implements Trained {

    /** The name of the table with one row a step. */
    public static final String METRICS = "metrics";

    /** The setting that says what a model brought along that was trained elsewhere; what starts from it has it too. */
    public static final String PRETRAINED = "pretrained";

    /** What {@link #PRETRAINED} calls the ids of tokens that end a document or an answer. */
    public static final String END_OF_SEQUENCE = "eos_token_id";

    /** The prefix of tables of the best state; tables without it are of the last. */
    public static final String BEST = "best_";

    /** What the id of a run in its best state ends with. */
    static final String BEST_ID = "-best";

    /** What the id of a run ends with whose adapter is merged. */
    static final String MERGED_ID = "-merged";

    public Run {
        tables = Collections.unmodifiableMap(new LinkedHashMap<>(tables));
    }

    /** A run that is not saved and began with no other, so that its chat template is the default one. */
    public Run(RunCard card, LanguageModel model, Tokenizer tokenizer, Map<String, Table> tables) {
        this(card, model, tokenizer, ChatTemplate.DEFAULT, tables, TrainingData.NONE, null, null);
    }

    /** A run that began with this one and inherits its tokenizer and chat template; it is not saved. */
    public Run child(RunCard begun, LanguageModel trained, Map<String, Table> measured) {
        return new Run(begun, trained, tokenizer, template, measured, TrainingData.NONE, null, null);
    }

    @Override
    public Run run() {
        return this;
    }

    /** The id, which names the run's folder. */
    public String id() {
        return card.id();
    }

    /** What to call the run in legends, titles and tables: the name it was given, or where it has none its id. */
    public String label() {
        return card.label();
    }

    /**
     * This run with a name for people, such as {@code named("lr 3e-3")}, which legends, titles, reports and tables then
     * say in the place of the id. {@link RunStore#save} keeps it; for a run that is in a store already,
     * {@link RunStore#name} writes it there.
     *
     * @param name one line of at most 80 characters
     */
    public Run named(String name) {
        return new Run(card.called(name), model, tokenizer, template, tables, data, folder, bestModel);
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

    /**
     * All that is wrong with it: what its training found and wrote on its card, and what this version sees besides in
     * what was measured, as of a run of an earlier version ({@link Fault}).
     *
     * @return in the order of the steps at which it was seen; empty if nothing was
     */
    public List<Finding> findings() {
        return Watch.findings(this);
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
        return new Run(card, model, tokenizer, template, more, data, folder, bestModel);
    }

    /** This run with another chat template, as if its model had learned that one. */
    public Run with(ChatTemplate other) {
        return new Run(card, model, tokenizer, other, tables, data, folder, bestModel);
    }

    /**
     * This run with the special tokens of its template: those that its tokenizer lacks come behind the last, and the
     * model's rows for them begin as the mean of the others ({@link LanguageModel#withVocabulary}).
     *
     * @throws IllegalArgumentException if the tokenizer lacks some and the model cannot be given new tokens
     */
    public Run withTemplateTokens() {
        if (template.missing(tokenizer).isEmpty()) {
            return this;
        }
        var more = tokenizer.withSpecials(template.specials());
        var grown = model.withVocabulary(Math.max(model.vocabulary(), more.size()));
        return new Run(card, grown, more, template, tables, data, folder, null);
    }

    /**
     * What the card of a run that starts from this one says of it: its fingerprint, and its template unless that is the
     * default one, as on older cards. The map is the caller's to add to.
     */
    public Map<String, Object> startSettings() {
        var settings = new LinkedHashMap<String, Object>();
        settings.put("start_hash", Fingerprint.of(this));
        if (!template.equals(ChatTemplate.DEFAULT)) {
            settings.put(PastRun.TEMPLATE, template.setting());
        }
        if (card.recipe().get(PRETRAINED) instanceof Map<?, ?> source) {
            settings.put(PRETRAINED, source);
        }
        return settings;
    }

    /**
     * Ids of tokens that end a document or an answer, of a model that was trained elsewhere, beside those that
     * tokenizer and template know; empty for others.
     */
    public List<Integer> endOfSequence() {
        return card.recipe().get(PRETRAINED) instanceof Map<?, ?> source
                        && source.get(END_OF_SEQUENCE) instanceof List<?> ids
                ? ids.stream()
                        .filter(Number.class::isInstance)
                        .map(id -> ((Number) id).intValue())
                        .toList()
                : List.of();
    }

    /** What its model writes, ending where {@link #endOfSequence} says as well. */
    public Completions completions() {
        return Completions.of(model, tokenizer).endingAt(endOfSequence());
    }

    /**
     * The documents that it was trained on, as it holds them or as its folder does.
     *
     * @throws IllegalArgumentException if they were not kept, or it was trained on something else
     */
    public Corpus corpus() {
        return isWithoutData() ? past().corpus() : data.corpus(dataName());
    }

    /**
     * The conversations that it was trained on, as it holds them or as its folder does.
     *
     * @throws IllegalArgumentException if they were not kept, or it was trained on something else
     */
    public Conversations conversations() {
        return isWithoutData() ? past().conversations() : data.conversations(dataName());
    }

    private boolean isWithoutData() {
        return data.equals(TrainingData.NONE) && folder != null;
    }

    private PastRun past() {
        return PastRun.of(RunStore.open(folder.getParent()), id());
    }

    private String dataName() {
        return String.valueOf(card.recipe().getOrDefault("data", "data"));
    }

    /** This run, saved in {@code place}. */
    public Run in(Path place) {
        return new Run(card, model, tokenizer, template, tables, data, place, bestModel);
    }

    /** This run with the data that it was trained on. */
    Run with(TrainingData read) {
        return new Run(card, model, tokenizer, template, tables, read, folder, bestModel);
    }

    /** This run with the state of its best evaluation beside the last. */
    Run with(LanguageModel best) {
        return new Run(card, model, tokenizer, template, tables, data, folder, best);
    }

    /**
     * This run as it was at its best evaluation: the model then, and what was measured until then. Its id ends in
     * "-best"; a store that has this run answers it by that id.
     *
     * @throws IllegalArgumentException if only the last state was kept
     */
    public Run best() {
        var best = card.outcome().best();
        if (bestModel == null || best == null) {
            throw new IllegalArgumentException(id()
                    + " has its last state only; train it with keepBest(\"validation_loss\") to have the best, too");
        }
        var until = new LinkedHashMap<String, Table>();
        tables.forEach((name, table) -> {
            if (!name.startsWith(BEST)) {
                until.put(name, tables.getOrDefault(BEST + name, until(best.step(), table)));
            }
        });
        return new Run(card.named(id() + BEST_ID), bestModel, tokenizer, template, until, data, folder, null);
    }

    /**
     * This run with its adapter merged into the model's weights, which are a copy; the run itself if its model has no
     * adapter. Its id ends in "-merged"; a store that has this run answers it by that id.
     */
    public Run merged() {
        return model instanceof AdaptedTransformer adapted
                ? new Run(
                        card.named(id() + MERGED_ID), adapted.merge(), tokenizer, template, tables, data, folder, null)
                : this;
    }

    private static Table until(long step, Table table) {
        return table.columnCount() > 0
                        && table.column(0) instanceof LongColumn steps
                        && steps.name().equals(MetricsTable.STEP)
                ? table.where(steps.isLessThanOrEqualTo(step)).setName(table.name())
                : table;
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
        for (var metric : List.of(Metric.LOSS, Metric.VALIDATION_LOSS, Metric.REWARD)) {
            if (has(metric.name())) {
                text.append(", ").append(metric.label()).append(' ').append(Numbers.value(last(metric.name())));
            }
        }
        return text.toString();
    }
}
