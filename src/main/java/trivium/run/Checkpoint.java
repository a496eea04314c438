package trivium.run;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import trivium.model.JsonFields;
import trivium.model.Models;
import trivium.model.Parameters;
import trivium.model.Safetensors;
import trivium.model.Safetensors.Entry;
import trivium.model.SafetensorsFile;
import trivium.train.Stateful;

/**
 * A training between two steps, in the folder {@code checkpoint} of its run: {@code checkpoint.json}, the content of
 * which is this record, and a safetensors file with everything that steps change. The JSON is moved into place last and
 * names its weights, so that at every moment it names complete weights, the old or the new.
 *
 * @param format of these files, 1
 * @param card of the run, its recipe and seed among it
 * @param position how far the training is
 * @param weights where the numbers are
 * @param tables for each table beside the metrics, the types of its columns
 * @param best where the parameters of the best evaluation so far are, or null if there are none
 */
record Checkpoint(
        int format, RunCard card, Position position, Weights weights, Map<String, List<String>> tables, Weights best) {

    private static final int FORMAT = 1;
    private static final String FOLDER = "checkpoint";
    private static final String JSON = "checkpoint.json";

    /** The path within a run's folder, for messages. */
    static final String FILE = FOLDER + "/" + JSON;

    private static final Pattern WEIGHTS = Pattern.compile("step-\\d{1,19}\\.safetensors");
    private static final Pattern BEST_WEIGHTS = Pattern.compile("best-\\d{1,19}\\.safetensors");

    /**
     * How far a training is.
     *
     * @param step steps that were taken
     * @param updates how many updates were made, by the name of the state
     * @param unfinished what the last step measured, if the evaluation beside it was interrupted; otherwise null
     */
    record Position(long step, Map<String, Long> updates, Map<String, Double> unfinished) {

        static final Position START = new Position(0, Map.of(), null);

        /**
         * This position with what the last step measured, its evaluation interrupted; or with null, its evaluation
         * done. JSON has no numbers that are not finite.
         */
        Position with(Map<String, Double> measured) {
            if (measured == null) {
                return new Position(step, updates, null);
            }
            var finite = new LinkedHashMap<>(measured);
            finite.values().removeIf(value -> !Double.isFinite(value));
            return new Position(step, updates, finite);
        }

        /** Whether the evaluation beside the last step is done. */
        boolean evaluated() {
            return unfinished == null;
        }

        /** Steps that are over, their evaluation included. */
        long whole() {
            return evaluated() ? step : step - 1;
        }
    }

    /** A file beside the JSON and the SHA-256 of its bytes, in hexadecimal. */
    record Weights(String file, String sha256) {}

    /**
     * Writes the best state beside the checkpoint that comes next, unless it stands there already.
     *
     * @param before where the last checkpoint's best state is, or null
     */
    static Weights writeBest(Path place, long step, Parameters parameters, Weights before) throws IOException {
        var name = "best-" + step + ".safetensors";
        if (before != null && before.file().equals(name)) {
            return before;
        }
        var file = Files.createDirectories(place.resolve(FOLDER)).resolve(name);
        Safetensors.write(file, parameters);
        return new Weights(name, Fingerprint.of(file));
    }

    /** Replaces the checkpoint of the run in {@code place}. */
    static void write(
            Path place,
            RunCard card,
            Position position,
            Map<String, Stateful> state,
            Map<String, List<String>> tables,
            Weights best)
            throws IOException {
        var folder = Files.createDirectories(place.resolve(FOLDER));
        var name = "step-" + position.step() + ".safetensors";
        Safetensors.write(folder.resolve(name), tensors(state));
        AtomicFile.remember(folder);
        var weights = new Weights(name, Fingerprint.of(folder.resolve(name)));
        var json = CardFile.GSON.toJson(new Checkpoint(FORMAT, card, position, weights, tables, best));
        AtomicFile.write(folder.resolve(JSON), temporary -> Files.writeString(temporary, json + "\n"));
        clear(folder, best == null ? List.of(JSON, name) : List.of(JSON, name, best.file()));
    }

    /**
     * The checkpoint of the run in {@code place}, if there is one; its weights are not read yet.
     *
     * @throws IllegalArgumentException naming the file and what is wrong with it
     */
    static Optional<Checkpoint> find(Path place) {
        var file = place.resolve(FOLDER).resolve(JSON);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(of(JsonFields.read(file)));
        } catch (IllegalArgumentException e) {
            throw refused(file, e.getMessage());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    private static Checkpoint of(JsonFields json) {
        int format = json.integer("format", 0);
        if (format != FORMAT) {
            throw json.damaged("its format is " + format + ", not " + FORMAT);
        }
        var position = json.object("position");
        Map<String, Double> unfinished = null;
        if (position.has("unfinished")) {
            var measured = position.object("unfinished");
            unfinished = new LinkedHashMap<>();
            for (var name : measured.names()) {
                unfinished.put(name, measured.number(name));
            }
        }
        long step = position.whole("step");
        if (step < 1) {
            throw json.damaged("its step is " + step);
        }
        var weights = json.object("weights");
        var name = weights.text("file");
        if (!WEIGHTS.matcher(name).matches()) {
            throw json.damaged("\"weights.file\" should be such as step-4.safetensors, not " + JsonFields.shown(name));
        }
        return new Checkpoint(
                format,
                CardFile.card(json),
                new Position(step, updates(position), unfinished),
                new Weights(name, weights.text("sha256")),
                TableFile.types(json),
                json.has("best") ? best(json) : null);
    }

    /** Updates by the name of the state; older checkpoints have one number, the model's. */
    private static Map<String, Long> updates(JsonFields position) {
        var updates = new LinkedHashMap<String, Long>();
        if (position.json().get("updates") instanceof JsonObject) {
            var each = position.object("updates");
            each.names().forEach(name -> updates.put(name, each.whole(name)));
        } else {
            updates.put(Trainer.MODEL, position.whole("updates"));
        }
        updates.forEach((name, made) -> {
            if (made < 0) {
                throw position.damaged("its updates of the " + name + " are " + made);
            }
        });
        return updates;
    }

    private static Weights best(JsonFields json) {
        var best = json.object("best");
        var name = best.text("file");
        if (!BEST_WEIGHTS.matcher(name).matches()) {
            throw json.damaged("\"best.file\" should be such as best-4.safetensors, not " + JsonFields.shown(name));
        }
        return new Weights(name, best.text("sha256"));
    }

    /** How many updates each state has made. */
    static Map<String, Long> updates(Map<String, Stateful> state) {
        var updates = new LinkedHashMap<String, Long>();
        state.forEach((name, each) -> updates.put(name, each.updates()));
        return updates;
    }

    private static Map<String, Entry> tensors(Map<String, Stateful> state) {
        var tensors = new LinkedHashMap<String, Entry>();
        state.forEach((name, each) -> {
            var prefix = name.equals(Trainer.MODEL) ? "" : name + ".";
            each.tensors().forEach((tensor, entry) -> {
                if (tensors.put(prefix + tensor, entry) != null) {
                    throw new IllegalArgumentException(
                            "a checkpoint cannot hold two tensors called \"" + prefix + tensor + "\"");
                }
            });
        });
        return tensors;
    }

    /** Copies the numbers into a training's own memory, all of them or none. */
    void restore(Path place, Map<String, Stateful> state) {
        if (!position.updates().keySet().equals(state.keySet())) {
            throw refused(
                    place.resolve(FILE),
                    "it holds the state of " + position.updates().keySet() + ", and the training has that of "
                            + state.keySet());
        }
        var tensors = tensors(state);
        var file = place.resolve(FOLDER).resolve(weights.file());
        check(file, weights);
        var contents = Safetensors.read(file);
        tensors.forEach((name, tensor) -> {
            var shape = contents.get(name).shape();
            if (!shape.equals(tensor.shape())) {
                throw refused(file, "its " + name + " has shape " + shape + ", not " + tensor.shape());
            }
        });
        tensors.forEach((name, tensor) -> tensor.values()
                .copyFrom(contents.get(name).values(), 0, 0, tensor.values().size()));
        state.forEach((name, each) -> each.updates(position.updates().get(name)));
    }

    /** Reads the best state. */
    void restoreBest(Path place, Parameters parameters) {
        var file = place.resolve(FOLDER).resolve(best.file());
        check(file, best);
        Models.fill(parameters, SafetensorsFile.open(file));
    }

    private static void check(Path file, Weights weights) {
        if (!Files.exists(file)) {
            throw refused(file, "it is not there, but " + JSON + " names it");
        }
        try {
            var found = Fingerprint.of(file);
            if (!found.equals(weights.sha256())) {
                throw refused(
                        file,
                        "it was cut off or damaged, for its SHA-256 is " + found + ", not "
                                + JsonFields.shown(weights.sha256()) + ", as " + JSON + " says");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /** Deletes the checkpoint of a run that no longer needs it. */
    static void delete(Path place) throws IOException {
        var folder = place.resolve(FOLDER);
        if (Files.exists(folder)) {
            // The JSON first: weights without JSON are ignored, but JSON without weights would be a damaged checkpoint.
            Files.deleteIfExists(folder.resolve(JSON));
            clear(folder, List.of());
            Files.delete(folder);
        }
    }

    private static void clear(Path folder, List<String> except) throws IOException {
        try (var files = Files.list(folder)) {
            for (var file : (Iterable<Path>) files::iterator) {
                if (!except.contains(file.getFileName().toString())) {
                    Files.delete(file);
                }
            }
        }
    }

    private static IllegalArgumentException refused(Path file, String why) {
        return new IllegalArgumentException("cannot go on from " + file + ": " + why + "; delete the folder "
                + file.getParent() + " to begin anew");
    }
}
