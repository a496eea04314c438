package trivium.data.files;

import java.util.stream.Collectors;

/** What a file holds, in a sentence about it: on one line, without control characters, and no longer than need be. */
final class Quoted {

    private static final int LONGEST = 60;

    private Quoted() {}

    /** {@code "prompt"}, {@code "two\\u000Alines"}, {@code "the beginning of something lo…"}. */
    static String of(String text) {
        int end = Math.min(text.length(), LONGEST);
        return text.substring(0, end)
                .codePoints()
                .mapToObj(Quoted::printable)
                .collect(Collectors.joining("", "\"", end < text.length() ? "…\"" : "\""));
    }

    /**
     * Format characters, among them those that turn the direction of writing, are escaped as control characters are.
     */
    private static String printable(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> String.format("\\u%04X", c);
            default -> Character.toString(c);
        };
    }
}
