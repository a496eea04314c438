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
import trivium.align.JudgedAnswers;
import trivium.align.PolicyOptimisation;
import trivium.align.Reward;
import trivium.data.Conversations;
import trivium.data.Corpus;
import trivium.figure.Labels;
import trivium.finetune.FineTuning;
import trivium.generate.Sampling;
import trivium.measure.Difference;
import trivium.measure.Diversity;
import trivium.measure.DocumentBits;
import trivium.measure.Verifiable;
import trivium.model.Transformer;
import trivium.pretrain.Pretraining;
import trivium.report.PhaseMeasures.Measure;
import trivium.run.Progress;
import trivium.run.Run;
import trivium.run.StepFailedException;
import trivium.text.Numbers;

/** One measuring of what each phase changed, part after part; a part that cannot be measured leaves a sentence. */
final class PhaseStudy {

    static final String KL = "KL to the phase before";

    /** Prompts, questions and documents that are asked by default, at most. */
    private static final int PROMPTS = 50;

    private static final int QUESTIONS = 200;
    private static final int DOCUMENTS = 200;

    private static final String VALIDATION = "validation";
    private static final String PROMPT = "prompt";

    /**
     * What is answered at temperature 1.
     *
     * @param prompts none for those that the runs held back
     * @param samples answers to each prompt
     */
    record Asked(List<String> prompts, int samples) {}

    /**
     * What is answered with the likeliest tokens.
     *
     * @param questions whose answers are known, or null
     * @param verified whose answers a checker knows, or none
     */
    record Exam(Conversations questions, List<Verifiable> verified) {}

    /**
     * What runs are asked; what is not given is looked for in the runs.
     *
     * @param text of which bits per byte are measured, or null
     * @param sentence that attention and logit lens read, or null
     */
    record Material(Asked asked, Exam exam, Corpus text, String sentence) {

        static final Material FROM_RUNS = new Material(new Asked(List.of(), 4), new Exam(null, List.of()), null, null);

        Material asked(Asked other) {
            return new Material(other, exam, text, sentence);
        }

        Material exam(Exam other) {
            return new Material(asked, other, text, sentence);
        }
    }

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
    private final Material material;
    private final Map<String, Reward> rewards;
    private final Progress progress;

    private final PhaseMeasures measures;
    private final PhaseDistance distance = new PhaseDistance();
    private final List<String> notes = new ArrayList<>();
    private int done;

    PhaseStudy(List<Run> given, Material material, Map<String, Reward> rewards, Progress progress) {
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
            var prompts = prompts();
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
                                : PhaseAnswers.of(runs.get(at), prompts, material.asked.samples));
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

    private Optional<Run> ofKind(String kind) {
        return given.stream().filter(run -> run.card().kind().equals(kind)).findFirst();
    }

    private void bits() {
        var text =
                material.text == null ? ofKind(Pretraining.KIND).map(PhaseStudy::heldOut) : Optional.of(material.text);
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

    private static Corpus heldOut(Run pretraining) {
        return pretraining.corpus().split(validation(pretraining)).validation();
    }

    private static double validation(Run run) {
        if (run.card().recipe().get(VALIDATION) instanceof Number share) {
            return share.doubleValue();
        }
        throw new IllegalArgumentException(run.label() + " does not say which of its data it held back");
    }

    /** Those given, those that an alignment held out, or those of the conversations that a fine-tuning held back. */
    private List<String> prompts() {
        if (!material.asked.prompts.isEmpty()) {
            return material.asked.prompts;
        }
        return Stream.concat(
                        given.stream()
                                .filter(run -> run.tables().containsKey(PolicyOptimisation.REWARDS))
                                .map(run -> run.table(PolicyOptimisation.REWARDS)
                                        .stringColumn(PROMPT)
                                        .asList()),
                        heldOutQuestions().map(Conversations::prompts).stream())
                .findFirst()
                .orElse(List.of())
                .stream()
                .distinct()
                .limit(PROMPTS)
                .toList();
    }

    private Optional<Conversations> heldOutQuestions() {
        try {
            return ofKind(FineTuning.KIND)
                    .map(run -> run.conversations().split(validation(run)).validation());
        } catch (IllegalArgumentException e) { // they were not kept
            return Optional.empty();
        }
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
        reward(answers);
        measures.means(new Measure("length", "tokens", "prompts"), lengths, prompts);
        measures.means(new Measure("entropy", "nats/token", "prompts"), entropies, prompts);
        diversity(prompts, answers);
    }

    private void diversity(List<String> prompts, PhaseAnswers... answers) {
        if (material.asked.samples == 1) {
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

    /**
     * By the rewards given; without one, by what an alignment of the next run here wrote down of its held-out prompts.
     */
    private void reward(PhaseAnswers... answers) {
        if (rewards.isEmpty()) {
            recordedRewards();
            return;
        }
        rewards.forEach((name, reward) -> {
            try {
                var scores = new double[answers.length][];
                for (int i = 0; i < answers.length; i++) {
                    var each = answers[i];
                    if (each != null) {
                        double[] all = JudgedAnswers.scores(
                                        Map.of(name, reward), each.prompts(), each.texts(), each.finishes())
                                .get(name);
                        scores[i] = each.perPrompt(k -> all[k]);
                    }
                }
                var prompts = Stream.of(answers)
                        .filter(Objects::nonNull)
                        .findFirst()
                        .map(each -> each.prompts().stream().distinct().toList())
                        .orElse(List.of());
                measures.means(new Measure(name, "", "prompts"), scores, prompts);
            } catch (StepFailedException e) {
                notes.add(name + ": " + e.getMessage());
            }
        });
    }

    private void recordedRewards() {
        boolean any = false;
        for (int i = 1; i < given.size(); i++) {
            var table = given.get(i).tables().get(PolicyOptimisation.REWARDS);
            if (table != null
                    && given.get(i - 1).id().equals(given.get(i).card().parent())) {
                any = true;
                recorded(i, "reward", table, "");
                if (table.containsColumn("gold_before")) {
                    recorded(i, "gold reward", table, "gold_");
                }
            }
        }
        notes.add(
                any
                        ? "reward of other phases: only the alignment wrote rewards down; ask all with reward(judge)"
                        : "reward: no judge is known; give one with reward(judge)");
    }

    private void recorded(int index, String name, Table rewards, String prefix) {
        var values = new double[names.size()][];
        values[index - 1] = rewards.numberColumn(prefix + "before").asDoubleArray();
        values[index] = rewards.numberColumn(prefix + "after").asDoubleArray();
        measures.means(
                new Measure(name, "", "prompts"),
                values,
                rewards.stringColumn(PROMPT).asList());
    }

    private void questions() {
        if (!material.exam.verified.isEmpty()) {
            var prompts =
                    material.exam.verified.stream().map(Verifiable::prompt).toList();
            var right = runs.stream()
                    .map(run -> {
                        var said = run.completions().answers(prompts, run.template(), Sampling.greedy());
                        var each = new boolean[said.size()];
                        for (int i = 0; i < each.length; i++) {
                            each[i] = material.exam
                                    .verified
                                    .get(i)
                                    .verify(said.get(i))
                                    .right();
                        }
                        return each;
                    })
                    .toArray(boolean[][]::new);
            measures.rightAnswers(new Measure("verified", Difference.SHARE, "questions"), right, prompts);
        }
        var asked = material.exam.questions != null || !material.exam.verified.isEmpty()
                ? Optional.ofNullable(material.exam.questions)
                : heldOutQuestions()
                        .map(all -> new Conversations(
                                all.name(), all.list().stream().limit(QUESTIONS).toList()));
        if (asked.isEmpty() && material.exam.verified.isEmpty()) {
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
        if (material.sentence != null) {
            return Optional.of(tokenizer.encodeWithSpecials(material.sentence));
        }
        var shortest = prompts.stream().min(Comparator.comparingInt(String::length));
        if (shortest.isEmpty()) {
            notes.add("attention and logit lens: there is no prompt to be read; give a sentence with sentence(…)");
        }
        return shortest.map(prompt -> runs.getLast().template().prompt(tokenizer, prompt));
    }
}
