package trivium.data;

import java.util.List;

/** What annotators preferred: answers beside each other, or each by itself. */
public sealed interface PreferenceData extends Texts permits Comparisons, UnpairedPreferences {

    /** How each dialogue begins, in order: records that begin alike are on the same side of a split. */
    List<String> openings();
}
