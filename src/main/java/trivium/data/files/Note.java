package trivium.data.files;

/** What is worth saying about a file that was read; each is counted in its {@link Summary}. */
public enum Note {
    /** A byte order mark at the start of the file; skipped. */
    BYTE_ORDER_MARK("byte order mark skipped", "byte order marks skipped", false),
    /** A line ended in CRLF, as on Windows; read as a plain line end. */
    CRLF("CRLF line end read as LF", "CRLF line ends read as LF", false),
    /** Bytes that are not UTF-8; each run of them became U+FFFD, the replacement character. */
    INVALID_UTF8("invalid UTF-8 sequence replaced by U+FFFD", "invalid UTF-8 sequences replaced by U+FFFD", false),
    /** An Alpaca record without input: it gets the shorter of the two templates. */
    EMPTY_INPUT("with empty input", "with empty input", false),
    /** A record whose prompt is blank; kept. */
    EMPTY_PROMPT("with empty prompt", "with empty prompt", false),
    /** A conversation with several answers of the assistant, each of which is learned. */
    SEVERAL_ANSWERS("with several answers", "with several answers", false),
    /** A copy of an earlier record. */
    DUPLICATE("duplicate left out", "duplicates left out", true),
    /** A document without text. */
    EMPTY_DOCUMENT("empty document left out", "empty documents left out", true),
    /** A record whose answer (or one of two) is blank: such a record would teach the model to say nothing. */
    EMPTY_ANSWER("with empty answer left out", "with empty answer left out", true),
    /** A chat in which the assistant says nothing. */
    NO_ANSWER("chat without an answer left out", "chats without an answer left out", true),
    /** A record with a message of a tool, for which chat templates have no turn. */
    OTHER_ROLE("with a tool's message left out", "with a tool's message left out", true),
    /** A comparison whose chosen and rejected answers are the same: there is nothing to learn from it. */
    EQUAL_ANSWERS("with chosen equal to rejected left out", "with chosen equal to rejected left out", true),
    /** A record that a model cannot see whole; half an answer would teach the model to stop in the middle. */
    LONGER_THAN_CONTEXT("longer than the context left out", "longer than the context left out", true),
    /** An answer labelled bad, where good ones were asked for. */
    LABELLED_BAD("labelled bad left out", "labelled bad left out", true);

    private final String one;
    private final String many;
    private final boolean leftOut;

    Note(String one, String many, boolean leftOut) {
        this.one = one;
        this.many = many;
        this.leftOut = leftOut;
    }

    /** Whether records with this note are left out. */
    public boolean leftOut() {
        return leftOut;
    }

    String words(long times) {
        return times == 1 ? one : many;
    }
}
