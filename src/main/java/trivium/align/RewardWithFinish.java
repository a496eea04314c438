package trivium.align;

import java.util.List;
import trivium.generate.Generation.Finish;
import trivium.train.Settings;

/** A reward that is told why a completion ended. */
record RewardWithFinish(WithFinish function) implements Reward {

    @Override
    public double score(String prompt, String completion) {
        return function.score(prompt, completion, Finish.STOP);
    }

    @Override
    public double[] scores(List<String> prompts, List<String> completions, List<Finish> finishes) {
        var scores = new double[completions.size()];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = function.score(prompts.get(i), completions.get(i), finishes.get(i));
        }
        return scores;
    }

    @Override
    public String toString() {
        return Settings.called(function);
    }
}
