package trivium.text.jinja;

/**
 * What can be called.
 *
 * @param name what it is in messages
 */
record Function(String name, Body body) {

    /** What a call does. */
    @FunctionalInterface
    interface Body {
        Object call(Arguments arguments);
    }

    /** One is like no other. */
    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
