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
 * SHA-256 of what a run cannot do without: its model, tokenizer and chat template. A flipped bit in a weight or a merge
 * is read without complaint and shows nowhere but in worse numbers; with the checksums in {@code run.json} it is a
 * sentence.
 */
final class Checksums {

    private static final List<String> FILES =
            List.of("model.json", "model.safetensors", RunStore.TOKENIZER, TemplateFile.NAME, RunStore.BEST);

    private Checksums() {}

    /** Of the files in {@code place}, by name. */
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
     * Refuses files that are not what they were.
     *
     * @param hashes from the run's card; a file that it does not name is not checked, as in folders from before there
     *     were checksums
     */
    static void check(Path place, Map<String, String> hashes) throws IOException {
        for (var name : FILES) {
            if (hashes.containsKey(name)) {
                check(place.resolve(name), hashes.get(name));
            }
        }
    }

    /** Refuses a tokenizer that is not what it was, by the card beside it. */
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
