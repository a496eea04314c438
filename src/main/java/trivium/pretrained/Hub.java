package trivium.pretrained;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import trivium.data.catalogue.Cache;
import trivium.data.catalogue.Content;
import trivium.data.catalogue.Download;
import trivium.data.catalogue.RefusedException;
import trivium.data.catalogue.RemoteFile;
import trivium.model.JsonFields;
import trivium.run.FolderLock;
import trivium.run.Progress;

/**
 * Hugging Face, or a mirror of it, and where models are kept here.
 *
 * @param endpoint such as https://huggingface.co
 * @param token of the user's account, for models that ask for one; empty for none
 * @param models where models are kept, each in a folder of its own
 * @param snapshots where Hugging Face's own programs keep theirs
 * @param patience how long a server may be silent
 * @param progress shows large files
 */
record Hub(URI endpoint, String token, Path models, Path snapshots, Duration patience, Progress progress) {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /**
     * As the environment says: {@code HF_ENDPOINT}, {@code HF_TOKEN}, {@code HF_HUB_CACHE}, {@code HF_HOME}, as Hugging
     * Face's programs read them.
     */
    static Hub ofUser(Progress progress) {
        return of(System.getenv(), Path.of(System.getProperty("user.home", ".")), progress);
    }

    static Hub of(Map<String, String> environment, Path home, Progress progress) {
        var endpoint = said(environment, "HF_ENDPOINT").orElse("https://huggingface.co");
        if (!endpoint.matches("https?://[^/]+.*")) {
            throw new IllegalArgumentException(
                    "HF_ENDPOINT should be an address like https://huggingface.co, not \"" + endpoint + "\"");
        }
        var shared = said(environment, "XDG_CACHE_HOME").map(Path::of).orElse(home.resolve(".cache"));
        var snapshots = said(environment, "HF_HUB_CACHE")
                .map(Path::of)
                .orElseGet(() -> said(environment, "HF_HOME")
                        .map(Path::of)
                        .orElse(shared.resolve("huggingface"))
                        .resolve("hub"));
        return new Hub(
                URI.create(endpoint.replaceAll("/+$", "")),
                said(environment, "HF_TOKEN").orElse("").strip(),
                Cache.ofUser("models"),
                snapshots,
                PATIENCE,
                progress);
    }

    private static Optional<String> said(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    /** The folder of a model: one that Hugging Face's programs have downloaded, or one of the models here. */
    Path fetch(Repository repository) {
        var own = models.resolve(repository.folder());
        try {
            var manifest = DownloadManifest.in(own);
            if (manifest.isEmpty()) {
                var there = Snapshots.find(snapshots, repository);
                if (there.isPresent()) {
                    return there.get();
                }
            }
        } catch (IOException e) {
            throw unreadable(own, e);
        }
        return fetch(repository, own);
    }

    /** Downloads into this folder what is missing there; nothing, without asking anybody, if it is complete. */
    Path fetch(Repository repository, Path folder) {
        var address = endpoint + "/" + repository.name();
        try {
            Files.createDirectories(folder);
            var manifest = DownloadManifest.in(folder).orElse(new DownloadManifest(address, "", false, Map.of()));
            if (manifest.holds(folder)) {
                return folder;
            }
            try (var _ = FolderLock.take(folder, "download")) {
                new Fetching(repository, folder, manifest).run();
            }
            return folder;
        } catch (IOException e) {
            throw unreadable(folder, e);
        }
    }

    private static UncheckedIOException unreadable(Path folder, IOException e) {
        return new UncheckedIOException(
                folder + " could not be read or written: " + e.getMessage()
                        + "; TRIVIUM_CACHE names another folder for the cache",
                e);
    }

    /** The files of one repository, one after the other. */
    private final class Fetching {

        private final Repository repository;
        private final Path folder;
        private final DownloadProgress shown;
        private DownloadManifest manifest;

        Fetching(Repository repository, Path folder, DownloadManifest manifest) {
            this.repository = repository;
            this.folder = folder;
            this.manifest = manifest;
            this.shown = new DownloadProgress(repository.folder(), progress);
        }

        void run() throws IOException {
            boolean weights = false;
            for (var wanted : repository.wanted()) {
                boolean here = fetch(wanted);
                weights |= here && wanted.file().equals(Repository.WEIGHTS);
            }
            if (!weights && isFolderFormat()) {
                fetchShards();
            }
            manifest = manifest.completed();
            manifest.write(folder);
        }

        private boolean isFolderFormat() {
            return repository.wanted().stream().anyMatch(wanted -> wanted.file().equals(Repository.WEIGHTS));
        }

        private void fetchShards() throws IOException {
            if (!fetch(new Repository.Wanted(Repository.SHARDS, false))) {
                throw new IllegalArgumentException(manifest.address() + " has neither " + Repository.WEIGHTS + " nor "
                        + Repository.SHARDS + "; weights in pickle files (pytorch_model.bin) are not read, because"
                        + " reading one runs what is in it");
            }
            for (var shard : shards()) {
                fetch(new Repository.Wanted(shard, true));
            }
        }

        private List<String> shards() throws IOException {
            var index = JsonFields.read(folder.resolve(Repository.SHARDS));
            var files = new TreeSet<String>();
            var map = index.object("weight_map");
            for (var tensor : map.names()) {
                var file = map.text(tensor);
                if (!file.matches("[A-Za-z0-9][A-Za-z0-9._-]*\\.safetensors")) {
                    throw index.damaged("it names the file " + JsonFields.shown(file)
                            + ", but shards are *.safetensors files beside it");
                }
                files.add(file);
            }
            return new ArrayList<>(files);
        }

        /** Whether the file is there; one that is not needed may be missing on the server. */
        private boolean fetch(Repository.Wanted wanted) throws IOException {
            var file = folder.resolve(wanted.file());
            if (holds(file)) {
                return true;
            }
            if (isByHand(file, wanted)) {
                remember(file);
                return true;
            }
            var remote = new RemoteFile(
                    wanted.file(),
                    wanted.address(endpoint, repository.name(), revision()),
                    wanted.known(),
                    wanted.from().startsWith("https:") ? "" : token);
            var download = new Download(remote, file, shown, patience);
            try {
                download.run(this::holds);
                shown.finish("done");
            } catch (RefusedException e) {
                if (e.status() == 404 && !wanted.needed()) {
                    return false;
                }
                throw refused(e);
            } catch (UncheckedIOException e) {
                throw Download.isOffline(e.getCause()) ? offline(wanted, e) : e;
            } catch (CancellationException e) {
                shown.finish("interrupted");
                throw e;
            } finally {
                shown.finish("failed");
            }
            if (manifest.commit().isEmpty() && !wanted.from().startsWith("https:")) {
                manifest = manifest.at(download.commit());
            }
            remember(file);
            return true;
        }

        /** What to do about all files at once: the next one cannot be fetched either. */
        private UncheckedIOException offline(Repository.Wanted wanted, UncheckedIOException e) {
            var host = wanted.address(endpoint, repository.name(), revision()).getHost();
            var needed = repository.wanted().stream()
                    .filter(each -> each.needed() || each.file().equals(Repository.WEIGHTS))
                    .map(Repository.Wanted::file)
                    .collect(Collectors.joining(", "));
            var welcome = repository.wanted().stream()
                    .filter(each -> !each.needed() && !each.file().equals(Repository.WEIGHTS))
                    .map(Repository.Wanted::file)
                    .collect(Collectors.joining(", "));
            return new UncheckedIOException(
                    host + " cannot be reached, so " + repository.name()
                            + " cannot be downloaded; go online once, name a mirror in HF_ENDPOINT, or put "
                            + needed + " of " + manifest.address() + " (and what it has of " + welcome + ") into "
                            + folder + " and load(…) that",
                    e.getCause());
        }

        /** Whether somebody has put the file there, as the sentences of failed downloads tell. */
        private boolean isByHand(Path file, Repository.Wanted wanted) throws IOException {
            return Files.isRegularFile(file)
                    && !manifest.files().containsKey(wanted.file())
                    && (wanted.sha256().isEmpty() || wanted.sha256().equals(Content.sha256(file)));
        }

        private void remember(Path file) throws IOException {
            manifest = manifest.with(file.getFileName().toString(), DownloadManifest.Entry.of(file));
            manifest.write(folder);
        }

        /** All files are of one commit, even if somebody changes the branch between them. */
        private String revision() {
            return manifest.commit().matches("[0-9a-f]{40}") ? manifest.commit() : repository.revision();
        }

        private boolean holds(Path file) throws IOException {
            var entry = manifest.files().get(file.getFileName().toString());
            return entry != null && entry.holds(file);
        }

        private IllegalArgumentException refused(RefusedException e) {
            var about = manifest.address();
            return switch (e.status()) {
                case 401, 403 ->
                    new IllegalArgumentException(
                            about + " is not for everybody, or does not exist (its server answered " + e.status()
                                    + "): accept its terms there in a browser, and start again with HF_TOKEN set to a"
                                    + " token of your account (" + endpoint + "/settings/tokens)",
                            e);
                case 404 -> new IllegalArgumentException(about + " has no such file or revision: " + e.getMessage(), e);
                default -> e;
            };
        }
    }
}
