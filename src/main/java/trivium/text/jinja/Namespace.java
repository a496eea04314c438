package trivium.text.jinja;

import java.util.LinkedHashMap;
import java.util.Map;

/** Variables that a loop can change for what follows it. */
record Namespace(Map<String, Object> attributes) {

    Namespace() {
        this(new LinkedHashMap<>());
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
