package trivium.text.jinja;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** What a function, filter or test is called with. */
record Arguments(List<Object> positional, Map<String, Object> named) {

    static Arguments of(Object... positional) {
        return new Arguments(Arrays.asList(positional), Map.of());
    }

    /** The same from this position on. */
    Arguments from(int position) {
        return new Arguments(positional.subList(Math.min(position, positional.size()), positional.size()), named);
    }

    /**
     * The values of parameters of these names, in this order.
     *
     * @param of what is called, for messages
     * @param required the number of parameters that must have a value
     */
    Bound bind(String of, int required, String... names) {
        if (positional.size() > names.length) {
            throw new Failure(of + " takes " + (names.length == 0 ? "no value" : "at most " + names.length) + ", not "
                    + positional.size());
        }
        var values = new Object[names.length];
        var given = new boolean[names.length];
        for (int i = 0; i < positional.size(); i++) {
            values[i] = positional.get(i);
            given[i] = true;
        }
        named.forEach((name, value) -> {
            int i = Arrays.asList(names).indexOf(name);
            if (i < 0 || given[i]) {
                throw new Failure(of + (i < 0 ? " has no parameter \"" : " was given two values for \"") + name + "\""
                        + (names.length == 0 ? "" : "; it has " + String.join(", ", names)));
            }
            values[i] = value;
            given[i] = true;
        });
        for (int i = 0; i < required; i++) {
            if (!given[i]) {
                throw new Failure(of + " needs a value for \"" + names[i] + "\"");
            }
        }
        return new Bound(of, names, values, given);
    }

    /** Values of parameters, by position. */
    record Bound(String of, String[] names, Object[] values, boolean[] given) {

        Object get(int i) {
            return values[i];
        }

        Object get(int i, Object otherwise) {
            return given[i] ? values[i] : otherwise;
        }

        boolean truth(int i, boolean otherwise) {
            return given[i] ? Values.truth(values[i]) : otherwise;
        }

        long integer(int i, long otherwise) {
            return given[i] ? Values.integer(values[i], names[i] + " of " + of) : otherwise;
        }

        /** Null if none was given, or None. */
        Text text(int i) {
            if (!given[i] || values[i] == null) {
                return null;
            }
            if (values[i] instanceof Text text) {
                return text;
            }
            throw new Failure(names[i] + " of " + of + " should be a text, not " + Values.type(values[i]));
        }
    }
}
