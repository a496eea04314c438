package trivium.model;

/** Which temperatures a model's log-probabilities can be asked at. */
public final class Temperatures {

    private Temperatures() {}

    /**
     * Answers the temperature.
     *
     * @param outputs numbers a position of the model that is asked; 1 for a model that scores
     * @throws IllegalArgumentException if it is not a positive number, or not 1 for a model that scores
     */
    public static double check(double temperature, int outputs) {
        if (!(temperature > 0) || temperature == Double.POSITIVE_INFINITY) {
            throw new IllegalArgumentException(
                    "temperature " + temperature + ": expected a positive number; 1 is the model's own distribution");
        }
        if (outputs == 1 && temperature != 1) {
            throw new IllegalArgumentException("temperature " + temperature
                    + " for a model that scores: only the probabilities of tokens have a temperature");
        }
        return temperature;
    }
}
