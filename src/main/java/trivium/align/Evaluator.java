package trivium.align;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import trivium.generate.Completions;
import trivium.generate.Generation;
import trivium.generate.Generation.Finish;
import trivium.generate.Sampling;
import trivium.run.Run;
import trivium.text.ChatTemplate;
import trivium.text.Numbers;

/**
 * Answers prompts with a policy as it is at the time, always with the same random numbers, and measures the answers.
 * Answering draws from the policy and changes nothing of it.
 */
final class Evaluator {

    private final List<Evaluation> evaluations;
    private final Completions completions;
    private final ChatTemplate template;
    private final Sampling sampling;

    /** A policy's answers, one to each prompt. */
    record Answers(List<String> prompts, List<String> texts, List<Finish> finishes) {

        static Answers of(List<String> prompts, List<Generation> generations, Completions completions) {
            return new Answers(
                    prompts,
                    completions.texts(generations),
                    generations.stream().map(Generation::finish).toList());
        }
    }

    /**
     * @param evaluations whose checkers know the expected answers
     * @param completions of the policy as it is at any time
     * @param start whose template and context the policy has
     * @param sampling with the seed of the evaluations
     * @throws IllegalArgumentException if an evaluation's own prompt is longer than the context
     */
    Evaluator(List<Evaluation> evaluations, Completions completions, Run start, Sampling sampling) {
        this.evaluations = evaluations;
        this.completions = completions;
        this.template = start.template();
        this.sampling = sampling;
        evaluations.stream().filter(each -> !each.isOfHeldOut()).forEach(each -> requireFits(each, start));
    }

    /** Before the first step: an evaluation in the middle of a training would end it. */
    private static void requireFits(Evaluation evaluation, Run start) {
        int context = start.model().context();
        for (var prompt : evaluation.prompts().list()) {
            int length = Prompts.length(prompt, start);
            if (length > context) {
                throw new IllegalArgumentException("a prompt of the evaluation \"" + evaluation.name() + "\" takes "
                        + Numbers.count(length, "token") + " and does not fit the model's context of " + context
                        + ": leave it out, or shorten it");
            }
        }
    }

    Answers answer(List<String> prompts) {
        return Answers.of(prompts, completions.replies(prompts, template, sampling), completions);
    }

    /** What the checkers of held-out prompts say of each of these answers, by the evaluation's name. */
    Map<String, double[]> check(Answers heldOut) {
        var checked = new LinkedHashMap<String, double[]>();
        evaluations.stream()
                .filter(Evaluation::isOfHeldOut)
                .forEach(each -> checked.put(each.name(), Scores.of(each.name(), each.checker(), heldOut)));
        return checked;
    }

    /** Answers the prompts of the evaluations that have their own, and adds the means to the metrics. */
    void measure(Map<String, Double> metrics) {
        evaluations.stream().filter(each -> !each.isOfHeldOut()).forEach(each -> {
            var scores =
                    Scores.of(each.name(), each.checker(), answer(each.prompts().list()));
            metrics.put(each.metric(), RolloutMetrics.mean(scores));
        });
    }

    /** All evaluations at once, for a training that asks nothing else about its held-out prompts. */
    void measure(List<String> heldOut, Map<String, Double> metrics) {
        if (evaluations.stream().anyMatch(Evaluation::isOfHeldOut)) {
            check(answer(heldOut))
                    .forEach((name, scores) -> metrics.put(Evaluation.metric(name), RolloutMetrics.mean(scores)));
        }
        measure(metrics);
    }
}
