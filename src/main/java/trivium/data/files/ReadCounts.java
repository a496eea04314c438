package trivium.data.files;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** Counts while a file is read. One thread at a time. */
public final class ReadCounts {

    private final String source;
    private final Map<Note, Summary.Count> notes = new EnumMap<>(Note.class);
    private Optional<Shape> shape = Optional.empty();
    private long records;

    /** Counts for a file or several, named for people. */
    public ReadCounts(String source) {
        this.source = source;
    }

    /** Notes the shape that the records are taken for. */
    public void shape(Shape taken) {
        shape = Optional.of(taken);
    }

    /** One more record was read. */
    public void record() {
        records++;
    }

    /** Counts a note made at "file line 7"; where there is a single file, its name is left out of the place. */
    public void note(Note note, String place) {
        var where = place.startsWith(source + " ") ? place.substring(source.length() + 1) : place;
        notes.merge(note, new Summary.Count(1, where), (old, one) -> new Summary.Count(old.times() + 1, old.first()));
    }

    /** What was counted so far. */
    public Summary summary() {
        return new Summary(source, shape, records, notes);
    }
}
