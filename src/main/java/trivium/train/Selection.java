package trivium.train;

/**
 * Which state of a model is kept beside the last one, and whether its training stops when it gets no better. States are
 * compared at evaluations, on data that is not learned from (Prechelt 1998, "Early Stopping: But When?").
 */
public sealed interface Selection extends Setting {

    /**
     * The state of the best evaluation; all steps are taken.
     *
     * @param keepBest the metric that is compared, such as "validation_loss"
     */
    record KeepBest(String keepBest) implements Selection {

        @Override
        public int patience() {
            return 0;
        }
    }

    /**
     * The state of the best evaluation, after which the training is given so many more.
     *
     * @param keepBest the metric that is compared, such as "validation_loss"
     * @param patience how many evaluations in a row may be no better than the best one before training stops; at least
     *     1
     */
    record EarlyStopping(String keepBest, int patience) implements Selection {

        public EarlyStopping {
            Checks.atLeast(1, patience, "evaluations of patience");
        }
    }

    /** The metric that is compared. Which way is better is the metric's own. */
    String keepBest();

    /** After how many evaluations in a row that are no better training stops; 0 for never. */
    int patience();
}
