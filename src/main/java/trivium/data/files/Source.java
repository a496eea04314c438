package trivium.data.files;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Opens files; gzip is known by its first bytes, whatever the file is called. */
public final class Source {

    private static final int BUFFER = 1 << 16;

    private Source() {}

    /**
     * Refuses a path at which there is nothing.
     *
     * @throws UncheckedIOException in a sentence that says where relative paths start
     */
    public static void checkExists(Path path) {
        if (!Files.exists(path)) {
            var sentence = path + " does not exist"
                    + (path.isAbsolute()
                            ? ""
                            : "; relative paths start at " + Path.of("").toAbsolutePath());
            throw new UncheckedIOException(sentence, new NoSuchFileException(path.toString()));
        }
    }

    /**
     * Refuses what is no file with content of its own: nothing, a folder, or a pipe or a device, which may wait for
     * ever.
     *
     * @throws UncheckedIOException if there is nothing
     * @throws IllegalArgumentException if it is something else than a file
     */
    public static void checkIsFile(Path path) {
        checkExists(path);
        if (Files.isDirectory(path)) {
            throw new IllegalArgumentException(path + " is a folder, but a file is needed here");
        }
        if (!Files.isRegularFile(path)) {
            throw new IllegalArgumentException(
                    path + " is a pipe or a device, but a file is needed here; write what it gives into a file first");
        }
    }

    /**
     * The characters of a file.
     *
     * @param tally hears of byte order marks, line ends and what is not UTF-8
     * @throws UncheckedIOException if it cannot be read
     * @throws IllegalArgumentException if it is a folder, a pipe or a device
     */
    static Characters open(Path file, ReadCounts tally) {
        checkIsFile(file);
        try {
            return new Characters(file, unpacked(file), tally);
        } catch (IOException e) {
            throw failure(file, e);
        }
    }

    private static InputStream unpacked(Path file) throws IOException {
        var in = new BufferedInputStream(Files.newInputStream(file), BUFFER);
        in.mark(2);
        boolean gzip = in.read() == 0x1F && in.read() == 0x8B;
        in.reset();
        return gzip ? new GZIPInputStream(in, BUFFER) : in;
    }

    /** The files in and below a folder whose names end in one of these, in path order. */
    public static List<Path> within(Path folder, String... endings) {
        try (var paths = Files.walk(folder)) {
            var files = paths.filter(path -> Stream.of(endings).anyMatch(path.toString()::endsWith))
                    .filter(Files::isRegularFile)
                    .sorted()
                    .toList();
            if (files.isEmpty()) {
                throw new IllegalArgumentException("the folder " + folder + " holds no " + endings[0] + " file");
            }
            return files;
        } catch (IOException e) {
            throw failure(folder, e);
        } catch (UncheckedIOException e) {
            throw failure(folder, e.getCause());
        }
    }

    /** What went wrong, in a sentence that names the file. */
    static UncheckedIOException failure(Path file, IOException e) {
        var why = switch (e) {
            case EOFException _ -> file + " is cut short: its gzip data end too early; fetch it again";
            case ZipException _ ->
                file + " is damaged: its gzip data cannot be unpacked (" + e.getMessage() + "); fetch it again";
            case AccessDeniedException denied ->
                file + " could not be read: permission to read " + denied.getFile() + " is missing";
            default -> file + " could not be read: " + e.getMessage();
        };
        return new UncheckedIOException(why, e);
    }

    /** The end of a file's name without ".gz", in small letters: ".csv", or nothing. */
    static String ending(Path file) {
        var name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        name = name.endsWith(".gz") ? name.substring(0, name.length() - ".gz".length()) : name;
        int dot = name.lastIndexOf('.');
        return dot < 0 ? "" : name.substring(dot);
    }
}
