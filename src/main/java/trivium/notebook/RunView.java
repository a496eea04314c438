package trivium.notebook;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import trivium.align.PolicyOptimisation;
import trivium.align.ProcessRewardModel;
import trivium.align.RewardModel;
import trivium.align.RewardShift;
import trivium.figure.Axis;
import trivium.figure.Figure;
import trivium.figure.Figures;
import trivium.measure.Difference;
import trivium.measure.Differences;
import trivium.measure.Share;
import trivium.pretrained.Pretrained;
import trivium.report.BeforeAfter;
import trivium.report.Changes;
import trivium.report.Diagnosis;
import trivium.report.Report;
import trivium.run.Chain;
import trivium.run.Finding;
import trivium.run.Metric;
import trivium.run.Run;
import trivium.run.RunDifference;
import trivium.run.Runs;
import trivium.sweep.SweepResult;
import trivium.text.Markup;
import trivium.text.Numbers;

/** How runs, judges and sweeps show in a cell: a card with the figures that matter, and the curve. */
public final class RunView {

    private static final int WIDTH = 520;
    private static final int HEIGHT = 300;
    private static final int PANELS_WIDTH = 640;
    private static final int PANELS_HEIGHT = 440;
    private static final int SHORT_HASH = 10;

    /** The metrics a card shows if the run has them. */
    private static final List<Metric> SHOWN = List.of(
            Metric.LOSS,
            Metric.VALIDATION_LOSS,
            Metric.BITS_PER_BYTE,
            Metric.VALIDATION_MIDDLE_LOSS,
            Metric.VALIDATION_TOKEN_ACCURACY,
            Metric.REWARD,
            Metric.GOLD,
            Metric.KL,
            Metric.ENTROPY);

    /** Of the newest step's batch alone. */
    private static final Set<Metric> OF_LAST_STEP = Set.of(Metric.LOSS, Metric.REWARD, Metric.GOLD);

    private RunView() {}

    /** Tells {@link Views} about these types, once. */
    static void register() {
        Views.register(Run.class, RunView::card);
        Views.register(RewardModel.class, judge -> card(judge.run()));
        Views.register(ProcessRewardModel.class, judge -> card(judge.run()));
        Views.register(Chain.class, chain -> Grid.of(chain.table()).view());
        Views.register(
                RunDifference.class, difference -> Grid.of(difference.table()).view());
        Views.register(SweepResult.class, RunView::sweep);
        Views.register(
                BeforeAfter.class,
                pairs -> new Html(pairs.html(), Grid.of(pairs.table()).view().text()));
        Views.register(Changes.class, RunView::changes);
        Views.register(Report.class, RunView::preview);
        Views.register(Runs.class, RunView::series);
        Views.register(Difference.class, RunView::difference);
        Views.register(Differences.class, each -> Grid.of(each.table()).view());
        Views.register(Diagnosis.class, RunView::diagnosis);
        Views.register(Share.class, share -> new PlainText(share.toString()));
    }

    /** The settings, and below them those that were confirmed. */
    static Html sweep(SweepResult result) {
        var found = Grid.of((result.goals().isEmpty() ? result : result.ranked()).table())
                .view();
        if (result.confirmation().isEmpty()) {
            return found;
        }
        var fresh = Grid.of(result.confirmed().overSeeds().table()).view();
        var title = "the best with fresh seeds";
        return new Html(
                found.html() + "<div style=\"margin-top:8px\"><b>" + title + "</b></div>" + fresh.html(),
                found.text() + "\n" + title + "\n" + fresh.text());
    }

    /** The panels, the numbers, one sentence at each phase, and what was left out. */
    private static Html changes(Changes changes) {
        var numbers = Grid.of(changes.summary()).view();
        var html = new StringBuilder(whole(changes.figure())).append(numbers.html());
        changes.attention().ifPresent(figure -> html.append(whole(figure)));
        changes.lens().ifPresent(figure -> html.append(whole(figure)));
        var text = new StringBuilder(numbers.text());
        for (var note : changes.notes()) {
            html.append("<div style=\"opacity:0.7\">left out: ")
                    .append(Markup.escape(note))
                    .append("</div>");
            text.append("\nleft out: ").append(note);
        }
        return new Html("<div>" + html + "</div>", text.toString());
    }

    private static String whole(Figure figure) {
        return "<div style=\"margin-bottom:8px\">" + new Png(figure.png(), figure.title(), figure.width()).tag()
                + "</div>";
    }

    /** The card of a run. */
    static Html card(Run run) {
        if (run.card().kind().equals(Pretrained.KIND)) {
            return loaded(run);
        }
        var rows = new LinkedHashMap<String, String>();
        rows.put("model", run.model().toString());
        for (var metric : SHOWN) {
            if (run.has(metric.name())) {
                rows.put(
                        metric.in(run.card().kind()).axis() + (OF_LAST_STEP.contains(metric) ? ", last step" : ""),
                        metric.shown(run.last(metric.name())));
            }
        }
        if (run.tables().containsKey(RewardModel.VALIDATION)) {
            rows.put("accuracy on validation pairs", RewardModel.validation(run).toString());
        }
        if (run.tables().containsKey(ProcessRewardModel.VALIDATION)) {
            var accuracy = ProcessRewardModel.validation(run);
            rows.put("accuracy on validation steps", accuracy.steps().toString());
            rows.put("first wrong step found", accuracy.firstErrors().toString());
        }
        if (run.tables().containsKey(PolicyOptimisation.REWARDS) && run.has("kl")) {
            rows.put("held-out prompts", RewardShift.of(run).toString());
        }
        if (run.has("tokens") && run.has("seconds")) {
            rows.put("tokens per second", Numbers.count(Math.round(run.last("tokens") / run.last("seconds"))));
        }
        var best = run.card().outcome().best();
        if (best != null) {
            rows.put("best state, best()", best.toString());
        }
        run.card().findings().forEach(finding -> rows.put(finding.name(), whole(finding)));
        var origin = run.card().origin();
        if (!origin.notes().isEmpty()) {
            rows.put("note", String.join("\n", origin.notes()));
        }
        rows.put("seed", Long.toString(origin.seed()));
        rows.put("data (SHA-256)", shortened(origin.dataHash()));
        rows.put("commit", shortened(origin.commit()));
        var text = run.toString();
        return new Html(
                "<div><b>" + Markup.escape(run.card().toString()) + "</b></div>"
                        + "<div style=\"display:inline-block;vertical-align:top;margin-right:16px\">" + table(rows)
                        + "</div>" + curves(run),
                text);
    }

    /** A model that was loaded: where it came from, in the place of a training. */
    private static Html loaded(Run run) {
        var recipe = run.card().recipe();
        var rows = new LinkedHashMap<String, String>();
        rows.put("model", run.model().toString());
        rows.put("folder", String.valueOf(recipe.get("folder")));
        if (recipe.get("adapter") instanceof String adapter) {
            rows.put("adapter", adapter);
        }
        if (recipe.get(Run.PRETRAINED) instanceof Map<?, ?> source && source.get("dtype") != null) {
            rows.put("numbers", String.valueOf(source.get("dtype")));
        }
        var licence = String.valueOf(recipe.getOrDefault("licence", ""));
        rows.put("licence file", licence.isEmpty() ? "none in the folder" : licence);
        if (recipe.get("files") instanceof Map<?, ?> files) {
            rows.put("SHA-256", "of " + Numbers.count(files.size(), "file") + ", in the card");
        }
        if (!run.card().origin().notes().isEmpty()) {
            rows.put("note", String.join("\n", run.card().origin().notes()));
        }
        return new Html(
                "<div><b>" + Markup.escape(run.label()) + "</b>, a model that was loaded</div>" + table(rows),
                run.label() + ", loaded from " + recipe.get("folder") + ": " + run.model());
    }

    /** Means over seeds, and the loss with its band. */
    private static Html series(Runs runs) {
        return new Html(
                "<div><b>" + Markup.escape(runs.toString()) + "</b></div>"
                        + Grid.of(runs.table()).view().html() + image(Figures.loss(runs), WIDTH, HEIGHT),
                runs.toString());
    }

    /** What it comes to, and the numbers below. */
    private static Html difference(Difference difference) {
        var rows = new LinkedHashMap<String, String>();
        var table = difference.table();
        for (int i = 0; i < table.rowCount(); i++) {
            rows.put(table.stringColumn(0).get(i), table.stringColumn(1).get(i));
        }
        return new Html(
                "<div><b>" + Markup.escape(difference.verdict()) + "</b></div>" + table(rows), difference.toString());
    }

    /** A block a finding, and the figure below. */
    private static Html diagnosis(Diagnosis diagnosis) {
        var rows = new LinkedHashMap<String, String>();
        diagnosis.findings().forEach(finding -> rows.put(finding.name(), whole(finding)));
        return new Html(
                "<div><b>" + Markup.escape(diagnosis.verdict()) + "</b></div>" + table(rows)
                        + (rows.isEmpty() ? "" : whole(diagnosis.figure())),
                diagnosis.toString());
    }

    private static String whole(Finding finding) {
        return (finding.step() == 0 ? "before the first step: " : "after step " + finding.step() + ": ")
                + finding.symptom();
    }

    /** Where the page is, what it has, and how it begins. */
    static Html preview(Report report) {
        var where = report.file()
                .map(RunView::fromHere)
                .map(file ->
                        "saved as <a href=\"" + Markup.escape(file.toString().replace('\\', '/')) + "\">"
                                + Markup.escape(file.toString()) + "</a>")
                .orElse("not saved yet: <code>save(\"report.html\")</code> or <code>save(\"report.md\")</code>");
        var summary = Grid.of(report.summary()).view();
        return new Html(
                "<div><b>" + Markup.escape(report.title()) + "</b>, " + where + "</div><div style=\"opacity:0.7\">"
                        + Markup.escape(String.join(" · ", report.contents())) + "</div>" + summary.html()
                        + "<div style=\"margin-top:12px\">" + chain(report) + "</div>",
                report.title() + "\n" + String.join(" · ", report.contents()) + "\n" + summary.text());
    }

    /** As an image: of an SVG element, Jupyter keeps only the words in a notebook that it does not trust. */
    private static String chain(Report report) {
        var words = report.chainInWords();
        return "<img alt=\"" + Markup.escape(words) + "\" src=\"data:image/svg+xml;base64,"
                + Base64.getEncoder().encodeToString(report.chain().getBytes(StandardCharsets.UTF_8)) + "\"/>";
    }

    /** Relative where it can be: a link beside the notebook, and alike on every machine. */
    private static Path fromHere(Path file) {
        var here = Path.of("").toAbsolutePath();
        var there = file.toAbsolutePath();
        return Objects.equals(here.getRoot(), there.getRoot()) ? here.relativize(there) : file;
    }

    /** The loss; of an alignment the rewards and the KL to the reference, each in its panel. */
    private static String curves(Run run) {
        if (!run.has("reward")) {
            return image(Figures.loss(run), WIDTH, HEIGHT);
        }
        var drawn = Stream.of("reward", "gold", "kl").filter(run::has).toArray(String[]::new);
        var title = drawn.length == 1 ? "Reward over training" : "Reward and divergence over training";
        var figure = Figures.metrics(title, run.metrics(), Axis.STEPS, drawn);
        return drawn.length == 1 ? image(figure, WIDTH, HEIGHT) : image(figure, PANELS_WIDTH, PANELS_HEIGHT);
    }

    /** Labels and values, one pair a line; a value may have several lines. */
    static String table(Map<String, String> rows) {
        var html = new StringBuilder("<table style=\"border-collapse:collapse\">");
        rows.forEach((label, value) -> html.append(
                        "<tr><td style=\"text-align:left;vertical-align:top;opacity:0.7;padding:2px 12px 2px 0\">")
                .append(Markup.escape(label))
                .append("</td><td style=\"text-align:left;padding:2px 0\">")
                .append(Markup.escape(value).replace("\n", "<br>"))
                .append("</td></tr>"));
        return html.append("</table>").toString();
    }

    /** A figure in a card. */
    static String image(Figure figure, int width, int height) {
        return new Png(figure.png(width, height), figure.title(), width).tag();
    }

    private static String shortened(String hash) {
        return hash.isEmpty() ? "none" : hash.substring(0, Math.min(SHORT_HASH, hash.length()));
    }
}
