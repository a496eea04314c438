package trivium.data;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import trivium.data.Label.Verdict;

/**
 * The labels of one person: a file of JSON Lines with {@code prompt}, {@code chosen} and {@code rejected}, which
 * {@link Comparisons#read(Path)} and other programs take, and with {@code position}, where the chosen answer stood (1
 * or 2). Ties, of which no answer is chosen, stand in a file beside it whose name ends in {@code .ties.jsonl}, with
 * {@code prompt}, {@code first} and {@code second}.
 *
 * @param file of the labels that chose
 * @param list in the order in which they were given, ties last
 */
public record PreferenceLabels(Path file, List<Label> list) {

    private static final Gson JSON = new Gson();

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
        var all = new ArrayList<Label>();
        lines(file, all, false);
        lines(ties(file), all, true);
        return new PreferenceLabels(file, all);
    }

    private static void lines(Path file, List<Label> into, boolean tied) {
        if (!Files.exists(file)) {
            return;
        }
        try {
            var lines = Files.readAllLines(file);
            for (int i = 0; i < lines.size(); i++) {
                boolean cut =
                        i == lines.size() - 1 && isCut(file, lines.get(i)); // by a crash: written over by the next
                if (!lines.get(i).isBlank() && !cut) {
                    into.add(label(lines.get(i), tied, file + ", line " + (i + 1)));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The labels in " + file + " cannot be read.", e);
        }
    }

    /** Whether a last line is no whole JSON and has no end. */
    private static boolean isCut(Path file, String line) throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return !endsLine(channel) && !isWhole(line);
        }
    }

    private static boolean endsLine(FileChannel channel) throws IOException {
        var last = ByteBuffer.allocate(1);
        return channel.size() == 0 || channel.read(last, channel.size() - 1) == 1 && last.get(0) == '\n';
    }

    private static boolean isWhole(String line) {
        try {
            return JSON.fromJson(line, JsonObject.class) != null;
        } catch (JsonParseException e) {
            return false;
        }
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

    private static Path ties(Path file) {
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
        append(tied ? ties(file) : file, JSON.toJson(fields) + "\n");
        var more = new ArrayList<>(list);
        more.add(label);
        return new PreferenceLabels(file, more);
    }

    private static synchronized void append(Path file, String line) {
        try {
            if (file.toAbsolutePath().getParent() != null) {
                Files.createDirectories(file.toAbsolutePath().getParent());
            }
            try (var channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                channel.lock(); // another program may label into the same file; released when the channel closes
                long end = end(channel);
                channel.truncate(end);
                channel.position(end);
                var bytes = ByteBuffer.wrap((endsLine(channel) ? line : "\n" + line).getBytes(StandardCharsets.UTF_8));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The label could not be written to " + file + "; it is not kept. Make room or choose another file.",
                    e);
        }
    }

    /** Where the next line begins: behind everything, but for a last line that a crash cut off. */
    private static long end(FileChannel channel) throws IOException {
        if (endsLine(channel)) {
            return channel.size();
        }
        long at = channel.size();
        var bytes = new ByteArrayOutputStream();
        var one = ByteBuffer.allocate(1);
        while (at > 0) {
            one.clear();
            channel.read(one, at - 1);
            if (one.get(0) == '\n') {
                break;
            }
            bytes.write(one.get(0));
            at--;
        }
        return isWhole(reversed(bytes.toByteArray())) ? channel.size() : at;
    }

    private static String reversed(byte[] bytes) {
        var right = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            right[i] = bytes[bytes.length - 1 - i];
        }
        return new String(right, StandardCharsets.UTF_8);
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
