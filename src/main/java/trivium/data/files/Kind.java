package trivium.data.files;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a reader asks a file for, and the shapes that can give it; where several fit, the first. */
enum Kind {
    DOCUMENTS("documents", "Corpus.read", Shape.TEXT_RECORDS, Shape.TEXT),
    ANSWERS(
            "conversations",
            "Conversations.read",
            Shape.MESSAGES,
            Shape.SHAREGPT,
            Shape.ALPACA,
            Shape.UNPAIRED,
            Shape.PROMPT_COMPLETION,
            Shape.HH_RLHF,
            Shape.PREFERENCE,
            Shape.ALPACA_PREFERENCE,
            Shape.IMPLICIT_PREFERENCE,
            Shape.TRANSCRIPT,
            Shape.SCAN,
            Shape.ARITHMETIC,
            Shape.LINES),
    PAIRS(
            "comparisons",
            "Comparisons.read",
            Shape.HH_RLHF,
            Shape.PREFERENCE,
            Shape.ALPACA_PREFERENCE,
            Shape.IMPLICIT_PREFERENCE),
    JUDGED("unpaired preferences", "UnpairedPreferences.read", Shape.UNPAIRED),
    STEPWISE("stepwise answers", "StepwiseAnswers.read", Shape.STEPWISE);

    /** Records that are looked at before a shape is chosen. */
    static final int FIRST = 10;

    private final String plural;
    private final String reader;

    @SuppressWarnings("ImmutableEnumChecker") // List.of
    private final List<Shape> shapes;

    Kind(String plural, String reader, Shape... shapes) {
        this.plural = plural;
        this.reader = reader;
        this.shapes = List.of(shapes);
    }

    List<Shape> shapes() {
        return shapes;
    }

    /** @throws IllegalArgumentException if no such records can be had from this shape */
    Shape check(Shape shape) {
        if (!shapes.contains(shape)) {
            throw new IllegalArgumentException("Shape." + shape + " gives no " + plural + "; " + reader + " takes "
                    + shapes.stream().map(Shape::name).collect(Collectors.joining(", ")));
        }
        return shape;
    }

    /** The shape that fits most of the first records, the earlier in the list where two fit as many. */
    Shape recognise(List<Entry> first, Format format) {
        var best = best(shapes, first);
        return best.orElseThrow(() -> {
            var elsewhere = Stream.of(values())
                    .filter(kind -> best(kind.shapes, first).isPresent())
                    .findFirst();
            var entry = first.getFirst();
            var what = entry.named() + " has " + entry.names() + ", which makes no " + plural;
            return new IllegalArgumentException(elsewhere
                    .map(kind -> what + "; these are "
                            + best(kind.shapes, first).orElseThrow().noun(2) + ", so use " + kind.reader)
                    .orElseGet(() -> what + "; " + reader + " knows "
                            + shapes.stream()
                                    .filter(shape -> !shape.needed().isEmpty())
                                    .map(shape -> shape.pattern(format))
                                    .distinct()
                                    .collect(Collectors.joining(", "))
                            + "; where fields have other names, name them: Format.GUESS.field(\"prompt\", \"…\")"));
        });
    }

    private static Optional<Shape> best(List<Shape> shapes, List<Entry> entries) {
        Shape best = null;
        long most = 0;
        for (var shape : shapes) {
            long fitting = entries.stream().filter(entry -> entry.fits(shape)).count();
            if (fitting > most) {
                most = fitting;
                best = shape;
            }
        }
        return Optional.ofNullable(best);
    }

    /** What to say of a plain text from which no such records can be made. */
    IllegalArgumentException plain(String file) {
        return new IllegalArgumentException(file + " is neither JSON nor a table with known columns, so it gives no "
                + plural
                + (this == ANSWERS
                        ? "; say how a line is cut, for example Format.lines(\"(?<prompt>.*=)(?<completion>.*)\"),"
                                + " or read it with Corpus.read"
                        : "; " + reader + " needs " + shapes.getLast().pattern(Format.GUESS)));
    }
}
