package trivium.toytown;

/** What can be found, held, given, used, lost, broken and eaten. */
public enum Thing {
    APPLE("apple", "ate", Nature.FOOD),
    BALL("ball", "kicked", Nature.STURDY),
    BEAR("bear", "hugged", Nature.STURDY),
    BELL("bell", "rang", Nature.FRAGILE),
    BOOK("book", "read", Nature.STURDY),
    CAKE("cake", "ate", Nature.FOOD),
    COOKIE("cookie", "ate", Nature.FOOD),
    DOLL("doll", "hugged", Nature.FRAGILE),
    DRUM("drum", "played", Nature.FRAGILE),
    FLOWER("flower", "smelled", Nature.STURDY),
    FLUTE("flute", "played", Nature.FRAGILE),
    HAT("hat", "wore", Nature.STURDY),
    KITE("kite", "flew", Nature.FRAGILE),
    LAMP("lamp", "lit", Nature.FRAGILE),
    MAP("map", "studied", Nature.STURDY),
    PEAR("pear", "ate", Nature.FOOD),
    PUZZLE("puzzle", "solved", Nature.STURDY),
    ROBOT("robot", "wound up", Nature.FRAGILE),
    SCARF("scarf", "wore", Nature.STURDY),
    UMBRELLA("umbrella", "opened", Nature.FRAGILE),
    WHISTLE("whistle", "blew", Nature.FRAGILE);

    /** What can become of a thing. */
    private enum Nature {
        FOOD,
        FRAGILE,
        STURDY
    }

    private final String label;
    private final String use;
    private final Nature nature;

    Thing(String label, String use, Nature nature) {
        this.label = label;
        this.use = use;
        this.nature = nature;
    }

    /** The noun alone: {@code kite}. */
    public String label() {
        return label;
    }

    /** What one does with it: {@code flew}, as in "Mia flew the kite". */
    public String use() {
        return use;
    }

    /** Whether the thing is food, which is used up when it is used. */
    public boolean food() {
        return nature == Nature.FOOD;
    }

    /** Whether it can break. */
    public boolean fragile() {
        return nature == Nature.FRAGILE;
    }

    /** {@code a kite}, {@code an apple}. */
    public String indefinite() {
        return ("aeiou".indexOf(label.charAt(0)) >= 0 ? "an " : "a ") + label;
    }

    /** {@code the kite}. */
    public String definite() {
        return "the " + label;
    }
}
