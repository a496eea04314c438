package trivium.align;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import trivium.align.Evaluator.Answers;
import trivium.generate.Generation.Finish;
import trivium.model.DivergedException;
import trivium.run.StepFailedException;

/** Asks rewards, which may be anybody's functions, and refuses what is no score. */
final class Scores {

    private static final int SHOWN = 80;
    private static final Duration SEARCH = Duration.ofSeconds(5);

    private Scores() {}

    /** What a reward says of each of these answers. */
    static double[] of(String name, Reward reward, Answers answers) {
        return of(name, reward, answers.prompts(), answers.texts(), answers.finishes());
    }

    /** What each judge says of these completions, by its name. */
    static Map<String, double[]> of(
            Map<String, Reward> judges, List<String> prompts, List<String> texts, List<Finish> finishes) {
        var scores = new LinkedHashMap<String, double[]>();
        judges.forEach((name, judge) -> scores.put(name, of(name, judge, prompts, texts, finishes)));
        return scores;
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
        } catch (RuntimeException | AssertionError | LinkageError | StackOverflowError e) {
            throw thrown(name, reward, prompts, texts, finishes, e);
        }
        if (scores == null || scores.length != texts.size()) {
            throw new StepFailedException("the reward \"" + name + "\" gave " + (scores == null ? "no" : scores.length)
                    + " scores for " + texts.size() + " completions: expected one for each");
        }
        requireFinite(name, scores, prompts, texts);
        return scores;
    }

    /** Refuses what is no finite number, or one that no float holds. */
    static void requireFinite(String name, double[] scores, List<String> prompts, List<String> texts) {
        for (int i = 0; i < scores.length; i++) {
            if (!(Math.abs(scores[i]) <= Float.MAX_VALUE)) {
                throw new StepFailedException("the reward \"" + name + "\" of the completion \"" + shown(texts.get(i))
                        + "\" of the prompt \"" + shown(prompts.get(i)) + "\" is " + scores[i]
                        + ": expected a finite number"
                        + (Double.isFinite(scores[i]) ? " of at most " + Float.MAX_VALUE + " either way" : ""));
            }
        }
    }

    /**
     * Finds the completion that it was by asking about each by itself; a reward that takes its time is not asked for
     * long.
     */
    private static StepFailedException thrown(
            String name,
            Reward reward,
            List<String> prompts,
            List<String> texts,
            List<Finish> finishes,
            Throwable cause) {
        long until = System.nanoTime() + SEARCH.toNanos();
        for (int i = 0; i < texts.size() && System.nanoTime() < until; i++) {
            if (Thread.interrupted()) {
                throw new CancellationException("interrupted");
            }
            try {
                reward.scores(List.of(prompts.get(i)), List.of(texts.get(i)), List.of(finishes.get(i)));
            } catch (CancellationException | DivergedException e) {
                throw e;
            } catch (RuntimeException | AssertionError | LinkageError | StackOverflowError e) {
                return new StepFailedException(
                        "the reward \"" + name + "\" threw " + e + " on the completion \"" + shown(texts.get(i))
                                + "\" of the prompt \"" + shown(prompts.get(i)) + "\"",
                        e);
            }
        }
        return new StepFailedException(
                "the reward \"" + name + "\" threw " + cause + " on one of " + texts.size()
                        + " completions; asked about one at a time it threw on none, as far as it was asked",
                cause);
    }

    private static String shown(String text) {
        var line = text.replaceAll("\\s+", " ");
        return line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "…";
    }
}
