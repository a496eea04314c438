package trivium.text.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Python's dictionary: in the order of insertion; 1, 1.0 and True are one key. */
final class Dict {

    private record Entry(Object key, Object value) {}

    private final Map<Object, Entry> entries = new LinkedHashMap<>();

    void put(Object key, Object value) {
        entries.merge(hashed(key), new Entry(key, value), (old, added) -> new Entry(old.key(), added.value()));
    }

    boolean has(Object key) {
        return entries.containsKey(hashed(key));
    }

    /** The value of a key; null if it is not there, or if it is null. */
    Object get(Object key) {
        var entry = entries.get(hashed(key));
        return entry == null ? null : entry.value();
    }

    int size() {
        return entries.size();
    }

    List<Object> keys() {
        var keys = new ArrayList<>(entries.size());
        entries.values().forEach(entry -> keys.add(entry.key()));
        return keys;
    }

    List<Object> values() {
        var values = new ArrayList<>(entries.size());
        entries.values().forEach(entry -> values.add(entry.value()));
        return values;
    }

    List<Object> items() {
        var items = new ArrayList<>(entries.size());
        entries.values().forEach(entry -> items.add(Tuple.of(entry.key(), entry.value())));
        return items;
    }

    /** What equal keys have in common. */
    static Object hashed(Object key) {
        return switch (key) {
            case null -> null;
            case Boolean truth -> truth ? 1L : 0L;
            case Double number when number == Math.rint(number) && Math.abs(number) < 0x1p62 -> number.longValue();
            case Tuple tuple -> {
                var parts = new ArrayList<>(tuple.items().size());
                tuple.items().forEach(item -> parts.add(hashed(item)));
                yield new Tuple(parts);
            }
            case List<?> list -> throw new Failure("a list cannot be a key");
            case Dict dict -> throw new Failure("a dict cannot be a key");
            default -> key;
        };
    }
}
