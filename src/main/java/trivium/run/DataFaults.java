package trivium.run;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import trivium.text.Numbers;

/** What is wrong with the data that is learned from, told before the first step by {@link Probe}s. */
public final class DataFaults implements Fault.Source {

    /** Of conversations there is always a prompt, whose tokens are not learned. */
    private static final double ALL = 0.999;

    /** Fewer than all answers end only where something is wrong; a few may be cut by a template of one's own. */
    private static final double MOST = 0.9;

    private static final double TENTH = 0.1;

    /**
     * More than any corpus that Lee et al. (2022, table 2) looked at: 13.6 % of RealNews' documents have a near copy in
     * the corpus, and 14.4 % of those that validate one in what is learned from.
     */
    private static final double COPIES = 0.15;

    /** Of the pairs that people judged, at most 62 % favour the longer answer (Singhal et al. 2023, table 2). */
    private static final double ONE_SIDED = 0.9;

    /** Of 20 pairs, 18 on one side are chance once in 2,500 times. */
    private static final int FEWEST_PAIRS = 20;

    @Override
    public List<Fault> faults() {
        return List.of(
                before("prompt-is-learned", Probe.LEARNED, DataFaults::promptIsLearned),
                before("end-is-not-learned", Probe.ANSWERS_THAT_END, DataFaults::endIsNotLearned),
                before("answers-empty", Probe.EMPTY_ANSWERS, DataFaults::answersEmpty),
                before("answers-left-out", Probe.LEFT_OUT, DataFaults::leftOut),
                before("template-changed", Probe.TEMPLATE_CHANGED, DataFaults::templateChanged),
                before("tokenizer-changed", Probe.TOKENIZER_CHANGED, DataFaults::tokenizerChanged),
                before("vocabulary-unseen", Probe.VOCABULARY_SEEN, DataFaults::vocabularyUnseen),
                before("duplicates", Probe.DUPLICATES, DataFaults::duplicates),
                before("validation-in-training", Probe.VALIDATION_SEEN, DataFaults::validationInTraining),
                before("pairs-equal", Probe.EQUAL_PAIRS, DataFaults::pairsEqual),
                before("length-decides", Probe.LONGER_CHOSEN, DataFaults::lengthDecides));
    }

    /** A fault that a probe tells. */
    private static Fault before(String name, String probe, Function<Evidence, Optional<Symptom>> look) {
        return new Fault(name, List.of(probe), run -> run.step() > 0 ? Optional.empty() : look.apply(run));
    }

    private static Optional<Symptom> promptIsLearned(Evidence run) {
        return run.probe(Probe.LEARNED) >= ALL
                ? Symptom.found(
                        "the loss counts " + percent(run, Probe.LEARNED) + " of the tokens of conversations",
                        "the chat template marks prompts as answers, so that the model learns to ask",
                        "{% generation %} around the answer only in the template, or .template(ChatTemplate.CHATML)")
                : Optional.empty();
    }

    private static Optional<Symptom> endIsNotLearned(Evidence run) {
        return run.probe(Probe.ANSWERS_THAT_END) < MOST
                ? Symptom.found(
                        percent(run, Probe.ANSWERS_THAT_END)
                                + " of the conversations end, in what is learned, with the token that ends an answer",
                        "the model will not learn to stop, and its answers go on to the limit",
                        "the end marker inside {% generation %} in the template, or .template(ChatTemplate.CHATML)")
                : Optional.empty();
    }

    private static Optional<Symptom> answersEmpty(Evidence run) {
        return run.probe(Probe.EMPTY_ANSWERS) >= TENTH
                ? Symptom.found(
                        percent(run, Probe.EMPTY_ANSWERS) + " of the conversations have an empty answer",
                        "a field of the file was read under another name, and the model learns to end at once",
                        "Conversations.read(path, Format.GUESS.field(\"completion\", \"answer\")), with the name that the file has")
                : Optional.empty();
    }

    private static Optional<Symptom> leftOut(Evidence run) {
        return run.probe(Probe.LEFT_OUT) >= TENTH
                ? Symptom.found(
                        percent(run, Probe.LEFT_OUT)
                                + " of the records are longer than the model's context and left out",
                        "the model learns from the short records only, and the long ones may be the hard ones",
                        "a base with a longer context, or shorter texts")
                : Optional.empty();
    }

    private static Optional<Symptom> templateChanged(Evidence run) {
        return run.probe(Probe.TEMPLATE_CHANGED) == 1
                ? Symptom.found(
                        "the chat template is not that of the run it begins with",
                        "the model is asked in markers that it has not learned, and answers like a base",
                        "no .template(…) and no .with(template) on the start, so that its own is used")
                : Optional.empty();
    }

    private static Optional<Symptom> tokenizerChanged(Evidence run) {
        return run.probe(Probe.TOKENIZER_CHANGED) == 1
                ? Symptom.found(
                        "the tokenizer of the run it begins with is not the one that its model was trained with",
                        "each number stands for another token than the model has learned",
                        "the run as its training answered it, or runs().load(id)")
                : Optional.empty();
    }

    private static Optional<Symptom> vocabularyUnseen(Evidence run) {
        return run.probe(Probe.VOCABULARY_SEEN) < 0.5
                ? Symptom.found(
                        "of the tokens of several bytes in the vocabulary, " + percent(run, Probe.VOCABULARY_SEEN)
                                + " occur in the text",
                        "the tokenizer was made from other text: most rows of the embedding are never trained, and text"
                                + " takes more tokens than it needs",
                        "Tokenizer.bpe(text, size) on the text that is learned, with a smaller size")
                : Optional.empty();
    }

    private static Optional<Symptom> duplicates(Evidence run) {
        return run.probe(Probe.DUPLICATES) > COPIES
                ? Symptom.found(
                        percent(run, Probe.DUPLICATES) + " of the records are copies of an earlier one",
                        "files were read twice, or a source repeats itself; copies are learned by heart",
                        withoutCopies(run.kind()))
                : Optional.empty();
    }

    private static String withoutCopies(String kind) {
        return switch (kind) {
            case "pretrain" ->
                "Corpus.of(documents.stream().distinct().toList()) of a list, or Corpus.read(path), which leaves out"
                        + " copies";
            case "finetune" ->
                "Conversations.of(conversations.list().stream().distinct().toList()), or Conversations.read(path),"
                        + " which leaves out copies";
            default ->
                "Comparisons.of(comparisons.list().stream().distinct().toList()), or Comparisons.read(path), which"
                        + " leaves out copies";
        };
    }

    private static Optional<Symptom> validationInTraining(Evidence run) {
        return run.probe(Probe.VALIDATION_SEEN) > COPIES
                ? Symptom.found(
                        percent(run, Probe.VALIDATION_SEEN) + " of what validates is in what is learned from",
                        "the validation loss says how well text is remembered, not how well it is predicted",
                        "validation text from documents that are not in the training text, such as .validation(0.1) of"
                                + " data without copies")
                : Optional.empty();
    }

    private static Optional<Symptom> pairsEqual(Evidence run) {
        return run.probe(Probe.EQUAL_PAIRS) >= TENTH
                ? Symptom.found(
                        "in " + percent(run, Probe.EQUAL_PAIRS)
                                + " of the pairs the chosen answer is the rejected one, token by token",
                        "both were read from the same field, or the tokenizer cannot tell them apart; such pairs teach"
                                + " nothing",
                        "Comparisons.of(pairs.list().stream().filter(pair ->"
                                + " !pair.chosen().equals(pair.rejected())).toList())")
                : Optional.empty();
    }

    private static Optional<Symptom> lengthDecides(Evidence run) {
        double longer = run.probe(Probe.LONGER_CHOSEN);
        if (!(run.probe(Probe.PAIRS) >= FEWEST_PAIRS) || longer < ONE_SIDED && longer > 1 - ONE_SIDED) {
            return Optional.empty();
        }
        boolean more = longer >= ONE_SIDED;
        return Symptom.found(
                "in " + Numbers.percent(more ? longer : 1 - longer) + " of the pairs the "
                        + (more ? "longer" : "shorter") + " answer is preferred",
                "length alone tells the answers apart, and that is what is learned",
                "pairs of answers of like length, or judge.lengthControlled(comparisons) in the judge's place");
    }

    private static String percent(Evidence run, String probe) {
        return Numbers.percent(run.probe(probe));
    }
}
