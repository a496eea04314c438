package trivium.toytown;

/** What somebody does that shows a mood. */
public enum Reaction {
    SMILED(Tone.HAPPY, "smile"),
    LAUGHED(Tone.HAPPY, "laugh"),
    DANCED(Tone.HAPPY, "dance"),
    CHEERED(Tone.HAPPY, "cheer"),
    YAWNED(Tone.PLAIN, "yawn"),
    CRIED(Tone.SAD, "cry"),
    SIGHED(Tone.SAD, "sigh");

    private final Tone tone;
    private final String verb;

    Reaction(Tone tone, String verb) {
        this.tone = tone;
        this.verb = verb;
    }

    /** What it shows. */
    public Tone tone() {
        return tone;
    }

    /** The verb, as a question has it: {@code smile}. */
    public String verb() {
        return verb;
    }

    /** What was done: {@code smiled}. */
    public String label() {
        return Words.lower(this);
    }
}
