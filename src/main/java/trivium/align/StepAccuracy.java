package trivium.align;

import java.util.ArrayList;
import java.util.List;
import tech.tablesaw.api.Table;
import trivium.measure.Share;

/**
 * How often a judge of steps agrees with their labels. Intervals go by prompts, for the steps of an answer, and answers
 * to the same prompt, belong together.
 *
 * @param steps that are judged as they are labelled: right where their probability is above 1/2
 * @param firstErrors answers of which the first step judged wrong is the first labelled wrong, or none is and none is
 *     labelled so
 */
public record StepAccuracy(Share steps, Share firstErrors) {

    /** Counted in a table like {@link ProcessRewardModel#VALIDATION}, in which each answer begins with step 1. */
    static StepAccuracy of(Table judged) {
        var ofSteps = new Hits();
        var ofAnswers = new Hits();
        boolean over = false; // whether the first wrong step, judged or labelled, is behind us
        for (var row : judged) {
            var prompt = row.getString("prompt");
            if (row.getInt("step") == 1) {
                ofAnswers.add(prompt, true);
                over = false;
            }
            boolean right = row.getBoolean("right");
            boolean agrees = right == row.getDouble("probability") > 0.5;
            ofSteps.add(prompt, agrees);
            if (!over && !agrees) {
                ofAnswers.miss();
            }
            over |= !right || !agrees;
        }
        return new StepAccuracy(ofSteps.share(), ofAnswers.share());
    }

    private record Hits(List<Boolean> hits, List<String> prompts) {

        Hits() {
            this(new ArrayList<>(), new ArrayList<>());
        }

        void add(String prompt, boolean hit) {
            hits.add(hit);
            prompts.add(prompt);
        }

        /** The last one is none. */
        void miss() {
            hits.set(hits.size() - 1, false);
        }

        Share share() {
            var all = new boolean[hits.size()];
            for (int i = 0; i < all.length; i++) {
                all[i] = hits.get(i);
            }
            return Share.clustered(all, prompts);
        }
    }

    @Override
    public String toString() {
        return "steps judged as they are labelled: " + steps + "; first wrong step found: " + firstErrors;
    }
}
