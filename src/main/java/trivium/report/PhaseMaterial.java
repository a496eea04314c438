package trivium.report;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import trivium.align.PolicyOptimisation;
import trivium.data.Conversations;
import trivium.data.Corpus;
import trivium.finetune.FineTuning;
import trivium.measure.Verifiable;
import trivium.pretrain.Pretraining;
import trivium.run.Run;

/**
 * What the runs of several phases are asked; what is not given is looked for in the runs.
 *
 * @param text of which bits per byte are measured, or null
 * @param sentence that attention and logit lens read, or null
 */
record PhaseMaterial(Asked asked, Exam exam, Corpus text, String sentence) {

    /** Prompts and questions that are asked by default, at most. */
    private static final int PROMPTS = 50;

    private static final int QUESTIONS = 200;

    private static final String VALIDATION = "validation";

    static final PhaseMaterial FROM_RUNS =
            new PhaseMaterial(new Asked(List.of(), 4), new Exam(null, List.of()), null, null);

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

    PhaseMaterial asked(Asked other) {
        return new PhaseMaterial(other, exam, text, sentence);
    }

    PhaseMaterial exam(Exam other) {
        return new PhaseMaterial(asked, other, text, sentence);
    }

    PhaseMaterial text(Corpus other) {
        return new PhaseMaterial(asked, exam, other, sentence);
    }

    PhaseMaterial sentence(String other) {
        return new PhaseMaterial(asked, exam, text, other);
    }

    /** The text given, or what a pre-training held back. */
    Optional<Corpus> text(List<Run> runs) {
        return text == null ? ofKind(Pretraining.KIND, runs).map(PhaseMaterial::heldOut) : Optional.of(text);
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
    List<String> prompts(List<Run> runs) {
        if (!asked.prompts.isEmpty()) {
            return asked.prompts;
        }
        return Stream.concat(
                        runs.stream()
                                .filter(run -> run.tables().containsKey(PolicyOptimisation.REWARDS))
                                .map(run -> run.table(PolicyOptimisation.REWARDS)
                                        .stringColumn("prompt")
                                        .asList()),
                        heldOutQuestions(runs).map(Conversations::prompts).stream())
                .findFirst()
                .orElse(List.of())
                .stream()
                .distinct()
                .limit(PROMPTS)
                .toList();
    }

    /** Those given, or those that a fine-tuning held back; none where only verified prompts were given. */
    Optional<Conversations> questions(List<Run> runs) {
        return exam.questions != null || !exam.verified.isEmpty()
                ? Optional.ofNullable(exam.questions)
                : heldOutQuestions(runs)
                        .map(all -> new Conversations(
                                all.name(), all.list().stream().limit(QUESTIONS).toList()));
    }

    private static Optional<Conversations> heldOutQuestions(List<Run> runs) {
        try {
            return ofKind(FineTuning.KIND, runs)
                    .map(run -> run.conversations().split(validation(run)).validation());
        } catch (IllegalArgumentException e) { // they were not kept
            return Optional.empty();
        }
    }

    private static Optional<Run> ofKind(String kind, List<Run> runs) {
        return runs.stream().filter(run -> run.card().kind().equals(kind)).findFirst();
    }
}
