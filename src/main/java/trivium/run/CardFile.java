package trivium.run;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import com.google.gson.ToNumberPolicy;
import com.google.gson.TypeAdapter;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code run.json} holds.
 *
 * @param card of the run
 * @param tables for each table beside the file, the types of its columns
 */
record CardFile(RunCard card, Map<String, List<String>> tables) {

    static final Gson GSON = new GsonBuilder()
            .setPrettyPrinting()
            .disableHtmlEscaping()
            .serializeNulls()
            .setObjectToNumberStrategy(ToNumberPolicy.LONG_OR_DOUBLE)
            .registerTypeAdapter(Instant.class, new InstantText().nullSafe())
            .create();

    String toJson() {
        return GSON.toJson(this);
    }

    /** What the folder of a run holds; empty if it is none. */
    static Optional<CardFile> in(Path place) {
        var file = place.resolve(RunStore.CARD);
        try {
            return Optional.of(fromJson(Files.readString(file), file.toString()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            if (!Files.isDirectory(place)) {
                return Optional.empty();
            }
            throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    static CardFile fromJson(String json, String where) {
        var file = read(json, CardFile.class, where + " is not a run card");
        if (file == null || file.card == null) {
            throw new IllegalArgumentException(where + " holds no run card; was it cut off?");
        }
        return file;
    }

    /** What the JSON says, or null if it is empty. */
    static <T> T read(String json, Class<T> type, String complaint) {
        try {
            return GSON.fromJson(json, type);
        } catch (JsonParseException e) {
            throw new IllegalArgumentException(
                    complaint + ": " + e.getMessage().lines().findFirst().orElse(""), e);
        } catch (RuntimeException e) {
            // Gson has no type of its own for a record that refuses what it is made of
            throw new IllegalArgumentException(complaint + ": parts of it are missing or damaged", e);
        }
    }

    private static final class InstantText extends TypeAdapter<Instant> {
        @Override
        public void write(JsonWriter out, Instant time) throws IOException {
            out.value(time.toString());
        }

        @Override
        public Instant read(JsonReader in) throws IOException {
            return Instant.parse(in.nextString());
        }
    }
}
