package trivium.report;

import java.util.List;
import trivium.figure.Figure;

/** A part of a report, whichever format the report is written in. */
sealed interface Part {

    /**
     * A heading.
     *
     * @param level 2 for a section, which the contents list, 3 for a part of one
     */
    record Heading(int level, String text) implements Part {}

    record Paragraph(String text) implements Part {}

    /** Sentences one below the other. */
    record Items(List<String> sentences) implements Part {}

    /**
     * A table.
     *
     * @param rows the first is the header, all are as long as it
     */
    record Rows(List<List<String>> rows) implements Part {}

    /**
     * A figure.
     *
     * @param name of its files, unique on the page
     * @param caption what is to be seen, in sentences
     */
    record Picture(String name, Figure figure, String caption) implements Part {}

    /** Completions side by side. */
    record SideBySide(BeforeAfter pairs) implements Part {}

    /** Where each run comes from, drawn. */
    record Chain(Lineage lineage) implements Part {}

    /** Lines to be copied. */
    record Code(String text) implements Part {}
}
