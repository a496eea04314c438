package trivium.track;

import java.util.List;
import java.util.stream.Collectors;
import trivium.run.RunCard;

/** A run's card as Markdown, and settings as text. */
final class CardText {

    private CardText() {}

    /** How it ended, its origin, its settings, and what was noted. */
    static String markdown(RunCard card) {
        var text = new StringBuilder("| | |\n|---|---|\n");
        row(text, "run", card.label());
        row(text, "kind", card.kind());
        if (card.parent() != null) {
            row(text, "from", card.parent());
        }
        row(text, "outcome", card.outcome().toString());
        card.flatRecipe().forEach((name, value) -> row(text, name, setting(value)));
        row(text, "seed", card.origin().seed());
        row(text, "commit", card.origin().commit());
        card.origin().environment().forEach((name, value) -> row(text, name, value));
        card.origin().notes().forEach(note -> text.append("\n- ").append(escaped(note)));
        return text.toString();
    }

    private static void row(StringBuilder text, String name, Object value) {
        text.append("| ").append(name).append(" | ").append(escaped(value)).append(" |\n");
    }

    private static String escaped(Object value) {
        return String.valueOf(value).replaceAll("\\R", " ").replaceAll("[\\\\`*_{}\\[\\]<>#|]", "\\\\$0");
    }

    /** A setting in one line. */
    static String setting(Object value) {
        return switch (value) {
            case null -> "";
            case List<?> list -> list.stream().map(CardText::setting).collect(Collectors.joining(", "));
            case Double number
            when number == Math.rint(number) && Math.abs(number) < 1e15 -> String.valueOf(number.longValue());
            default -> value.toString().replaceAll("\\R", " ");
        };
    }
}
