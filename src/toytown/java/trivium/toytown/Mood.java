package trivium.toytown;

/** How somebody feels. */
public enum Mood {
    HAPPY(Tone.HAPPY),
    GLAD(Tone.HAPPY),
    PROUD(Tone.HAPPY),
    CHEERFUL(Tone.HAPPY),
    EXCITED(Tone.HAPPY),
    CALM(Tone.PLAIN),
    TIRED(Tone.PLAIN),
    HUNGRY(Tone.PLAIN),
    BORED(Tone.PLAIN),
    SAD(Tone.SAD),
    UPSET(Tone.SAD),
    LONELY(Tone.SAD),
    ANGRY(Tone.SAD),
    WORRIED(Tone.SAD);

    private final Tone tone;

    Mood(Tone tone) {
        this.tone = tone;
    }

    /** Whether it is a good mood. */
    public Tone tone() {
        return tone;
    }

    /** The adjective: {@code cheerful}. */
    public String label() {
        return Words.lower(this);
    }
}
