package trivium.exercise;

/** How much better each completion is than the others of its prompt. */
@FunctionalInterface
public interface Advantage {

    /**
     * (r − mean) / (deviation + 0.0001) for each reward r of the group; the deviation is a sample's, with G − 1.
     *
     * @param rewards those of the G completions of one prompt, at least 2
     * @return G numbers
     */
    double[] of(double[] rewards);
}
