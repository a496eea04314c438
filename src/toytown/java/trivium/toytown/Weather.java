package trivium.toytown;

/** What the sky does. */
public enum Weather {
    SUNNY,
    RAINY,
    WINDY,
    SNOWY,
    CLOUDY;

    /** The adjective: {@code sunny}. */
    public String label() {
        return Words.lower(this);
    }
}
