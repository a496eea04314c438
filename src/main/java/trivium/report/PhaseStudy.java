package trivium.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import tech.tablesaw.api.Table;
import trivium.align.Reward;
import trivium.figure.Labels;
import trivium.generate.Sampling;
import trivium.measure.Difference;
import trivium.measure.Diversity;
import trivium.measure.DocumentBits;
import trivium.measure.Verifiable;
import trivium.model.Transformer;
import trivium.report.PhaseMeasures.Measure;
import trivium.run.Progress;
import trivium.run.Run;
import trivium.text.Numbers;

/** One measuring of what each phase changed, part after part; a part that cannot be measured leaves a sentence. */
final class PhaseStudy {

    static final String KL = "KL to the phase before";

    /** Documents that are asked for, at most. */
    private static final int DOCUMENTS = 200;

    /** What was found. */
    record Found(
            Table measures,
            PhaseDistance distance,
            Optional<Table> attention,
            Optional<Table> lens,
            List<String> notes) {}

    private final List<Run> given;
    private final List<Run> runs; // those that are asked: each has a chat template and its tokens
    private List<Run> whole; // once somebody asks
    private final List<String> names;
    private final PhaseMaterial material;
    private final Map<String, Reward> rewards;
    private final Progress progress;

    private final PhaseMeasures measures;
    private final PhaseDistance distance = new PhaseDistance();
    private final List<String> notes = new ArrayList<>();
    private int done;

    PhaseStudy(List<Run> given, PhaseMaterial material, Map<String, Reward> rewards, Progress progress) {
        this.given = given;
        this.names = Labels.names(given);
        this.material = material;
        this.rewards = rewards;
        this.progress = progress;
        var template = given.stream()
                .filter(run -> run.card().parent() != null)
                .findFirst()
                .map(Run::template);
        runs = given.stream()
                .map(run -> run.card().parent() == null && template.isPresent()
                        ? run.with(template.get()).withTemplateTokens()
                        : run)
                .toList();
        measures = new PhaseMeasures(names);
    }

    /** @throws CancellationException if the thread is interrupted, after which nothing is kept */
    Found measure() {
        long begun = System.nanoTime();
        progress.start("what each phase changed", 6L + runs.size());
        try {
            part("bits per byte", this::bits);
            var prompts = material.prompts(given);
            var answers = new PhaseAnswers[runs.size()];
            if (prompts.isEmpty()) {
                notes.add("answers: none of the runs was trained on prompts; give some with prompts(…)");
            }
            for (int i = 0; i < answers.length; i++) {
                int at = i;
                part(
                        "answers of " + names.get(i),
                        () -> answers[at] = prompts.isEmpty()
                                ? null
                                : PhaseAnswers.of(
                                        runs.get(at), prompts, material.asked().samples()));
            }
            part("answers", () -> answered(prompts, answers));
            part("questions", this::questions);
            part("divergence", () -> diverge(answers));
            part("weights", this::weigh);
            var views = new ArrayList<Table>();
            part(
                    "attention and logit lens",
                    () -> look(prompts).ifPresent(view -> {
                        views.add(view.attention());
                        views.add(view.lens());
                    }));
            progress.finish("measured in " + Numbers.duration((System.nanoTime() - begun) / 1e9));
            return new Found(
                    measures.table(),
                    distance,
                    views.stream().findFirst(),
                    views.stream().skip(1).findFirst(),
                    List.copyOf(notes));
        } catch (CancellationException e) {
            progress.finish("interrupted");
            throw e;
        }
    }

    private void part(String what, Runnable measuring) {
        if (Thread.interrupted()) {
            throw new CancellationException("measuring what each phase changed was interrupted");
        }
        try {
            measuring.run();
        } catch (IllegalArgumentException e) {
            notes.add(what + ": " + e.getMessage());
        }
        progress.step(++done, Map.of());
    }

    private void bits() {
        var text = material.text(given);
        if (text.isEmpty()) {
            notes.add("bits per byte: none of the runs is a pre-training with documents; give some with text(…)");
            return;
        }
        var documents = text.get().documents().stream().limit(DOCUMENTS).toList();
        measures.bits(
                new Measure("bits per byte", "bits", "documents"),
                runs.stream()
                        .map(run -> DocumentBits.of(run.model(), run.tokenizer(), documents))
                        .toArray(DocumentBits[]::new));
    }

    private void answered(List<String> prompts, PhaseAnswers... answers) {
        if (prompts.isEmpty()) {
            return;
        }
        var formed = new boolean[answers.length][];
        var lengths = new double[answers.length][];
        var entropies = new double[answers.length][];
        for (int i = 0; i < answers.length; i++) {
            if (answers[i] != null) {
                formed[i] = answers[i].formed();
                lengths[i] = answers[i].lengths();
                entropies[i] = answers[i].entropies();
            }
        }
        var repeated = Stream.of(answers)
                .filter(Objects::nonNull)
                .findFirst()
                .map(PhaseAnswers::prompts)
                .orElse(List.of());
        measures.shares(new Measure("right form and end", Difference.SHARE, "answers"), formed, repeated);
        new PhaseRewards(given, rewards, measures, notes).measure(answers);
        measures.means(new Measure("length", "tokens", "prompts"), lengths, prompts);
        measures.means(new Measure("entropy", "nats/token", "prompts"), entropies, prompts);
        diversity(prompts, answers);
    }

    private void diversity(List<String> prompts, PhaseAnswers... answers) {
        if (material.asked().samples() == 1) {
            notes.add(
                    "diversity: it compares answers to one prompt, of which there is one; ask for more with samples(4)");
            return;
        }
        var found = Stream.of(answers)
                .map(each -> each == null ? null : each.diversities())
                .toList();
        diversity("distinct-1", found, prompts, Diversity::distinct1);
        diversity("distinct-2", found, prompts, Diversity::distinct2);
        diversity("self-BLEU", found, prompts, Diversity::selfBleu);
    }

    private void diversity(
            String name, List<List<Diversity>> found, List<String> prompts, ToDoubleFunction<Diversity> number) {
        measures.means(
                new Measure(name, "", "prompts"),
                found.stream()
                        .map(each -> each == null
                                ? null
                                : each.stream().mapToDouble(number).toArray())
                        .toArray(double[][]::new),
                prompts);
    }

    private void questions() {
        if (!material.exam().verified().isEmpty()) {
            var prompts =
                    material.exam().verified().stream().map(Verifiable::prompt).toList();
            var right = runs.stream()
                    .map(run -> {
                        var said = run.completions().answers(prompts, run.template(), Sampling.greedy());
                        var each = new boolean[said.size()];
                        for (int i = 0; i < each.length; i++) {
                            each[i] = material.exam()
                                    .verified()
                                    .get(i)
                                    .verify(said.get(i))
                                    .right();
                        }
                        return each;
                    })
                    .toArray(boolean[][]::new);
            measures.rightAnswers(new Measure("verified", Difference.SHARE, "questions"), right, prompts);
        }
        var asked = material.questions(given);
        if (asked.isEmpty() && material.exam().verified().isEmpty()) {
            notes.add("exact match: none of the runs is a fine-tuning with conversations; give some with questions(…)");
        }
        asked.ifPresent(all -> measures.rightAnswers(
                new Measure("exact match", Difference.SHARE, "questions"),
                runs.stream().map(run -> Better.right(run, all)).toArray(boolean[][]::new),
                all.prompts()));
    }

    private void diverge(PhaseAnswers... answers) {
        for (int i = 1; i < answers.length; i++) {
            if (answers[i] == null) {
                continue;
            }
            try {
                var kl = distance.diverge(names.get(i), runs.get(i - 1), runs.get(i), answers[i]);
                measures.distance(new Measure(KL, "nats", "prompts"), i, kl);
            } catch (IllegalArgumentException e) {
                notes.add(KL + " of " + names.get(i) + ": " + e.getMessage());
            }
        }
    }

    /** The runs with their adapters merged, which makes a copy of each such model. */
    private List<Run> whole() {
        if (whole == null) {
            whole = runs.stream().map(Run::merged).toList();
        }
        return whole;
    }

    private void weigh() {
        for (int i = 1; i < runs.size(); i++) {
            long large = distance.weigh(
                    names.get(i), whole().get(i - 1).model(), whole().get(i).model());
            if (large > 0) {
                notes.add(String.format(
                        Locale.ROOT,
                        "rank: the singular values of %s of %s were not computed, which would take too long",
                        Numbers.count(large, "large matrix"),
                        names.get(i)));
            }
        }
    }

    private Optional<PhaseViews> look(List<String> prompts) {
        var models = new ArrayList<Transformer>();
        for (var run : whole()) {
            if (!(run.model() instanceof Transformer model)) {
                notes.add("attention and logit lens: the model of " + run.label() + " is no transformer");
                return Optional.empty();
            }
            models.add(model);
        }
        long shapes = models.stream()
                .map(Transformer::architecture)
                .map(shape -> shape.layers() + " × " + shape.attention().heads())
                .distinct()
                .count();
        if (shapes > 1) {
            notes.add("attention and logit lens: the runs differ in layers or heads");
            return Optional.empty();
        }
        var tokenizers = runs.stream().map(Run::tokenizer).toList();
        return sentence(prompts).map(ids -> new PhaseViews(names, models, tokenizers, ids));
    }

    private Optional<int[]> sentence(List<String> prompts) {
        var tokenizer = runs.getLast().tokenizer();
        if (material.sentence() != null) {
            return Optional.of(tokenizer.encodeWithSpecials(material.sentence()));
        }
        var shortest = prompts.stream().min(Comparator.comparingInt(String::length));
        if (shortest.isEmpty()) {
            notes.add("attention and logit lens: there is no prompt to be read; give a sentence with sentence(…)");
        }
        return shortest.map(prompt -> runs.getLast().template().prompt(tokenizer, prompt));
    }
}
