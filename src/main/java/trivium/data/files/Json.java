package trivium.data.files;

import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.EOFException;
import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import trivium.text.PlainJson;

/** Strict JSON, one value at a time: a line each, or the items of one array. */
public final class Json {

    private static final Pattern LINE = Pattern.compile("at line (\\d+)");

    private Json() {}

    /**
     * Parses one line.
     *
     * @param where names the line, for people
     * @param needed the end of the sentence if this is not JSON: what each line needs
     * @throws IllegalArgumentException naming the place if this is not JSON
     */
    public static JsonElement line(String line, String where, String needed) {
        try (var in = reader(new StringReader(line))) {
            var json = PlainJson.read(in);
            if (in.peek() != JsonToken.END_DOCUMENT) {
                throw new JsonParseException("more follows the object");
            }
            return json;
        } catch (JsonParseException | IOException e) {
            var text = line.strip();
            var hint = text.startsWith("{") && !text.endsWith("}") ? " (is the line cut off?)" : "";
            throw new IllegalArgumentException(where + ": this is not valid JSON" + hint + needed, e);
        }
    }

    private static JsonReader reader(Reader in) {
        var reader = new JsonReader(in);
        return reader;
    }

    /** The items of an array, as they are read. */
    static Iterator<Entry> array(Path file, Reader in, Format format) {
        return new Items(file, new Measured(in), format);
    }

    /** Counts the characters of a record, so that a record too large for memory is not read. */
    private static final class Measured extends FilterReader {
        private int read;
        private Supplier<String> where = () -> "";

        Measured(Reader in) {
            super(in);
        }

        void begin(Supplier<String> record) {
            read = 0;
            where = record;
        }

        @Override
        public int read(char[] into, int offset, int length) throws IOException {
            int n = super.read(into, offset, length);
            read += Math.max(0, n);
            Lines.checkLength(read, where);
            return n;
        }
    }

    private static final class Items implements Iterator<Entry> {
        private final Path file;
        private final Measured characters;
        private final JsonReader in;
        private final Format format;
        private long record;
        private boolean ended;

        Items(Path file, Measured characters, Format format) {
            this.file = file;
            this.characters = characters;
            this.in = reader(characters);
            this.format = format;
        }

        @Override
        public boolean hasNext() {
            characters.begin(() -> file + " record " + Math.max(1, record));
            return !ended
                    && attempt(() -> {
                        if (record == 0) {
                            in.beginArray();
                            record = 1;
                        }
                        if (in.hasNext()) {
                            return true;
                        }
                        ended = true;
                        in.endArray();
                        if (in.peek() != JsonToken.END_DOCUMENT) {
                            throw new MalformedJsonException("more follows the list");
                        }
                        return false;
                    });
        }

        @Override
        public Entry next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            var json = attempt(() -> PlainJson.read(in));
            return new Entry(file + " record " + record++, json, format);
        }

        private <T> T attempt(Step<T> step) {
            try {
                return step.take();
            } catch (EOFException e) {
                throw e.getMessage() != null && e.getMessage().contains("ZLIB")
                        ? Source.failure(file, e)
                        : malformed(e, "the list is cut off");
            } catch (MalformedJsonException | JsonParseException | IllegalStateException e) {
                throw e.getCause() instanceof EOFException
                                || String.valueOf(e.getMessage()).contains("Unterminated string")
                        ? malformed(e, "the list is cut off")
                        : malformed(e, "this is not valid JSON");
            } catch (IOException e) {
                throw Source.failure(file, e);
            }
        }

        private IllegalArgumentException malformed(Exception e, String what) {
            var found = e.getMessage() == null ? null : LINE.matcher(e.getMessage());
            var line = found != null && found.find() ? " (line " + found.group(1) + ")" : "";
            return new IllegalArgumentException(
                    file + " record " + Math.max(1, record) + line + ": " + what
                            + "; a file that begins with [ is one JSON list of records",
                    e);
        }
    }

    @FunctionalInterface
    private interface Step<T> {
        T take() throws IOException;
    }
}
