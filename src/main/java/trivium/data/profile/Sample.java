package trivium.data.profile;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import trivium.data.Texts;

/**
 * What of a data set is read word by word.
 *
 * @param records their numbers
 * @param characters that are read
 * @param names of the columns
 * @param columns for each name its texts, at least one
 */
record Sample(int[] records, long characters, List<String> names, List<List<String>> columns) {

    /** Characters that are read within half a second. */
    static final long BUDGET = 10_000_000;

    /** Fewer documents than these say little by their lengths: their paragraphs are looked at. */
    private static final int FEW = 10;

    private static final Pattern BLANK_LINES = Pattern.compile("\\n\\s*\\n");

    /**
     * All of it, or every second, third, … record if that is too much.
     *
     * @param length of all texts
     */
    static Sample of(Texts data, long length) {
        int every = Math.clamp(Math.ceilDiv(length, BUDGET), 1, data.size());
        int[] records = IntStream.range(0, Math.ceilDiv(data.size(), every))
                .map(i -> i * every)
                .toArray();
        var parts = data.parts();
        var columns = IntStream.range(0, parts.size())
                .mapToObj(part -> IntStream.of(records)
                        .mapToObj(record -> cut(data.text(record, part)))
                        .toList())
                .toList();
        long characters = columns.stream()
                .flatMap(List::stream)
                .mapToLong(Sample::codePoints)
                .sum();
        var whole = new Sample(records, characters, parts, columns);
        return parts.size() == 1 && records.length < FEW ? whole.inPieces() : whole;
    }

    private static String cut(String text) {
        if (text.length() <= BUDGET) {
            return text;
        }
        int end = (int) BUDGET;
        return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end);
    }

    /** What few documents are made of: paragraphs, or lines where there are hardly any paragraphs. */
    private Sample inPieces() {
        var documents = columns.getFirst();
        var paragraphs = filled(documents.stream().flatMap(BLANK_LINES::splitAsStream));
        if (paragraphs.size() >= FEW) {
            return new Sample(records, characters, List.of("paragraph"), List.of(paragraphs));
        }
        var lines = filled(documents.stream().flatMap(String::lines));
        return lines.size() >= FEW ? new Sample(records, characters, List.of("line"), List.of(lines)) : this;
    }

    static int codePoints(String text) {
        return text.codePointCount(0, text.length());
    }

    private static List<String> filled(Stream<String> pieces) {
        var filled = new ArrayList<String>();
        pieces.map(String::strip).filter(piece -> !piece.isEmpty()).forEach(filled::add);
        return filled;
    }
}
