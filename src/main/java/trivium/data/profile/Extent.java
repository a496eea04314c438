package trivium.data.profile;

/**
 * How much there is.
 *
 * @param records how many
 * @param characters of all texts, in Unicode code points
 * @param read the characters that words and lengths were counted in: all of them, or those of a sample
 * @param copies how many records equal an earlier one
 * @param prompts how many different prompts there are; 0 where there are none
 * @param dataHash SHA-256 of the content, as a run's origin has it; empty for data of which only a sample was read
 */
public record Extent(int records, long characters, long read, int copies, int prompts, String dataHash) {

    /** Whether words and lengths were counted in a sample. */
    public boolean isSampled() {
        return read < characters;
    }
}
