package trivium.text.jinja;

import java.util.ArrayList;
import java.util.List;

/** Items and attributes of values. */
final class Access {

    private Access() {}

    /** {@code value[key]}: an item, else an attribute of this name, else undefined. */
    static Object item(Object value, Object key, Budget budget) {
        if (value instanceof Undefined undefined) {
            throw undefined.failure();
        }
        if (value instanceof Dict dict) {
            if (isHashable(key) && dict.has(key)) {
                return dict.get(key);
            }
        } else if ((value instanceof Namespace || value instanceof Loop) && key instanceof Text name) {
            return attribute(value, name.chars, budget);
        } else if (Values.isInteger(key)) {
            var found = at(value, Values.integer(key, "an index"));
            if (found != null) {
                return found.value();
            }
        }
        if (key instanceof Text name) {
            var method = value instanceof Loop ? null : Methods.of(value, name.chars, budget);
            if (method != null) {
                return method;
            }
        }
        return missing(value, Printer.repr(key, budget).chars, "element");
    }

    private static boolean isHashable(Object key) {
        return !(key instanceof List<?> || key instanceof Dict);
    }

    private record Found(Object value) {}

    private static Found at(Object value, long index) {
        if (value instanceof Text text) {
            long length = text.length();
            long from = index < 0 ? index + length : index;
            if (from < 0 || from >= length) {
                return null;
            }
            int start = text.index((int) from);
            return new Found(text.slice(start, start + Character.charCount(text.chars.codePointAt(start))));
        }
        var items = value instanceof View ? null : Values.sequence(value);
        if (items == null) {
            return null;
        }
        long from = index < 0 ? index + items.size() : index;
        return from < 0 || from >= items.size() ? null : new Found(items.get((int) from));
    }

    /** {@code value.name}: an attribute, else an item of this name, else undefined. */
    static Object attribute(Object value, String name, Budget budget) {
        if (value instanceof Undefined undefined) {
            throw undefined.failure();
        }
        if (value instanceof Loop loop) {
            return loop.attribute(name, budget);
        }
        var member = Methods.of(value, name, budget);
        if (member != null) {
            return member;
        }
        if (value instanceof Dict dict) {
            var key = Text.of(name);
            if (dict.has(key)) {
                return dict.get(key);
            }
        }
        if (value instanceof Namespace namespace && namespace.attributes().containsKey(name)) {
            return namespace.attributes().get(name);
        }
        return missing(value, name, "attribute");
    }

    private static Undefined missing(Object value, String name, String what) {
        return new Undefined(Values.type(value) + " has no " + what + " "
                + (name.length() > 100 ? name.substring(0, 100) + "…" : name));
    }

    /** {@code value[from:to:step]}, each bound may be null. */
    static Object slice(Object value, Object from, Object to, Object step, Budget budget) {
        int length = Values.length(value);
        var items = value instanceof Text || value instanceof View ? null : Values.sequence(value);
        if (value instanceof Undefined undefined) {
            throw undefined.failure();
        }
        if (items == null && !(value instanceof Text)) {
            throw new Failure(Values.type(value) + " has no items of which a slice could be taken");
        }
        long given = step == null ? 1 : Values.integer(step, "the step of a slice");
        if (given == 0) {
            throw new Failure("the step of a slice is 0");
        }
        long by = Math.clamp(given, -length - 1L, length + 1L);
        long start = bound(from, by > 0 ? 0 : length - 1L, length, by);
        long end = bound(to, by > 0 ? length : -1, length, by);
        budget.spend(by > 0 ? Math.max(0, end - start) : Math.max(0, start - end));
        if (value instanceof Text text) {
            return slice(text, start, end, by);
        }
        if (value instanceof Range range) {
            return new Range(
                    range.start() + start * range.step(), range.start() + end * range.step(), range.step() * by);
        }
        var chosen = new ArrayList<>();
        for (long i = start; by > 0 ? i < end : i > end; i += by) {
            chosen.add(items.get((int) i));
        }
        return value instanceof Tuple ? new Tuple(chosen) : chosen;
    }

    private static long bound(Object given, long otherwise, int length, long step) {
        if (given == null) {
            return otherwise;
        }
        long bound = Values.integer(given, "a bound of a slice");
        long at = bound < 0 ? bound + length : bound;
        return Math.clamp(at, step > 0 ? 0 : -1, step > 0 ? length : length - 1);
    }

    record Bounds(int from, int to) {}

    /** What {@code [from:to]} is of something of this length; {@code from} may be greater. */
    static Bounds range(Object from, Object to, int length) {
        return new Bounds((int) bound(from, 0, length, 1), (int) bound(to, length, length, 1));
    }

    private static Text slice(Text text, long start, long end, long step) {
        if (step == 1) {
            int from = text.index((int) start);
            return text.slice(from, Math.max(from, text.index((int) Math.max(start, end))));
        }
        var characters = Values.items(text);
        var builder = new TextBuilder();
        for (long i = start; step > 0 ? i < end : i > end; i += step) {
            builder.add((Text) characters.get((int) i));
        }
        return builder.build().safe(text.safe);
    }
}
