package trivium.track;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import trivium.model.Gpt;
import trivium.run.Origin;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.run.RunOptions;
import trivium.run.Trainer;
import trivium.run.Training;
import trivium.text.Tokenizers;

/** A training of no model, for what follows trainings. */
final class TrackedTraining {

    static final int STEPS = 10;

    private TrackedTraining() {}

    /** Thrown where a process would have been killed. */
    static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    static Map<String, Double> measured(long step) {
        var metrics = new LinkedHashMap<String, Double>();
        metrics.put("loss", 1.0 / (step + 1));
        metrics.put("rewards/judge/mean", (double) step);
        metrics.put("rewards", 2.0);
        return metrics;
    }

    /** Takes all steps, or is killed in the step after {@code killed}. */
    static Run run(RunOptions options, long killed) {
        return run(options, step -> {
            if (step == killed) {
                throw new Killed();
            }
            return measured(step);
        });
    }

    static Run run(RunOptions options, Trainer trainer) {
        var settings = new LinkedHashMap<String, Object>();
        settings.put("learning_rate", 0.003);
        settings.put("optimizer", Map.of("name", "AdamW", "nesterov", true));
        settings.put("freeze", List.of("embedding", "a/b|c"));
        var card = RunCard.begin("test", null, settings, Origin.here(7, ""));
        return Training.run(card, options, log -> {
            log.take("test", STEPS, trainer);
            return new Run(log.finish(), Gpt.of(8, 8, 1, 1).fresh(256, 1), Tokenizers.bytes(), log.tables());
        });
    }
}
