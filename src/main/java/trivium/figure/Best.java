package trivium.figure;

/** Which values are good. */
public enum Best {
    /** Losses. */
    LOWEST,
    /** Rewards, accuracies. */
    HIGHEST
}
