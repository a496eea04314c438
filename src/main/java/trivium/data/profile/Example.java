package trivium.data.profile;

/**
 * A record that stands for others.
 *
 * @param label what it stands for: "of median length"
 * @param record its number, from 0
 */
public record Example(String label, int record) {}
