package trivium.notebook;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import trivium.run.Metric;
import trivium.run.Progress;
import trivium.run.ProgressState;
import trivium.run.RunningTraining;
import trivium.text.Markup;

/**
 * Progress as one display below the cell, redrawn at most twice a second: a bar, the time left, the newest figures and
 * curves: of reward, gold reward and divergence where there is a reward, of the loss elsewhere, and of what is
 * evaluated apart from them. (The loss of a policy gradient says nothing about how good the policy is.) Before the
 * first step, and during long ones, a clock goes on. The end is drawn before {@link #finish} returns, so that it is
 * what a saved notebook keeps.
 */
public final class LiveProgress implements Progress {

    /** The metrics that have curves. */
    private static final List<Metric> DRAWN = List.of(Metric.REWARD, Metric.GOLD, Metric.KL, Metric.LOSS);

    /** The newest of them. */
    private static final int MOST_SAMPLES = 5;

    private static final int WIDE = 320;
    private static final int NARROW = 180;

    private final LiveDisplay display;
    private final Optional<TrainingControls> controls;

    private final Map<Metric, Curve> curves = new LinkedHashMap<>();
    private Map<String, Double> metrics = Map.of();
    private final List<String> notes = new ArrayList<>();
    /** What the model wrote when it was asked, by step. */
    private final TreeMap<Long, Sample> samples = new TreeMap<>();

    private String title = "training"; // until it says what it is
    private long total;
    private long done;
    private long started; // later by as long as it was held between steps
    private OptionalLong held = OptionalLong.empty(); // since when it is held between two steps
    private boolean preparing;
    /** Whether it is a training: other work, such as a download, asks for no pause and no end. */
    private boolean trains;

    /**
     * @param display shows something and answers its id
     * @param update replaces what the display with this id shows
     * @param time nanoseconds
     * @param clock asks for a redraw now and then
     * @param controls where somebody can touch them
     */
    LiveProgress(
            Function<Html, String> display,
            BiConsumer<String, Html> update,
            LongSupplier time,
            LiveDisplay.Clock clock,
            Optional<TrainingControls> controls) {
        this.controls = controls;
        this.display = new LiveDisplay(display, update, time, clock);
    }

    @Override
    public synchronized void prepare() {
        begin("preparing", 0);
        preparing = true;
        trains = true;
        display.open(running(), this::tick);
    }

    @Override
    public synchronized void start(String title, long total) {
        begin(title, total);
        if (display.isOpen()) {
            display.redraw(this::running);
        } else {
            display.open(running(), this::tick);
        }
        if (trains) {
            controls.ifPresent(TrainingControls::show);
        }
    }

    private void begin(String title, long total) {
        this.title = title;
        this.total = total;
        preparing = false;
        done = 0;
        metrics = Map.of();
        notes.clear();
        samples.clear();
        curves.clear();
        started = display.now();
    }

    private synchronized void tick() {
        display.redraw(this::running);
    }

    @Override
    public synchronized void resume(String title, long total, long done, double seconds) {
        Progress.super.resume(title, total, done, seconds);
        this.done = done;
        started -= Math.round(seconds * 1e9);
    }

    @Override
    public synchronized void note(String text) {
        notes.add(text);
        display.redraw(this::running);
    }

    @Override
    public void step(long done, Map<String, Double> metrics) {
        draw(done, metrics);
    }

    @Override
    public void between(RunningTraining training) { // without the lock: the clock goes on during a pause
        controls.ifPresent(shown -> {
            hold();
            try {
                shown.between(training, this::sampled);
            } finally {
                goOn();
            }
        });
    }

    private synchronized void hold() {
        held = OptionalLong.of(display.now());
    }

    /** A pause is no time that steps took. */
    private synchronized void goOn() {
        started += display.now() - held.orElseThrow();
        held = OptionalLong.empty();
    }

    private synchronized void sampled(long step, Sample sample) {
        samples.put(step, sample);
        if (samples.size() > MOST_SAMPLES) {
            samples.pollFirstEntry();
        }
        display.redraw(this::running);
    }

    @Override
    public Optional<String> stop() {
        return controls.flatMap(TrainingControls::reason);
    }

    private synchronized void draw(long done, Map<String, Double> metrics) {
        this.done = done;
        this.metrics = new LinkedHashMap<>(metrics);
        metrics.keySet().stream()
                .map(Metric::of)
                .filter(metric -> DRAWN.contains(metric) || isOwnEvaluation(metric))
                .forEach(metric ->
                        curves.computeIfAbsent(metric, _ -> new Curve()).add(done, metrics.get(metric.name())));
        display.redraw(this::running);
    }

    @Override
    public synchronized void finish(String outcome) {
        boolean refused = preparing && outcome.startsWith("failed: "); // which the cell's error says
        display.close(finished(refused ? "not begun" : outcome));
        controls.ifPresent(TrainingControls::hide);
    }

    private ProgressState now() {
        boolean paused =
                held.isPresent() && controls.filter(TrainingControls::isPaused).isPresent();
        double seconds = (held.orElseGet(display::now) - started) / 1e9;
        return new ProgressState(title, done, total, seconds, metrics, paused);
    }

    private Html running() {
        var now = now();
        if (preparing) {
            return new Html(
                    "<div><b>" + title + "</b> <span style=\"opacity:0.7\">" + now.time() + "</span></div>",
                    title + "  " + now.time());
        }
        return new Html(
                "<div>" + LiveDisplay.head(now) + figures(now) + noted() + panels() + sampled() + "</div>", now.line());
    }

    private Html finished(String outcome) {
        var now = now();
        var text = title + ": " + outcome + (metrics.isEmpty() ? "" : "  " + now.figures())
                + notes.stream().map(note -> "\n" + note).collect(Collectors.joining())
                + samples.entrySet().stream()
                        .map(each -> "\nstep " + each.getKey() + ": "
                                + each.getValue().prompt() + each.getValue().text())
                        .collect(Collectors.joining());
        return new Html(
                "<div><b>" + Markup.escape(title) + "</b> " + Markup.escape(outcome)
                        + (metrics.isEmpty() ? "" : " · ") + figures(now) + noted()
                        + panels() + sampled() + "</div>",
                text);
    }

    /** The curves side by side, or the loss alone. */
    private String panels() {
        boolean rewarded = curves.containsKey(Metric.REWARD);
        var shown = Stream.concat(
                        DRAWN.stream()
                                .filter(metric -> curves.containsKey(metric) && metric.equals(Metric.LOSS) != rewarded),
                        curves.keySet().stream().filter(LiveProgress::isOwnEvaluation))
                .toList();
        return shown.stream()
                .map(metric -> curves.get(metric).panel(heading(metric), shown.size() > 1 ? NARROW : WIDE))
                .collect(Collectors.joining("", "<div>", "</div>"));
    }

    /** Whether people asked for it by a name of theirs. */
    private static boolean isOwnEvaluation(Metric metric) {
        return metric.name().startsWith("eval/") && !Metric.declared().contains(metric);
    }

    /** What a loss is measured in depends on the kind of run, which is not known here. */
    private static String heading(Metric metric) {
        return metric.equals(Metric.LOSS) ? metric.label() : metric.axis();
    }

    private String noted() {
        return notes.stream()
                .map(note -> "<div style=\"opacity:0.7\">" + Markup.escape(note) + "</div>")
                .collect(Collectors.joining());
    }

    private String sampled() {
        return samples.entrySet().stream()
                .map(each -> "<div style=\"white-space:pre-wrap;margin-top:4px\"><b>step " + each.getKey() + "</b> "
                        + "<span style=\"opacity:0.6\">"
                        + Markup.escape(each.getValue().prompt()) + "</span> "
                        + Markup.escape(each.getValue().text()) + "</div>")
                .collect(Collectors.joining());
    }

    private static String figures(ProgressState moment) {
        return moment.metrics().isEmpty()
                ? ""
                : "<span style=\"font-variant-numeric:tabular-nums\">" + Markup.escape(moment.figures()) + "</span>";
    }
}
