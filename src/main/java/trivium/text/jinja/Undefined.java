package trivium.text.jinja;

/**
 * What a name or attribute is that is not there: it prints as nothing and is false.
 *
 * @param why said when more is asked of it
 */
record Undefined(String why) {

    Failure failure() {
        return new Failure(why);
    }

    /** Two are equal, whatever they are missing for. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Undefined;
    }

    @Override
    public int hashCode() {
        return 1;
    }
}
