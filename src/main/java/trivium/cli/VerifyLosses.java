package trivium.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import trivium.align.LossCase;
import trivium.text.Numbers;

/** Compares the losses of phase three with a file of cases that another implementation computed, one a line. */
final class VerifyLosses {

    private VerifyLosses() {}

    /** Prints the largest errors of each line; whether all lines could be checked and passed. */
    static boolean check(Path file, PrintStream out) {
        int number = 0;
        int passed = 0;
        int failed = 0;
        Map<String, Integer> unknown = new TreeMap<>();
        for (var line : lines(file)) {
            number++;
            if (line.isBlank()) {
                continue;
            }
            var place = file + ", line " + number;
            var given = parse(line, place);
            var errors = errors(given, place);
            if (errors == null) {
                unknown.merge(given.method(), 1, Integer::sum);
                continue;
            }
            passed += errors.passed() ? 1 : 0;
            failed += errors.passed() ? 0 : 1;
            out.printf(
                    Locale.ROOT,
                    "%s: line %d, %s %s%n  loss off by %.1e, gradients by at most %.1e (allowed: %.0e)%n",
                    errors.passed() ? "passed" : "FAILED",
                    number,
                    given.method(),
                    given.settings(),
                    errors.loss(),
                    errors.gradient(),
                    LossCase.Errors.TOLERANCE);
        }
        unknown.forEach((method, count) -> out.printf(
                "not checked: %s of the method \"%s\", which this version" + " does not know%n",
                Numbers.count(count, "line"), method));
        int unchecked = unknown.values().stream().mapToInt(Integer::intValue).sum();
        boolean all = failed == 0 && unchecked == 0 && passed > 0;
        out.printf(
                "%s: %s (%s passed, %d failed, %d not checked)%n",
                file, all ? "passed" : "FAILED", Numbers.count(passed, "line"), failed, unchecked);
        return all;
    }

    private static Iterable<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": expected a JSON object a line, in UTF-8", e);
        }
    }

    private static LossCase parse(String line, String place) {
        try {
            return LossCase.parse(line);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(place + ": " + e.getMessage(), e);
        }
    }

    private static LossCase.Errors errors(LossCase given, String place) {
        try {
            return given.check().orElse(null);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    place + ", " + given.method() + " " + given.settings() + ": " + e.getMessage(), e);
        }
    }
}
