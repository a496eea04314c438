package trivium.data.files;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The texts made of an entry, before it is decided whether the entry stays.
 *
 * @param texts prompt and completion, prompt, chosen and rejected, or a document
 * @param leftOut why the entry does not stay, if it does not
 * @param notes what else is to be counted
 */
record Draft(List<String> texts, Optional<Note> leftOut, List<Note> notes) {

    static Draft of(String... texts) {
        return new Draft(List.of(texts), Optional.empty(), List.of());
    }

    /** Nothing can be made of this entry. */
    static Draft none(Note why) {
        return new Draft(List.of(), Optional.of(why), List.of());
    }

    Draft noting(boolean seen, Note note) {
        if (!seen) {
            return this;
        }
        var more = new ArrayList<>(notes);
        more.add(note);
        return new Draft(texts, leftOut, List.copyOf(more));
    }

    /** Left out for this reason, unless there is one already. */
    Draft leftOutIf(boolean so, Note why) {
        return so && leftOut.isEmpty() ? new Draft(texts, Optional.of(why), notes) : this;
    }

    Draft blankPromptNoted() {
        return noting(texts.getFirst().isBlank(), Note.EMPTY_PROMPT);
    }
}
