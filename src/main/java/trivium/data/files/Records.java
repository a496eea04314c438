package trivium.data.files;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import trivium.text.Message;

/**
 * The records of files, one after the other, however large the files are. What is held in memory is one record and,
 * unless {@linkplain Format#keepingDuplicates() copies may stay}, 16 bytes of hash for each.
 *
 * @param <T> what each record becomes
 */
public final class Records<T> implements Iterator<T>, AutoCloseable {

    private record Key(long high, long low) {}

    private final Kind kind;
    private final Format format;
    private final Function<ParsedRecord, T> make;
    private final Iterator<Path> files;
    private final ReadCounts tally;
    private final Set<Key> seen = new HashSet<>();
    private final Queue<T> ready = new ArrayDeque<>();
    private final MessageDigest digest = ContentHash.sha256();
    private BufferedReader in;
    private Iterator<Entry> entries = List.<Entry>of().iterator();
    private Shape shape;

    private Records(Kind kind, String name, List<Path> files, Format format, Function<ParsedRecord, T> make) {
        this.kind = kind;
        this.format = format;
        this.make = make;
        this.files = files.iterator();
        this.tally = new ReadCounts(name);
        files.forEach(Source::checkExists);
        format.shape().ifPresent(kind::check);
    }

    /** Documents; a folder stands for every text file in and below it. */
    public static <T> Records<T> documents(String name, List<Path> paths, Format format, Function<String, T> make) {
        paths.forEach(Source::checkExists);
        var files = paths.stream()
                .flatMap(path ->
                        Files.isDirectory(path) ? Source.within(path, ".txt", ".txt.gz").stream() : Stream.of(path))
                .toList();
        return new Records<>(
                Kind.DOCUMENTS,
                name,
                files,
                format,
                draft -> make.apply(draft.texts().getFirst()));
    }

    /** Conversations as messages, the last of which is the assistant's. */
    public static <T> Records<T> conversations(Path file, Format format, Function<List<Message>, T> make) {
        return new Records<>(
                Kind.ANSWERS, file.toString(), List.of(file), format, draft -> make.apply(draft.messages()));
    }

    /** Two answers to the same messages, and by how much the first is better: 0 where nobody said. */
    @FunctionalInterface
    public interface Pair<T> {
        T of(List<Message> prompt, String chosen, String rejected, double margin);
    }

    /** What is answered, with a chosen and a rejected answer. */
    public static <T> Records<T> pairs(Path file, Format format, Pair<T> make) {
        return new Records<>(
                Kind.PAIRS,
                file.toString(),
                List.of(file),
                format,
                draft -> make.of(
                        draft.messages(),
                        draft.texts().get(0),
                        draft.texts().get(1),
                        draft.texts().size() > 2
                                ? Double.parseDouble(draft.texts().get(2))
                                : 0));
    }

    /** An answer to messages, and whether it was found good. */
    @FunctionalInterface
    public interface Judged<T> {
        T of(List<Message> prompt, String completion, boolean label);
    }

    /** What is answered, with an answer that was judged by itself. */
    public static <T> Records<T> judged(Path file, Format format, Judged<T> make) {
        return new Records<>(
                Kind.JUDGED,
                file.toString(),
                List.of(file),
                format,
                draft -> make.of(
                        draft.messages(),
                        draft.texts().get(0),
                        Boolean.parseBoolean(draft.texts().get(1))));
    }

    /** An answer in steps, and which of them were found right. */
    @FunctionalInterface
    public interface Stepwise<T> {
        T of(List<Message> prompt, List<String> steps, List<Boolean> labels);
    }

    /** What is answered, with an answer whose steps were judged. */
    public static <T> Records<T> stepwise(Path file, Format format, Stepwise<T> make) {
        return new Records<>(Kind.STEPWISE, file.toString(), List.of(file), format, draft -> {
            int steps = draft.texts().size() / 2;
            return make.of(
                    draft.messages(),
                    draft.texts().subList(0, steps),
                    draft.texts().subList(steps, 2 * steps).stream()
                            .map(Boolean::valueOf)
                            .toList());
        });
    }

    /** What was found so far; complete when there is no next record. */
    public Summary summary() {
        return tally.summary();
    }

    /**
     * All that are left, and closes the files.
     *
     * @throws IllegalArgumentException if memory does not hold them
     */
    public List<T> toList() {
        try (this) {
            var list = new ArrayList<T>();
            forEachRemaining(list::add);
            return list;
        } catch (OutOfMemoryError e) {
            throw new IllegalArgumentException(
                    summary().source() + " is too large to hold in memory; read it record by record with stream,"
                            + " or give Java more with -Xmx (TRIVIUM_HEAP under environment/lab)",
                    e);
        }
    }

    /**
     * All that are left, as a collection of them, and closes the files. A shape that was guessed is named on standard
     * output, so that a wrong guess is seen; one that was asked for is not.
     *
     * @param make the collection, from the records and the summary; it refuses to be made of none
     * @throws IllegalArgumentException if nothing is left of the records, or memory does not hold them
     */
    public <L> L collect(BiFunction<List<T>, Summary, L> make) {
        var list = toList();
        if (format.shape().isEmpty()) {
            System.out.println(summary());
        }
        if (list.isEmpty() && summary().records() > 0) {
            throw new IllegalArgumentException("nothing is left of " + summary());
        }
        return make.apply(list, summary());
    }

    @Override
    public boolean hasNext() {
        while (ready.isEmpty()) {
            if (Thread.interrupted()) {
                throw new CancellationException("reading was interrupted");
            }
            if (entries.hasNext()) {
                var entry = entries.next();
                judge(RecordParser.of(kind, shape, entry), entry.where());
            } else if (files.hasNext()) {
                close();
                open(files.next());
            } else {
                return false;
            }
        }
        return true;
    }

    @Override
    public T next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return ready.remove();
    }

    private void judge(ParsedRecord draft, String where) {
        tally.record();
        draft.notes().forEach(note -> tally.note(note, where));
        if (draft.leftOut().isPresent()) {
            tally.note(draft.leftOut().get(), where);
        } else if (!format.keepDuplicates() && !seen.add(key(draft))) {
            tally.note(Note.DUPLICATE, where);
        } else {
            ready.add(make.apply(draft));
        }
    }

    private Key key(ParsedRecord draft) {
        for (var text : draft.content().toList()) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
            digest.update(bytes);
        }
        var hash = ByteBuffer.wrap(digest.digest());
        return new Key(hash.getLong(), hash.getLong());
    }

    private void open(Path file) {
        in = new BufferedReader(Source.open(file, tally), DetectedFormat.PEEK);
        var found = DetectedFormat.in(file, in, kind, format);
        shape = found.shape();
        entries = found.entries();
        tally.shape(shape);
    }

    @Override
    public void close() {
        if (in != null) {
            try {
                in.close();
            } catch (IOException e) {
                throw new UncheckedIOException("a file could not be closed: " + e.getMessage(), e);
            }
        }
    }
}
