package trivium.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import trivium.align.PolicyOptimisation;
import trivium.figure.Figure;
import trivium.figure.Figures;
import trivium.finetune.FineTuning;
import trivium.run.AtomicFile;
import trivium.run.Run;
import trivium.run.RunStore;
import trivium.run.Runs;
import trivium.run.Trained;

/**
 * One page on several runs: what they are and where each comes from, curves, completions before and after, the shift of
 * rewards, recipes, and what it takes to train them again. As HTML it is one file with the pictures inside, which opens
 * without a network; as Markdown it has them in a folder beside it. Never changes: each method answers another report.
 */
public final class Report {

    /** Prompts that are asked before and after fine-tuning. */
    private static final int ASKED = 4;

    private final String title;
    private final List<Run> runs;
    private final Map<String, BeforeAfter> pairs;
    private final Map<String, Figure> figures;
    private final Path file;

    /**
     * @param title of the page
     * @param runs in the order they are told, parents first
     */
    public Report(String title, List<Run> runs) {
        this(title, runs, Map.of(), Map.of(), null);
    }

    private Report(
            String title, List<Run> runs, Map<String, BeforeAfter> pairs, Map<String, Figure> figures, Path file) {
        this.title = title;
        this.runs = List.copyOf(runs);
        this.pairs = pairs;
        this.figures = figures;
        this.file = file;
        if (runs.isEmpty()) {
            throw new IllegalArgumentException("a report needs at least one run");
        }
    }

    /**
     * A report on these runs. Where an alignment is among them, the report has what fine-tuning changed on the first of
     * the prompts that the alignment held out.
     */
    public static Report of(String title, List<Run> runs) {
        var report = new Report(title, runs);
        return runs.stream()
                .map(run -> run.tables().get(PolicyOptimisation.REWARDS))
                .filter(rewards -> rewards != null && rewards.containsColumn("prompt"))
                .map(rewards -> rewards.first(ASKED).stringColumn("prompt").asList())
                .findFirst()
                .map(prompts -> report.asking(prompts, run -> run.card().kind().equals(FineTuning.KIND)))
                .orElse(report);
    }

    /** On these runs and reward models, parents first, under the title "Report on 3 runs". */
    public static Report of(Trained... runs) {
        return of(
                "Report on " + runs.length + (runs.length == 1 ? " run" : " runs"),
                Arrays.stream(runs).map(Trained::run).toList());
    }

    /**
     * On the seeds of recipes: each run, called by its series and its seed, and what the series come to over their
     * seeds.
     */
    public static Report of(Runs... series) {
        var runs = Arrays.stream(series)
                .flatMap(each -> each.list().stream()
                        .map(run -> run.named(
                                each.label() + ", seed " + run.card().origin().seed())))
                .toList();
        return of("Report on " + runs.size() + (runs.size() == 1 ? " run" : " runs"), runs)
                .with("Over seeds", Figures.loss(series));
    }

    /** A report on a run of a store, with its parents and the judges of its rewards as far as the store has them. */
    public static Report of(RunStore store, String id) {
        var known = store.ids();
        var chain = new LinkedHashMap<String, Run>();
        collect(store, id, known, chain);
        return of("How " + chain.get(id).label() + " was made", List.copyOf(chain.values()));
    }

    private static void collect(RunStore store, String id, List<String> known, Map<String, Run> chain) {
        var card = store.card(id);
        for (var source : new String[] {card.parent(), Lineage.judge(card)}) {
            if (source != null && known.contains(source) && !chain.containsKey(source)) {
                collect(store, source, known, chain);
            }
        }
        chain.put(id, store.load(id));
    }

    /** With another title. */
    public Report titled(String other) {
        return new Report(other, runs, pairs, figures, null);
    }

    /** With completions side by side, under a heading of their own: {@code with("Lessons", compare(…))}. */
    public Report with(String heading, BeforeAfter completions) {
        var more = new LinkedHashMap<>(pairs);
        more.put(heading, completions);
        return new Report(title, runs, more, figures, null);
    }

    /**
     * The report with the answers of each run to these prompts beside those of the run that it started from, drawn with
     * the same random numbers. Runs whose start is not in the report, and models that cannot generate, are left out.
     */
    public Report asking(List<String> prompts) {
        return asking(prompts, run -> run.model().outputs() > 1);
    }

    private Report asking(List<String> prompts, Predicate<Run> whom) {
        var report = this;
        for (var after : runs) {
            var before = runs.stream()
                    .filter(run -> run.id().equals(after.card().parent()))
                    .findFirst();
            if (before.isPresent() && whom.test(after)) {
                report = report.with(
                        ReportContents.name(after) + " beside " + before.get().label(),
                        BeforeAfter.of(prompts, before.get(), after));
            }
        }
        return report;
    }

    /** The report with one more figure; the caption says in a sentence what the figure shows. */
    public Report with(String caption, Figure figure) {
        var more = new LinkedHashMap<>(figures);
        more.put(caption, figure);
        return new Report(title, runs, pairs, more, null);
    }

    public String title() {
        return title;
    }

    public List<Run> runs() {
        return runs;
    }

    /** The file that the report was saved as, if it was saved. */
    public Optional<Path> file() {
        return Optional.ofNullable(file);
    }

    /** The sections' headings, in order. */
    public List<String> contents() {
        return ReportContents.contents(parts());
    }

    /** A row for each run: its kind, how it ended, and its most telling numbers. */
    public Table summary() {
        var rows = ReportContents.summary(runs);
        var table = Table.create("");
        for (int c = 0; c < rows.getFirst().size(); c++) {
            int column = c;
            var name = rows.getFirst().get(c);
            var cells = rows.stream().skip(1).map(row -> row.get(column)).toList();
            table.addColumns(
                    ReportContents.isNumeric(rows, c)
                            ? DoubleColumn.create(name, cells.stream().mapToDouble(Report::number))
                            : StringColumn.create(name, cells));
        }
        return table;
    }

    private static double number(String cell) {
        return cell.isEmpty()
                ? Double.NaN
                : Double.parseDouble(cell.replace('−', '-').replace(",", ""));
    }

    /** The lineage of the runs as an SVG element. */
    public String chain() {
        return Lineage.of(runs).svg();
    }

    /** The chain of runs in words: "tokenizer → pre-training → fine-tuning". */
    public String chainInWords() {
        return Lineage.of(runs).sentence();
    }

    /** The page as HTML. */
    public String html() {
        return new HtmlPage(title, parts()).text();
    }

    private List<Part> parts() {
        return new ReportContents(runs, pairs, figures).parts();
    }

    /** Saves the page, see {@link #save(Path)}. */
    public Report save(String name) {
        return save(Path.of(name));
    }

    /**
     * Saves the page as {@code .html}, or as {@code .md} with a folder of figures beside it, by the file's name.
     * Answers this report, with the {@link #file} it was saved as.
     *
     * @throws UncheckedIOException if it cannot be written
     */
    public Report save(Path place) {
        var name = place.getFileName().toString();
        int dot = name.lastIndexOf('.');
        var format = name.substring(dot + 1).toLowerCase(Locale.ROOT);
        if (dot < 1 || !List.of("html", "md").contains(format)) {
            throw new IllegalArgumentException("a report is saved as .html or .md, not as \"" + name + "\"");
        }
        try {
            if (format.equals("html")) {
                AtomicFile.write(place, aside -> Files.writeString(aside, html()));
            } else {
                var page = new MarkdownPage(title, parts(), name.substring(0, dot) + "-figures");
                page.saveFigures(place.toAbsolutePath().getParent());
                AtomicFile.write(place, aside -> Files.writeString(aside, page.text()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot save the report as " + place + ": " + e.getMessage(), e);
        }
        return new Report(title, runs, pairs, figures, place);
    }

    @Override
    public String toString() {
        var where = file == null ? "save(\"report.html\") or save(\"report.md\") writes it" : "saved as " + file;
        return title + " (a page on " + runs.size() + (runs.size() == 1 ? " run; " : " runs; ") + where + ")";
    }
}
