package trivium.data;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import trivium.data.Label.Verdict;

/**
 * The labels of one person, or of several who share the prompts: a file of JSON Lines with {@code prompt},
 * {@code chosen} and {@code rejected}, which {@link Comparisons#read(Path)} and other programs take, and with
 * {@code position}, where the chosen answer stood (1 or 2). Ties, of which no answer is chosen, stand in a file beside
 * it whose name ends in {@code .ties.jsonl}, with {@code prompt}, {@code first} and {@code second}.
 *
 * @param file of the labels that chose
 * @param list in the order in which they were given, ties last
 */
public record PreferenceLabels(Path file, List<Label> list) {

    private static final Gson JSON = new Gson();

    /** How every line begins that {@link #with} writes. */
    private static final String BEGINNING = "{\"prompt\"";

    public PreferenceLabels {
        list = List.copyOf(list);
    }

    /**
     * Reads what a person has labelled so far.
     *
     * @throws UncheckedIOException if a file cannot be read
     * @throws IllegalArgumentException naming file and line, if a line is no label
     */
    public static PreferenceLabels read(Path file) {
        return read(file, bytes(file));
    }

    private static PreferenceLabels read(Path file, byte[] chosen) {
        var all = new ArrayList<Label>();
        lines(file, chosen, all, false);
        lines(ties(file), bytes(ties(file)), all, true);
        return new PreferenceLabels(file, all);
    }

    /** What is in a file; not while this process writes there, for closing a file gives up its locks (fcntl). */
    private static synchronized byte[] bytes(Path file) {
        try {
            return Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static UncheckedIOException unreadable(Path file, IOException e) {
        return new UncheckedIOException("The labels in " + file + " cannot be read: " + reason(e) + ".", e);
    }

    private static void lines(Path file, byte[] bytes, List<Label> into, boolean tied) {
        try {
            var lines = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, 0, whole(bytes)))
                    .toString()
                    .lines()
                    .toList();
            for (int i = 0; i < lines.size(); i++) {
                if (!lines.get(i).isBlank()) {
                    into.add(label(lines.get(i), tied, file + ", line " + (i + 1)));
                }
            }
        } catch (CharacterCodingException e) {
            throw unreadable(file, e);
        }
    }

    /** How many of a file's bytes count: all, but for a last line that a crash cut off. */
    private static int whole(byte[] bytes) {
        int last = bytes.length;
        while (last > 0 && bytes[last - 1] != '\n') {
            last--;
        }
        var line = new String(bytes, last, bytes.length - last, StandardCharsets.UTF_8);
        return isBegun(line) && !isWhole(line) ? last : bytes.length;
    }

    /** Whether a line can be what a crash left of a label; what another program wrote is left alone. */
    private static boolean isBegun(String line) {
        return line.startsWith(BEGINNING) || BEGINNING.startsWith(line);
    }

    private static boolean isWhole(String line) {
        try {
            return JSON.fromJson(line, JsonObject.class) != null;
        } catch (JsonParseException e) {
            return false;
        }
    }

    private static String reason(IOException e) {
        return e instanceof CharacterCodingException ? "the file is not UTF-8" : String.valueOf(e.getMessage());
    }

    private static Label label(String line, boolean tied, String where) {
        try {
            var fields = JSON.fromJson(line, JsonObject.class);
            var prompt = fields.get("prompt").getAsString();
            if (tied) {
                return new Label(
                        prompt,
                        fields.get("first").getAsString(),
                        fields.get("second").getAsString(),
                        Verdict.TIE);
            }
            var chosen = fields.get("chosen").getAsString();
            var rejected = fields.get("rejected").getAsString();
            return switch (fields.get("position").getAsInt()) {
                case 1 -> new Label(prompt, chosen, rejected, Verdict.FIRST);
                case 2 -> new Label(prompt, rejected, chosen, Verdict.SECOND);
                default -> throw new IllegalArgumentException("no position");
            };
        } catch (JsonParseException
                | IllegalArgumentException
                | IllegalStateException
                | NullPointerException
                | UnsupportedOperationException e) {
            throw new IllegalArgumentException(
                    where + ": expected "
                            + (tied ? "prompt, first and second" : "prompt, chosen, rejected and position (1 or 2)")
                            + ", as label(…) writes them; to read comparisons of another origin, take Comparisons.read",
                    e);
        }
    }

    /** Where the ties stand beside a file of labels. */
    public static Path ties(Path file) {
        var name = file.getFileName().toString();
        return file.resolveSibling(name.replaceFirst("\\.jsonl$", "") + ".ties.jsonl");
    }

    /**
     * These labels and one more, which is on the disk when this returns: what was answered is not lost, whatever
     * happens to the program.
     *
     * @throws UncheckedIOException if it cannot be written
     */
    public PreferenceLabels with(Label label) {
        write(place(label), there -> Optional.of(line(label)));
        return and(label);
    }

    /**
     * The same, unless the file has a label of this prompt by now, from somebody who labels there at the same time;
     * then nothing is written, and nothing answered. Of several who do this at once one is the first.
     *
     * @throws UncheckedIOException if it cannot be written
     * @throws IllegalArgumentException naming file and line, if a line of the file is no label
     */
    public Optional<PreferenceLabels> withUnlessLabelled(Label label) {
        var kept = new AtomicBoolean();
        write(file, there -> {
            kept.set(read(file, there).list().stream()
                    .noneMatch(other -> other.prompt().equals(label.prompt())));
            if (kept.get() && label.verdict() == Verdict.TIE) {
                write(ties(file), _ -> Optional.of(line(label)));
                return Optional.empty();
            }
            return kept.get() ? Optional.of(line(label)) : Optional.empty();
        });
        return kept.get() ? Optional.of(and(label)) : Optional.empty();
    }

    private PreferenceLabels and(Label label) {
        var more = new ArrayList<>(list);
        more.add(label);
        return new PreferenceLabels(file, more);
    }

    private Path place(Label label) {
        return label.verdict() == Verdict.TIE ? ties(file) : file;
    }

    private static String line(Label label) {
        boolean tied = label.verdict() == Verdict.TIE;
        var fields = new LinkedHashMap<String, Object>();
        fields.put("prompt", label.prompt());
        if (tied) {
            fields.put("first", label.first());
            fields.put("second", label.second());
        } else {
            fields.put("chosen", label.chosen());
            fields.put("rejected", label.rejected());
            fields.put("position", label.verdict() == Verdict.FIRST ? 1 : 2);
        }
        return JSON.toJson(fields) + "\n";
    }

    /**
     * Appends a line while nobody else writes there.
     *
     * @param line of what the file holds, or nothing where nothing is to be added
     */
    private static synchronized void write(Path file, Function<byte[], Optional<String>> line) {
        try {
            if (file.toAbsolutePath().getParent() != null) {
                Files.createDirectories(file.toAbsolutePath().getParent());
            }
            try (var open = new RandomAccessFile(file.toFile(), "rw")) {
                open.getChannel().lock(); // another program may label into the same file; released when it is closed
                var there = new byte[(int) open.length()];
                open.readFully(there);
                var more = line.apply(there);
                if (more.isPresent()) {
                    append(open, there, more.get());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The label could not be written to " + file + " and is not kept (" + reason(e)
                            + "). Make room or choose another file.",
                    e);
        }
    }

    private static void append(RandomAccessFile open, byte[] there, String line) throws IOException {
        int end = whole(there);
        open.setLength(end);
        boolean ends = end == 0 || there[end - 1] == '\n';
        DurableLines.append(open, ends ? line : "\n" + line);
    }

    /** The labels that chose, for {@code rewardModel} and {@code prefer}. */
    public Comparisons comparisons() {
        return new Comparisons(
                file.toString(),
                list.stream()
                        .filter(label -> label.verdict() != Verdict.TIE)
                        .map(Label::comparison)
                        .toList());
    }
}
