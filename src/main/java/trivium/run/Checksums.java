package trivium.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import trivium.model.JsonFields;

/**
 * SHA-256 of a run's model, tokenizer and chat template. A flipped bit in a weight or a merge can be read and shows in
 * worse numbers only; with the checksums in {@code run.json} it is refused in a sentence.
 */
final class Checksums {

    private static final List<String> FILES =
            List.of("model.json", "model.safetensors", RunStore.TOKENIZER, TemplateFile.NAME, RunStore.BEST);

    private Checksums() {}

    /** The checksums of the files in {@code place}, by name. */
    static Map<String, String> of(Path place) throws IOException {
        var hashes = new LinkedHashMap<String, String>();
        for (var name : FILES) {
            if (Files.exists(place.resolve(name))) { // not every run has a best state
                hashes.put(name, Fingerprint.of(place.resolve(name)));
            }
        }
        return hashes;
    }

    /**
     * Refuses files that have changed since they were saved.
     *
     * @param hashes from the run's card; a file without one is not checked, as in folders of older versions
     */
    static void check(Path place, Map<String, String> hashes) throws IOException {
        for (var name : FILES) {
            if (hashes.containsKey(name)) {
                check(place.resolve(name), hashes.get(name));
            }
        }
    }

    /** Refuses a tokenizer that has changed since the card beside it was written. */
    static void checkTokenizer(Path place) throws IOException {
        var card = CardFile.in(place);
        if (card.isPresent() && card.get().files().containsKey(RunStore.TOKENIZER)) {
            check(place.resolve(RunStore.TOKENIZER), card.get().files().get(RunStore.TOKENIZER));
        }
    }

    private static void check(Path file, String saved) throws IOException {
        if (!Files.exists(file)) {
            throw new NoSuchFileException(file + " is missing");
        }
        var found = Fingerprint.of(file);
        if (!found.equals(saved)) {
            throw new IllegalArgumentException(file + " is not what was saved: its SHA-256 is " + found + ", and "
                    + RunStore.CARD + " says " + JsonFields.shown(saved)
                    + "; it was damaged or replaced, so bring the saved file back");
        }
    }
}
