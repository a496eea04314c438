package trivium.pretrained;

/** Probabilities of dropout in a {@code config.json}, of which the engine has one for all of the residual stream. */
final class Dropouts {

    private Dropouts() {}

    /** The probability that all of these settings have; where they are missing, {@code missing}. */
    static double same(ConfigFields config, double missing, String... settings) {
        double first = config.number(settings[0], missing);
        for (var setting : settings) {
            double other = config.number(setting, missing);
            if (other != first) {
                throw config.unsupported(
                        setting, settings[0] + " is " + first + "; only one probability for both is supported");
            }
        }
        return first;
    }
}
