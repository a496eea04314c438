package trivium.model;

import com.google.gson.JsonArray;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * What stands where in a safetensors file, checked by the rules of the format's README and of its own reader (Hugging
 * Face's {@code safetensors}, {@code Metadata::validate}): the header begins with "{", no name comes twice, and the
 * tensors' bytes follow one another from the first byte after the header to the file's last, without a hole and without
 * sharing any. So a file never asks for more memory than it has bytes.
 *
 * @param places in the order of the header
 */
record SafetensorsHeader(List<Place> places) {

    static final String METADATA = "__metadata__";

    /**
     * A tensor's place.
     *
     * @param type as the format names it: "F32", "BF16", "I64" …
     * @param from its first byte, counted from the header's end
     * @param to the byte behind its last
     */
    record Place(String name, String type, List<Integer> shape, long from, long to) {}

    /** Bytes an element, of every type of the format that takes whole bytes. */
    private static final Map<String, Integer> BYTES = Map.ofEntries(
            Map.entry("BOOL", 1),
            Map.entry("U8", 1),
            Map.entry("I8", 1),
            Map.entry("F8_E4M3", 1),
            Map.entry("F8_E5M2", 1),
            Map.entry("I16", 2),
            Map.entry("U16", 2),
            Map.entry("F16", 2),
            Map.entry("BF16", 2),
            Map.entry("I32", 4),
            Map.entry("U32", 4),
            Map.entry("F32", 4),
            Map.entry("I64", 8),
            Map.entry("U64", 8),
            Map.entry("F64", 8),
            Map.entry("C64", 8));

    /**
     * Reads a header.
     *
     * @param json as it stands in the file
     * @param start the first byte after the header
     * @param size of the file
     */
    static SafetensorsHeader of(String json, long start, long size, Path file) {
        if (!json.startsWith("{")) {
            throw foreign(file, "its header does not begin with {");
        }
        var fields = JsonFields.parse(json, "the header of " + file);
        var places = new ArrayList<Place>();
        for (var name : fields.names()) {
            if (name.equals(METADATA)) {
                requireTexts(fields.object(name), file);
            } else {
                places.add(place(name, fields.object(name), file));
            }
        }
        requireWhole(places, start, size, file);
        return new SafetensorsHeader(places);
    }

    /** The metadata of whoever wrote the file: names with texts, as the format has them. */
    private static void requireTexts(JsonFields metadata, Path file) {
        for (var name : metadata.names()) {
            var value = metadata.json().get(name);
            if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isString()) {
                throw foreign(
                        file,
                        JsonFields.shown(name) + " in its \"" + METADATA + "\" is " + JsonFields.shown(value)
                                + ", but the format has only texts there");
            }
        }
    }

    private static Place place(String name, JsonFields tensor, Path file) {
        var type = tensor.text("dtype");
        var bytes = BYTES.get(type);
        if (bytes == null) {
            throw foreign(
                    file,
                    "tensor " + JsonFields.shown(name) + " is of type " + JsonFields.shown(type)
                            + ", which the format has not, or which takes no whole bytes");
        }
        var shape = new ArrayList<Integer>();
        double numbers = 1; // exact as far as a file can be large
        for (long dimension : wholes(tensor, "shape")) {
            if (dimension < 0 || dimension > Integer.MAX_VALUE) {
                throw foreign(
                        file,
                        "tensor " + JsonFields.shown(name) + " has a dimension of " + dimension + ", not from 0 to "
                                + Integer.MAX_VALUE);
            }
            shape.add((int) dimension);
            numbers *= dimension;
        }
        var offsets = wholes(tensor, "data_offsets");
        if (offsets.size() != 2 || offsets.get(0) < 0 || offsets.get(1) < offsets.get(0)) {
            throw foreign(
                    file,
                    "tensor " + JsonFields.shown(name) + " stands from " + JsonFields.shown(offsets)
                            + ", which should be its first byte and the one behind its last");
        }
        long from = offsets.get(0);
        long to = offsets.get(1);
        if (to - from != numbers * bytes) {
            throw foreign(
                    file,
                    "tensor " + JsonFields.shown(name) + " of shape " + JsonFields.shown(shape) + " has " + (to - from)
                            + " bytes, not " + bytes + " for each " + type);
        }
        return new Place(name, type, List.copyOf(shape), from, to);
    }

    private static List<Long> wholes(JsonFields tensor, String name) {
        JsonArray list = tensor.list(name);
        var wholes = new ArrayList<Long>();
        list.forEach(item -> {
            if (!item.isJsonPrimitive()
                    || !item.getAsJsonPrimitive().isNumber()
                    || !(item.getAsNumber() instanceof Long whole)) {
                throw tensor.damaged(
                        "\"" + tensor.path() + name + "\" should hold whole numbers, not " + JsonFields.shown(item));
            }
            wholes.add(whole);
        });
        return wholes;
    }

    private static void requireWhole(List<Place> places, long start, long size, Path file) {
        var inOrder = new ArrayList<>(places);
        inOrder.sort(Comparator.comparingLong(Place::from).thenComparingLong(Place::to));
        long at = 0;
        for (var place : inOrder) {
            if (place.from() != at) {
                throw foreign(
                        file,
                        "tensor " + JsonFields.shown(place.name()) + " begins at byte " + place.from() + " and not at "
                                + at + ", where the one before it ends: "
                                + (place.from() < at ? "they share bytes" : "there is a hole"));
            }
            at = place.to();
        }
        if (at > size - start) {
            throw truncated(file, "its tensors end", start + at, size);
        }
        if (at < size - start) {
            throw foreign(
                    file,
                    "its tensors end at byte " + (start + at) + ", but the file ends at " + size
                            + " bytes: more follows");
        }
    }

    static IllegalArgumentException truncated(Path file, String what, long end, long size) {
        return foreign(file, what + " at byte " + end + ", but the file ends at " + size + " bytes: it is truncated");
    }

    static IllegalArgumentException foreign(Path file, String why) {
        return new IllegalArgumentException(file + " is not a whole safetensors file: " + why);
    }
}
