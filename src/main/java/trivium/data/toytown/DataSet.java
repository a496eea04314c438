package trivium.data.toytown;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import trivium.data.Corpus;
import trivium.text.Tokenizer;

/**
 * The files of a town, by name, in the order in which they are listed on the card.
 *
 * @param files file name to content
 */
record DataSet(Map<String, String> files) {

    private static final Gson JSON = new GsonBuilder().disableHtmlEscaping().create();

    /** Sizes chosen such that everything together stays under 6 MB. */
    static DataSet of(ToyTown town) {
        var heldOut = town.heldOut();
        var stories = town.stories(8_500);
        var heldOutStories = heldOut.stories(400);
        var files = new LinkedHashMap<String, String>();
        files.put("stories.txt", text(stories));
        files.put("stories-heldout.txt", text(heldOutStories));
        files.put("instructions.jsonl", lines(town.instructions(9_000)));
        files.put("instructions-heldout.jsonl", lines(heldOut.instructions(400)));
        files.put("questions-heldout.jsonl", lines(heldOut.questions(400)));
        files.put("questions-confusable-heldout.jsonl", lines(heldOut.confusableQuestions(200)));
        files.put("questions-hard-heldout.jsonl", lines(heldOut.hardQuestions(200)));
        files.put("preferences.jsonl", lines(town.preferences(2_000)));
        files.put("preferences-heldout.jsonl", lines(heldOut.preferences(300)));
        files.put("prompts.txt", String.join("\n", town.prompts(1_000)) + "\n");
        files.put("prompts-heldout.txt", String.join("\n", heldOut.prompts(200)) + "\n");
        files.put("tasks.jsonl", lines(town.tasks(2_400).conversations()));
        files.put("tasks-heldout.jsonl", lines(heldOut.tasks(360).conversations()));
        files.put("README.md", Card.of(town, files));
        return new DataSet(files);
    }

    private static String text(Corpus corpus) {
        return corpus.documents().stream().collect(Collectors.joining("\n" + Tokenizer.END_OF_TEXT + "\n", "", "\n"));
    }

    private static String lines(Iterable<?> records) {
        return StreamSupport.stream(records.spliterator(), false)
                .map(record -> JSON.toJson(record) + "\n")
                .collect(Collectors.joining());
    }

    /** Writes every file aside and moves it into place. */
    void write(Path folder) {
        try {
            Files.createDirectories(folder);
            for (var file : files.entrySet()) {
                var aside = folder.resolve("." + file.getKey() + ".new");
                Files.writeString(aside, file.getValue(), StandardCharsets.UTF_8);
                Files.move(
                        aside,
                        folder.resolve(file.getKey()),
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Toy Town could not be written to " + folder + ": " + e.getMessage(), e);
        }
    }
}
