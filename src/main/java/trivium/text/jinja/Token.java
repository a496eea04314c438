package trivium.text.jinja;

/**
 * The smallest part of a template.
 *
 * @param text of data and names as they are; of a string its value
 * @param value of an integer or a float
 * @param at where it begins in the template
 */
record Token(Kind kind, String text, Object value, int at) {

    enum Kind {
        DATA,
        VARIABLE_BEGIN,
        VARIABLE_END,
        BLOCK_BEGIN,
        BLOCK_END,
        NAME,
        STRING,
        NUMBER,
        OPERATOR,
        END
    }

    boolean is(Kind other, String expected) {
        return kind == other && text.equals(expected);
    }

    boolean isOperator(String operator) {
        return is(Kind.OPERATOR, operator);
    }

    boolean isName(String name) {
        return is(Kind.NAME, name);
    }

    String shown() {
        return switch (kind) {
            case DATA, END -> "the end of the template";
            case STRING -> "the text \"" + text + "\"";
            default -> '"' + text + '"';
        };
    }
}
