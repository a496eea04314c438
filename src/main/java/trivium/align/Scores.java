package trivium.align;

import java.util.List;
import java.util.concurrent.CancellationException;
import trivium.align.Evaluator.Answers;
import trivium.generate.Generation.Finish;
import trivium.model.DivergedException;
import trivium.run.StepFailedException;

/** Asks rewards, which may be anybody's functions, and refuses what is no score. */
final class Scores {

    private static final int SHOWN = 80;

    private Scores() {}

    /** What a reward says of each of these answers. */
    static double[] of(String name, Reward reward, Answers answers) {
        return of(name, reward, answers.prompts(), answers.texts(), answers.finishes());
    }

    /**
     * What a reward says of each completion.
     *
     * @param name of the reward, for messages
     * @throws StepFailedException in a sentence, if the reward throws, or gives something else than a finite number for
     *     each
     */
    static double[] of(String name, Reward reward, List<String> prompts, List<String> texts, List<Finish> finishes) {
        double[] scores;
        try {
            scores = reward.scores(prompts, texts, finishes);
        } catch (CancellationException | DivergedException e) {
            throw e;
        } catch (RuntimeException | AssertionError | StackOverflowError e) {
            throw thrown(name, reward, prompts, texts, finishes, e);
        }
        if (scores == null || scores.length != texts.size()) {
            throw new StepFailedException("the reward \"" + name + "\" gave " + (scores == null ? "no" : scores.length)
                    + " scores for " + texts.size() + " completions: expected one for each");
        }
        for (int i = 0; i < scores.length; i++) {
            if (!(Math.abs(scores[i]) <= Float.MAX_VALUE)) {
                throw new StepFailedException("the reward \"" + name + "\" of the completion \"" + shown(texts.get(i))
                        + "\" is " + scores[i] + ": expected a finite number"
                        + (Double.isFinite(scores[i]) ? " of at most " + Float.MAX_VALUE + " either way" : ""));
            }
        }
        return scores;
    }

    /** Finds the completion that it was by asking about each by itself. */
    private static StepFailedException thrown(
            String name,
            Reward reward,
            List<String> prompts,
            List<String> texts,
            List<Finish> finishes,
            Throwable cause) {
        for (int i = 0; i < texts.size(); i++) {
            try {
                reward.scores(List.of(prompts.get(i)), List.of(texts.get(i)), List.of(finishes.get(i)));
            } catch (RuntimeException | AssertionError | StackOverflowError e) {
                return new StepFailedException(
                        "the reward \"" + name + "\" threw " + e + " on the completion \"" + shown(texts.get(i))
                                + "\" of the prompt \"" + shown(prompts.get(i)) + "\"",
                        e);
            }
        }
        return new StepFailedException(
                "the reward \"" + name + "\" threw " + cause + " on one of " + texts.size()
                        + " completions, though on none of them by itself",
                cause);
    }

    private static String shown(String text) {
        var line = text.replaceAll("\\s+", " ");
        return line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "…";
    }
}
