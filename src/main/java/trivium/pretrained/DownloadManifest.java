package trivium.pretrained;

import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import trivium.data.catalogue.Content;
import trivium.model.JsonFields;
import trivium.run.AtomicFile;

/**
 * What was downloaded into a folder, and what it was: written beside the files, so that one that is damaged later is
 * found.
 *
 * @param address of the repository
 * @param commit of the repository that the files are of; empty if its server did not say
 * @param complete whether nothing is missing any more
 * @param files by name
 */
public record DownloadManifest(String address, String commit, boolean complete, Map<String, Entry> files) {

    static final String NAME = "download.json";

    /**
     * One file.
     *
     * @param bytes its size
     * @param sha256 of its content, in hexadecimal
     * @param modified when it was written, in milliseconds since 1970: while that is the same, nobody has replaced it
     */
    public record Entry(long bytes, String sha256, long modified) {

        static Entry of(Path file) throws IOException {
            return new Entry(Files.size(file), Content.sha256(file), modified(file));
        }

        private static long modified(Path file) throws IOException {
            return Files.getLastModifiedTime(file).toMillis();
        }

        /** Whether the file is still what was downloaded; it is read only if it was written to since. */
        boolean holds(Path file) throws IOException {
            return Files.isRegularFile(file)
                    && Files.size(file) == bytes
                    && (modified(file) == modified || Content.sha256(file).equals(sha256));
        }
    }

    /**
     * The manifest of a folder; empty if none is there.
     *
     * @throws IllegalArgumentException if it is damaged
     */
    public static Optional<DownloadManifest> in(Path folder) throws IOException {
        var file = folder.resolve(NAME);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        var fields = JsonFields.read(file);
        var files = new LinkedHashMap<String, Entry>();
        var listed = fields.object("files");
        for (var name : listed.names()) {
            var entry = listed.object(name);
            files.put(name, new Entry(entry.whole("bytes"), entry.text("sha256"), entry.whole("modified")));
        }
        return Optional.of(new DownloadManifest(
                fields.text("address"),
                fields.text("commit"),
                Boolean.TRUE.equals(fields.values().get("complete")),
                files));
    }

    /**
     * Refuses a file that is not what was downloaded.
     *
     * @param sha256 of the file as it is now
     * @throws IllegalArgumentException saying what to do
     */
    public void check(Path file, String sha256) {
        var entry = files.get(file.getFileName().toString());
        if (entry != null && !entry.sha256().equals(sha256)) {
            throw new IllegalArgumentException(file + " is not what was downloaded from " + address
                    + ": its SHA-256 is " + sha256 + ", and " + NAME + " says " + JsonFields.shown(entry.sha256())
                    + "; delete it and download the model again, or delete " + NAME + " if the change is meant");
        }
    }

    DownloadManifest with(String name, Entry entry) {
        var more = new LinkedHashMap<>(files);
        more.put(name, entry);
        return new DownloadManifest(address, commit, complete, more);
    }

    DownloadManifest at(String revision) {
        return new DownloadManifest(address, revision, complete, files);
    }

    DownloadManifest completed() {
        return new DownloadManifest(address, commit, true, files);
    }

    /** Whether all files are here as they were downloaded. */
    boolean holds(Path folder) throws IOException {
        for (var file : files.entrySet()) {
            if (!file.getValue().holds(folder.resolve(file.getKey()))) {
                return false;
            }
        }
        return complete;
    }

    void write(Path folder) throws IOException {
        var entries = new LinkedHashMap<String, Object>();
        files.forEach((name, entry) -> {
            var fields = new LinkedHashMap<String, Object>();
            fields.put("bytes", entry.bytes());
            fields.put("sha256", entry.sha256());
            fields.put("modified", entry.modified());
            entries.put(name, fields);
        });
        var json = new LinkedHashMap<String, Object>();
        json.put("address", address);
        json.put("commit", commit);
        json.put("complete", complete);
        json.put("files", entries);
        var text = new GsonBuilder().setPrettyPrinting().create().toJson(json) + "\n";
        AtomicFile.write(folder.resolve(NAME), temporary -> Files.writeString(temporary, text));
    }
}
