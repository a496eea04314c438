package trivium.toytown;

/** Where things happen. */
public enum Place {
    BAKERY("bakery", "at"),
    BARN("barn", "in"),
    BEACH("beach", "at"),
    BRIDGE("bridge", "on"),
    FARM("farm", "on"),
    FOREST("forest", "in"),
    GARDEN("garden", "in"),
    HILL("hill", "on"),
    HOME("home", "at"),
    LIBRARY("library", "in"),
    MARKET("market", "at"),
    PARK("park", "in"),
    POND("pond", "by"),
    RIVER("river", "by"),
    SCHOOL("school", "at"),
    STATION("station", "at");

    private final String label;
    private final String preposition;

    Place(String label, String preposition) {
        this.label = label;
        this.preposition = preposition;
    }

    /** The noun alone: {@code park}. */
    public String label() {
        return label;
    }

    /** Where somebody is: {@code in the park}, {@code at home}. */
    public String at() {
        return this == HOME ? "at home" : preposition + " the " + label;
    }

    /** Where somebody goes: {@code to the park}, {@code home}. */
    public String to() {
        return this == HOME ? "home" : "to the " + label;
    }
}
