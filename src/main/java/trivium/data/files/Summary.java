package trivium.data.files;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How many records of a file were read, kept and left out: {@code records} were read, and those that a {@link Note}
 * leaves out were not kept. Nothing is dropped without being counted here.
 *
 * @param source the file, for people
 * @param shape what its records were taken for; none if nothing was read from a file
 * @param records how many were read
 * @param notes how often each note was made, and where first; only notes that were made
 */
public record Summary(String source, Optional<Shape> shape, long records, Map<Note, Count> notes) {

    /** For data that was not read from a file. */
    public static final Summary NONE = new Summary("", Optional.empty(), 0, Map.of());

    /**
     * How often something was seen.
     *
     * @param times at least 1
     * @param first where first: "line 7", "record 3"
     */
    public record Count(long times, String first) {}

    public Summary {
        var sorted = new EnumMap<Note, Count>(Note.class);
        sorted.putAll(notes);
        notes = java.util.Collections.unmodifiableMap(sorted);
    }

    /**
     * After leaving out more.
     *
     * @param source names the records if they were not read from a file
     * @param size how many records there were until now
     * @param first where the first of them stood, or nothing if there was none
     */
    public Summary leavingOut(String source, long size, Note note, long times, String first) {
        var more = new EnumMap<Note, Count>(Note.class);
        more.putAll(notes);
        if (times > 0) {
            more.merge(note, new Count(times, first), (old, now) -> new Count(old.times + now.times, old.first));
        }
        return isNone() ? new Summary(source, shape, size, more) : new Summary(this.source, shape, records, more);
    }

    /** Whether this says nothing: there was no file, and nothing was left out. */
    public boolean isNone() {
        return source.isEmpty();
    }

    /** How often a note was made. */
    public long count(Note note) {
        var count = notes.get(note);
        return count == null ? 0 : count.times;
    }

    /** How many records were left out, for whatever reason. */
    public long leftOut() {
        return notes.entrySet().stream()
                .filter(note -> note.getKey().leftOut())
                .mapToLong(note -> note.getValue().times)
                .sum();
    }

    /** How many records were kept. */
    public long kept() {
        return records - leftOut();
    }

    /** What was read and what of it is worth saying, one by one: "1,100 Alpaca records", "52 with empty input". */
    public List<String> findings() {
        var findings = new ArrayList<String>();
        findings.add(String.format(
                Locale.ROOT,
                "%,d %s",
                records,
                shape.map(found -> found.noun(records)).orElse(records == 1 ? "record" : "records")));
        notes.forEach((note, count) -> {
            var finding = String.format(Locale.ROOT, "%,d %s", count.times, note.words(count.times));
            boolean placed = note.leftOut() || note == Note.INVALID_UTF8;
            findings.add(placed ? finding + " (first: " + count.first + ")" : finding);
        });
        return findings;
    }

    /** "instructions.json: 1,100 Alpaca records, 52 with empty input, 3 duplicates left out (first: record 17)". */
    @Override
    public String toString() {
        if (isNone()) {
            return "not read from a file";
        }
        var text = source + ": " + String.join(", ", findings());
        return leftOut() > 0 ? text + String.format(Locale.ROOT, "; %,d kept", kept()) : text;
    }
}
