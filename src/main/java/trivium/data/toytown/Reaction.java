package trivium.data.toytown;

/** What somebody does that shows a mood. */
public enum Reaction {
    SMILED(Tone.HAPPY),
    LAUGHED(Tone.HAPPY),
    DANCED(Tone.HAPPY),
    CHEERED(Tone.HAPPY),
    YAWNED(Tone.PLAIN),
    CRIED(Tone.SAD),
    SIGHED(Tone.SAD);

    private final Tone tone;

    Reaction(Tone tone) {
        this.tone = tone;
    }

    /** What it shows. */
    public Tone tone() {
        return tone;
    }

    /** The verb: {@code smiled}. */
    public String label() {
        return Words.lower(this);
    }
}
