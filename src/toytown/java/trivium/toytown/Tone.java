package trivium.toytown;

/** Whether a mood, a reaction or an ending is a good one. */
public enum Tone {
    HAPPY,
    PLAIN,
    SAD
}
