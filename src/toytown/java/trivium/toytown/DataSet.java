package trivium.toytown;

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
import trivium.data.Comparisons;
import trivium.data.Conversations;
import trivium.data.Corpus;
import trivium.text.Tokenizer;

/**
 * The files of a town, by name, in the order in which they are listed on the card.
 *
 * @param files file name to content
 */
record DataSet(Map<String, String> files) {

    private static final Gson JSON = new GsonBuilder().disableHtmlEscaping().create();

    static DataSet of(ToyTown town, Sizes sizes) {
        var heldOut = town.heldOut();
        var stories = town.stories(sizes.stories().training());
        var heldOutStories = heldOut.stories(sizes.stories().heldOut());
        var files = new LinkedHashMap<String, String>();
        files.put("stories.txt", text(stories));
        files.put("stories-heldout.txt", text(heldOutStories));
        files.put(
                "instructions.jsonl",
                lines(town.instructions(sizes.instructions().training())));
        files.put(
                "instructions-heldout.jsonl",
                lines(heldOut.instructions(sizes.instructions().heldOut())));
        files.put("questions-heldout.jsonl", lines(heldOut.questions(sizes.questions())));
        files.put(
                "questions-confusable-heldout.jsonl", lines(heldOut.confusableQuestions((sizes.questions() + 1) / 2)));
        files.put("questions-hard-heldout.jsonl", lines(heldOut.hardQuestions((sizes.questions() + 1) / 2)));
        files.put(
                "preferences.jsonl", lines(town.preferences(sizes.preferences().training())));
        files.put(
                "preferences-heldout.jsonl",
                lines(heldOut.preferences(sizes.preferences().heldOut())));
        files.put("prompts.txt", String.join("\n", town.prompts(sizes.prompts().training())) + "\n");
        files.put(
                "prompts-heldout.txt",
                String.join("\n", heldOut.prompts(sizes.prompts().heldOut())) + "\n");
        files.put("tasks.jsonl", lines(town.tasks(sizes.tasks().training()).conversations()));
        files.put(
                "tasks-heldout.jsonl",
                lines(heldOut.tasks(sizes.tasks().heldOut()).conversations()));
        files.put("README.md", DataSetCard.of(town, files));
        return new DataSet(files);
    }

    private static String text(Corpus corpus) {
        return corpus.documents().stream().collect(Collectors.joining("\n" + Tokenizer.END_OF_TEXT + "\n", "", "\n"));
    }

    private static String lines(Conversations conversations) {
        return conversations.list().stream()
                .map(each -> line("prompt", each.prompt(), "completion", each.completion()))
                .collect(Collectors.joining());
    }

    private static String lines(Comparisons comparisons) {
        return comparisons.list().stream()
                .map(each -> line("prompt", each.prompt(), "chosen", each.chosen(), "rejected", each.rejected()))
                .collect(Collectors.joining());
    }

    /** A line of JSON of names and texts in turn. */
    private static String line(String... namesAndTexts) {
        var object = new LinkedHashMap<String, String>();
        for (int i = 0; i < namesAndTexts.length; i += 2) {
            object.put(namesAndTexts[i], namesAndTexts[i + 1]);
        }
        return JSON.toJson(object) + "\n";
    }

    /** Writes every file under a temporary name and moves it into place. */
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
