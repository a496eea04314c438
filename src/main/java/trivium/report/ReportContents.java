package trivium.report;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tech.tablesaw.api.NumericColumn;
import tech.tablesaw.api.Table;
import trivium.align.PolicyOptimisation;
import trivium.align.ProcessRewardModel;
import trivium.align.RewardModel;
import trivium.align.RewardShift;
import trivium.figure.Axis;
import trivium.figure.Figure;
import trivium.figure.Figures;
import trivium.figure.Labels;
import trivium.measure.Quantile;
import trivium.report.Part.Chain;
import trivium.report.Part.Code;
import trivium.report.Part.Heading;
import trivium.report.Part.Items;
import trivium.report.Part.Paragraph;
import trivium.report.Part.Picture;
import trivium.report.Part.Rows;
import trivium.report.Part.SideBySide;
import trivium.run.Metric;
import trivium.run.ProgressState;
import trivium.run.Run;
import trivium.text.Numbers;

/**
 * The parts of a report, in order.
 *
 * @param runs parents first
 * @param pairs further completions side by side, by heading
 * @param figures further figures, by caption
 */
record ReportContents(List<Run> runs, Map<String, BeforeAfter> pairs, Map<String, Figure> figures) {

    private static final int MOST_ROWS = 6;

    /** Tables with a section, or a use, of their own. */
    private static final Set<String> KNOWN =
            Set.of(Run.METRICS, PolicyOptimisation.REWARDS, RewardModel.NORMALISATION, RewardModel.VALIDATION);

    /** The numbers of the summary. */
    static final List<Metric> NUMBERS = List.of(
            Metric.VALIDATION_LOSS,
            Metric.BITS_PER_BYTE,
            Metric.VALIDATION_ACCURACY,
            Metric.REWARD,
            Metric.GOLD,
            Metric.KL);

    static String today() {
        return LocalDate.ofInstant(Instant.now(), ZoneOffset.UTC)
                .format(DateTimeFormatter.ofPattern("d MMMM yyyy", Locale.ENGLISH));
    }

    /** The headings of the sections. */
    static List<String> contents(List<Part> parts) {
        return parts.stream()
                .filter(part -> part instanceof Heading heading && heading.level() == 2)
                .map(part -> ((Heading) part).text())
                .toList();
    }

    /** Whether a column below the header holds numbers only, or nothing. */
    static boolean isNumeric(List<List<String>> rows, int column) {
        var cells = rows.stream()
                .skip(1)
                .map(row -> row.get(column))
                .filter(cell -> !cell.isEmpty())
                .toList();
        return !cells.isEmpty() && cells.stream().allMatch(cell -> cell.matches("[−-]?[\\d.,]+(e[−-]?\\d+)?"));
    }

    List<Part> parts() {
        var parts = new ArrayList<Part>();
        parts.add(new Heading(2, "Summary"));
        parts.add(new Rows(summary(runs)));
        parts.add(new Items(runs.stream().map(ReportContents::sentence).toList()));
        parts.add(new Heading(2, "What came from what"));
        parts.add(new Chain(Lineage.of(runs)));
        parts.add(
                new Paragraph("A solid arrow carries weights (from a tokenizer: its entries), a dashed one rewards."));
        parts.add(new Heading(2, "Training"));
        runs.forEach(run -> training(parts, run));
        beforeAndAfter(parts);
        shift(parts);
        if (!figures.isEmpty()) {
            parts.add(new Heading(2, "Further figures"));
            figures.forEach((caption, figure) -> parts.add(picture(parts, "figure", figure, caption)));
        }
        parts.add(new Heading(2, "Recipes"));
        parts.add(new Paragraph("Every setting that decides the result; seeds and data are in the next section."));
        for (var run : runs) {
            parts.add(new Heading(3, name(run)));
            parts.add(settings("setting", run.card().briefRecipe()));
        }
        parts.add(new Heading(2, "To train it again"));
        again(parts);
        return parts;
    }

    /** One row a run; numbers that no run has are left out. */
    static List<List<String>> summary(List<Run> runs) {
        var measured = NUMBERS.stream()
                .filter(metric -> runs.stream().anyMatch(run -> run.has(metric.name())))
                .toList();
        var header = new ArrayList<>(List.of("run", "phase", "began from", "outcome", "took"));
        measured.forEach(metric -> header.add(metric.label() + (metric.isShare() ? " (%)" : "")));
        var rows = new ArrayList<List<String>>();
        rows.add(header);
        for (var run : runs) {
            var card = run.card();
            var row = new ArrayList<>(List.of(
                    run.label(),
                    Labels.kind(card.kind()),
                    card.parent() == null ? "" : label(card.parent(), runs),
                    card.outcome().status().text(),
                    ProgressState.span(card.outcome().seconds())));
            measured.forEach(metric -> row.add(run.has(metric.name()) ? number(run, metric) : ""));
            rows.add(row);
        }
        return rows;
    }

    /** An accuracy says of how many. */
    private static String number(Run run, Metric metric) {
        var pairs = run.tables().get(RewardModel.VALIDATION);
        double value = run.last(metric.name());
        return Numbers.brief(metric.isShare() ? 100 * value : value)
                + (metric.equals(Metric.VALIDATION_ACCURACY) && pairs != null
                        ? " of " + Numbers.count(pairs.rowCount())
                        : "");
    }

    static String name(Run run) {
        var kind = Labels.kind(run.card().kind());
        return kind.substring(0, 1).toUpperCase(Locale.ROOT) + kind.substring(1) + ": " + run.label();
    }

    /** The label of the run that another one names by its id. */
    static String label(String id, List<Run> runs) {
        return runs.stream()
                .filter(run -> run.id().equals(id))
                .map(Run::label)
                .findFirst()
                .orElse(id);
    }

    private static String sentence(Run run) {
        var card = run.card();
        var facts = new ArrayList<String>();
        int steps = run.metrics().rowCount();
        facts.add(Numbers.count(steps, "step")
                + (run.has("tokens") ? ", " + Numbers.count(Math.round(run.last("tokens")), "token") : ""));
        if (run.has("validation_loss")) {
            facts.add("validation loss " + Numbers.brief(run.last("validation_loss")) + " "
                    + Metric.VALIDATION_LOSS.in(card.kind()).unit());
        }
        if (run.has("bits_per_byte")) {
            facts.add(Numbers.brief(run.last("bits_per_byte")) + " bits per byte");
        }
        if (run.tables().containsKey(RewardModel.VALIDATION)) {
            facts.add("held-out comparisons as people have them: " + RewardModel.validation(run));
        }
        if (run.tables().containsKey(ProcessRewardModel.VALIDATION)) {
            facts.add("on validation answers " + ProcessRewardModel.validation(run));
        }
        shiftOf(run).ifPresent(shift -> facts.add(shift.toString()));
        return name(run) + " (" + String.join("; ", facts) + ")";
    }

    private static Optional<RewardShift> shiftOf(Run run) {
        var rewards = run.tables().get(PolicyOptimisation.REWARDS);
        return rewards != null && hasBoth(rewards) && run.has("kl")
                ? Optional.of(RewardShift.of(run))
                : Optional.empty();
    }

    private static boolean hasBoth(Table rewards) {
        return !rewards.isEmpty()
                && Stream.of("before", "after")
                        .allMatch(
                                when -> rewards.containsColumn(when) && rewards.column(when) instanceof NumericColumn);
    }

    private static Picture picture(List<Part> before, String name, Figure figure, String caption) {
        long number =
                1 + before.stream().filter(part -> part instanceof Picture).count();
        var file = name.replaceAll("[^A-Za-z0-9._-]", "-");
        return new Picture(String.format(Locale.ROOT, "%02d-%s", number, file), figure, caption);
    }

    private static void training(List<Part> parts, Run run) {
        parts.add(new Heading(3, name(run)));
        run.card().origin().notes().forEach(note -> parts.add(new Paragraph("Note: " + note + ".")));
        run.card().findings().forEach(finding -> parts.add(new Paragraph("Found: " + finding.text() + ".")));
        if (run.has("reward")) {
            parts.add(picture(
                    parts,
                    "metrics-" + run.id(),
                    Figures.metrics(run, "reward", "kl", "entropy", "completions/mean_length"),
                    "Mean reward of each step's completions, how far the policy has moved from where it began, how"
                            + " undecided it is, and how much it writes."));
        } else if (run.has("loss")) {
            parts.add(picture(parts, "loss-" + run.id(), Figures.loss(run), lossCaption(run)));
        }
        run.tables().forEach((name, table) -> {
            if (!KNOWN.contains(name) && !table.isEmpty()) {
                var some = table.rowCount() > MOST_ROWS ? "The last " + MOST_ROWS + " of " + table.rowCount() : "All";
                parts.add(new Paragraph(some + " rows of the table “" + name + "”:"));
                parts.add(rows(table));
            }
        });
    }

    private static String lossCaption(Run run) {
        var caption = "Loss over the steps: pale each step, strong the mean of a twenty-fifth of the steps around it";
        if (!run.has("validation_loss")) {
            return caption + ".";
        }
        var validation = run.curve("validation_loss").numberColumn("validation_loss");
        return caption + ", and the loss on data held back for validation, which went from "
                + Numbers.brief(validation.getDouble(0)) + " to " + Numbers.brief(run.last("validation_loss")) + ".";
    }

    /** The last rows, for the newest samples say most. */
    private static Rows rows(Table table) {
        var rows = new ArrayList<List<String>>();
        rows.add(table.columnNames());
        for (int row = Math.max(0, table.rowCount() - MOST_ROWS); row < table.rowCount(); row++) {
            var cells = new ArrayList<String>();
            for (var column : table.columns()) {
                boolean number = column instanceof NumericColumn<?> && !column.isMissing(row);
                double value = number ? ((NumericColumn<?>) column).getDouble(row) : 0;
                cells.add(
                        !number || Numbers.isName(column.name())
                                ? column.getUnformattedString(row)
                                : Numbers.value(value));
            }
            rows.add(cells);
        }
        return new Rows(rows);
    }

    private void beforeAndAfter(List<Part> parts) {
        var section = new ArrayList<Part>();
        pairs.forEach((heading, completions) -> {
            section.add(new Heading(3, heading));
            section.add(new SideBySide(completions));
        });
        for (var run : runs) {
            var rewards = run.tables().get(PolicyOptimisation.REWARDS);
            if (rewards != null && !rewards.isEmpty()) {
                section.add(new Heading(3, name(run)));
                section.add(new Paragraph(
                        "Held-out prompts, answered with the same random numbers before and after; the first "
                                + Math.min(MOST_ROWS, rewards.rowCount()) + " of " + rewards.rowCount()
                                + ", not picked."));
                section.add(new SideBySide(BeforeAfter.of(run).first(MOST_ROWS)));
            }
        }
        if (!section.isEmpty()) {
            parts.add(new Heading(2, "Before and after"));
            parts.addAll(section);
        }
    }

    private void shift(List<Part> parts) {
        var section = new ArrayList<Part>();
        for (var run : runs) {
            shift(parts, section, run);
        }
        if (!section.isEmpty()) {
            parts.add(new Heading(2, "Shift of rewards"));
            parts.addAll(section);
        }
    }

    private static void shift(List<Part> before, List<Part> section, Run run) {
        var pictures = new LinkedHashMap<Figure, String>();
        var rewards = run.tables().get(PolicyOptimisation.REWARDS);
        if (rewards != null && hasBoth(rewards)) {
            pictures.put(
                    Figures.rewardShift(run),
                    "The reward that was optimised, of the answers to "
                            + Numbers.count(rewards.rowCount(), "held-out prompt") + ", before and after, and"
                            + " its mean over the steps on the prompts that were learned from.");
        }
        for (var metric : List.of("reward", "gold")) {
            if (Quantile.areRecorded(run.metrics(), metric)) {
                pictures.put(
                        Figures.quantiles(run.metrics(), Axis.STEPS, metric),
                        (metric.equals("gold")
                                        ? "The gold reward, which is only looked at, of"
                                        : "The learned reward of")
                                + " each step's completions: half of them lie in the darker band, 80 % in the lighter.");
            }
        }
        if (run.has("kl") && run.has("reward") && run.has("gold")) {
            pictures.put(
                    Figures.rewardAgainstKl(run.metrics()),
                    "Learned and gold reward against the distance from the reference. Where gold falls while the learned"
                            + " reward still rises, the policy has found what the judge likes and people do not.");
        }
        if (!pictures.isEmpty()) {
            section.add(new Heading(3, name(run)));
        }
        pictures.forEach((figure, caption) -> {
            var sofar = new ArrayList<>(before);
            sofar.addAll(section);
            section.add(picture(sofar, "shift-" + run.id(), figure, caption));
        });
    }

    private static Rows settings(String what, Map<String, ?> settings) {
        var rows = new ArrayList<List<String>>();
        rows.add(List.of(what, "value"));
        settings.forEach((name, value) -> rows.add(List.of(name, setting(name, value))));
        return new Rows(rows);
    }

    private static String setting(String name, Object value) {
        if (value instanceof Number number && !Numbers.isName(name)) {
            return Numbers.exact(number.doubleValue());
        }
        return value.equals(List.of()) ? "none" : value.toString();
    }

    private void again(List<Part> parts) {
        var rows = new ArrayList<List<String>>();
        rows.add(List.of("run", "seed", "SHA-256 of the data", "source", "started"));
        for (var run : runs) {
            var origin = run.card().origin();
            rows.add(List.of(
                    run.card().name() == null ? run.id() : run.label() + " (" + run.id() + ")",
                    Long.toString(origin.seed()),
                    origin.dataHash(),
                    origin.commit(),
                    run.card()
                            .outcome()
                            .started()
                            .truncatedTo(ChronoUnit.SECONDS)
                            .toString()));
        }
        parts.add(new Rows(rows));
        var machines = runs.stream()
                .collect(Collectors.groupingBy(
                        run -> run.card().origin().environment(),
                        LinkedHashMap::new,
                        Collectors.mapping(Run::label, Collectors.joining(", "))));
        machines.forEach((environment, ids) -> {
            if (machines.size() > 1) {
                parts.add(new Paragraph("Trained here: " + ids));
            }
            parts.add(settings("machine", environment));
        });
        parts.add(new Paragraph(
                "Check out that commit, start environment/lab notebook, and run this where the runs’ folders"
                        + " are, which have what was read; on the same kind of processor the same numbers come out."));
        parts.add(new Code(RerunCode.cells(runs)));
    }
}
