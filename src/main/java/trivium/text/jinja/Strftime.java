package trivium.text.jinja;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Python's {@code strftime}, in English. */
final class Strftime {

    private static final String LETTERS = "aAbBdHIjmMpSyYFT";
    private static final String[] PATTERNS = {
        "EEE",
        "EEEE",
        "MMM",
        "MMMM",
        "dd",
        "HH",
        "hh",
        "DDD",
        "MM",
        "mm",
        "a",
        "ss",
        "yy",
        "yyyy",
        "yyyy-MM-dd",
        "HH:mm:ss"
    };

    private Strftime() {}

    static String format(String format, LocalDateTime time) {
        var text = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%' || i + 1 == format.length()) {
                text.append(c);
                continue;
            }
            char letter = format.charAt(++i);
            boolean unpadded = letter == '-' && i + 1 < format.length();
            if (unpadded) {
                letter = format.charAt(++i);
            }
            int known = LETTERS.indexOf(letter);
            if (letter == '%') {
                text.append('%');
            } else if (known < 0) {
                throw new Failure("%" + letter + " is not supported in a date; supported are the letters " + LETTERS);
            } else {
                var part = time.format(DateTimeFormatter.ofPattern(PATTERNS[known], Locale.US));
                text.append(unpadded ? part.replaceFirst("^0+(?=.)", "") : part);
            }
        }
        return text.toString();
    }
}
