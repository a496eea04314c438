package trivium.data.catalogue;

import java.util.List;

/**
 * A data set of the catalogue.
 *
 * @param name what it is fetched by
 * @param about what it is, in a few words
 * @param licence under which terms it may be used
 * @param parts its files, at least one
 */
public record Dataset(String name, String about, String licence, List<Part> parts) {

    public Dataset {
        parts = List.copyOf(parts);
        if (parts.isEmpty() || !name.matches("[a-z0-9-]+")) {
            throw new IllegalArgumentException(
                    "a data set needs a name of small letters, digits and dashes, and at least one file: \"" + name
                            + "\" has " + parts.size());
        }
    }

    /** Bytes of all files. */
    public long bytes() {
        return parts.stream().mapToLong(Part::bytes).sum();
    }

    @Override
    public String toString() {
        return name + ": " + about + " (" + Part.size(bytes()) + "; " + licence + ")";
    }
}
