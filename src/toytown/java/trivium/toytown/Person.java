package trivium.toytown;

/** Who lives in Toy Town. */
public enum Person {
    ANNA("Anna", "she"),
    BELLA("Bella", "she"),
    BEN("Ben", "he"),
    CLARA("Clara", "she"),
    ELLA("Ella", "she"),
    EMMA("Emma", "she"),
    FINN("Finn", "he"),
    HUGO("Hugo", "he"),
    IVY("Ivy", "she"),
    JACK("Jack", "he"),
    KATE("Kate", "she"),
    LEO("Leo", "he"),
    LILY("Lily", "she"),
    LUCY("Lucy", "she"),
    MAX("Max", "he"),
    MIA("Mia", "she"),
    NOAH("Noah", "he"),
    NORA("Nora", "she"),
    OSCAR("Oscar", "he"),
    PAUL("Paul", "he"),
    SAM("Sam", "he"),
    THEO("Theo", "he"),
    TOM("Tom", "he"),
    ZOE("Zoe", "she");

    private final String label;
    private final String pronoun;

    Person(String label, String pronoun) {
        this.label = label;
        this.pronoun = pronoun;
    }

    /** The name as it is written: {@code Mia}. */
    public String label() {
        return label;
    }

    /** {@code she} or {@code he}. */
    public String pronoun() {
        return pronoun;
    }
}
