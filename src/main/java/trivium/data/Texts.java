package trivium.data;

import java.util.List;
import trivium.data.files.Summary;

/** A data set as records that each have the same few texts, which is all that a profile needs to know of it. */
public interface Texts {

    /** The name of a text that a model is given and does not learn; only the first text of a record is one. */
    String PROMPT = "prompt";

    /** Where it comes from, for people. */
    String name();

    /** How many records the files held and how many of them were left out; {@link Summary#NONE} if there were none. */
    Summary summary();

    /** What one record is: "conversation". */
    String noun();

    /** What the texts of a record are called, in order: "prompt", "answer". */
    List<String> parts();

    /** How many records there are. */
    int size();

    /** The text that stands in this place of {@link #parts}. */
    String text(int record, int part);

    /** Which of several kinds a record is of: "good". Nothing where all are alike. */
    default String kind(int record) {
        return "";
    }

    /** SHA-256 of all texts in order, as a run's origin has it. */
    String sha256();
}
