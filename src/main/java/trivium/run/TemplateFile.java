package trivium.run;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import trivium.model.JsonFields;
import trivium.text.ChatTemplate;

/** The file of a run's folder with its chat template, {@code template.json}. */
final class TemplateFile {

    static final String NAME = "template.json";

    private static final Gson GSON =
            new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    private TemplateFile() {}

    static void write(ChatTemplate template, Path place) throws IOException {
        AtomicFile.write(
                place.resolve(NAME), temporary -> Files.writeString(temporary, GSON.toJson(template.values()) + "\n"));
    }

    /** The template of a folder; the default one in folders of older versions. */
    static ChatTemplate read(Path place) throws IOException {
        var file = place.resolve(NAME);
        if (!Files.exists(file)) {
            return ChatTemplate.DEFAULT;
        }
        var json = JsonFields.read(file);
        try {
            return ChatTemplate.of(json.values());
        } catch (IllegalArgumentException e) {
            throw json.damaged(JsonFields.shown(e.getMessage(), 200));
        }
    }
}
