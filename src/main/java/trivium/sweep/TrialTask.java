package trivium.sweep;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import trivium.data.files.ContentHash;
import trivium.run.Run;
import trivium.run.RunCard;
import trivium.run.RunStore;
import trivium.run.Status;
import trivium.run.TrainingData;

/** What a sweep does with each trial; a {@link TrialBackend} may send it elsewhere. */
public sealed interface TrialTask {

    /** Runs a trial on the calling thread. */
    Answer on(Trial trial) throws Exception;

    /** The run store that trials leave their runs in, or null. */
    Path store();

    /** The same work, with the runs left in another store. */
    TrialTask leavingRunsIn(Path other);

    /**
     * The result of a trial.
     *
     * @param metrics by name, in the order to be shown
     * @param outcome how it ended
     */
    record Answer(Map<String, Double> metrics, Status outcome) {}

    /** A function that answers metrics. */
    record Measuring(TrialFunction function) implements TrialTask {

        @Override
        public Answer on(Trial trial) throws Exception {
            return new Answer(function.train(trial), new Status.Finished());
        }

        @Override
        public Path store() {
            return null;
        }

        @Override
        public TrialTask leavingRunsIn(Path other) {
            return this;
        }
    }

    /**
     * A function that trains a model; what is kept of it is the newest value of its metrics.
     *
     * @param store where each run is saved as well, or null
     */
    record Training(RunTrial function, Path store) implements TrialTask {

        private static final int DIGITS = 10;

        @Override
        public Answer on(Trial trial) throws Exception {
            var run = function.train(trial);
            if (store != null) {
                Thread.interrupted(); // the interrupt was for the training, and could close a file that is written here
                var card = run.card();
                RunStore.open(store)
                        .save(new Run(
                                new RunCard(
                                        name(trial, card),
                                        card.kind(),
                                        card.parent(),
                                        card.recipe(),
                                        card.outcome(),
                                        card.origin()),
                                run.model(),
                                run.tokenizer(),
                                run.template(),
                                run.tables(),
                                TrainingData.NONE,
                                null,
                                run.bestModel()));
            }
            return new Answer(RunTrial.lastValues(run), run.card().outcome().status());
        }

        @Override
        public TrialTask leavingRunsIn(Path other) {
            return new Training(function, other);
        }

        /** The same for the same trial of the same work, so that a trial that had to be repeated leaves one run. */
        private static String name(Trial trial, RunCard card) {
            var what = Stream.<Object>of(
                            trial.seed(),
                            trial.values(),
                            String.valueOf(card.parent()),
                            card.recipe(),
                            card.origin().dataHash())
                    .map(part -> part + "\n");
            return String.format(
                    Locale.ROOT,
                    "%s-trial-%04d-%s",
                    card.kind(),
                    trial.number(),
                    ContentHash.of(what).substring(0, DIGITS));
        }
    }
}
