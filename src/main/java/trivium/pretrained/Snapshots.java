package trivium.pretrained;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Models in the cache of Hugging Face's own programs: {@code models--OWNER--NAME/snapshots/COMMIT}. */
final class Snapshots {

    private Snapshots() {}

    /** The folder of a model that is there with all that loading needs; a file appears there when it is complete. */
    static Optional<Path> find(Path cache, Repository repository) throws IOException {
        var place = cache.resolve("models--" + repository.name().replace("/", "--"));
        var named = place.resolve("refs").resolve(repository.revision());
        var commit = Files.isRegularFile(named) ? Files.readString(named).strip() : repository.revision();
        var folder = place.resolve("snapshots").resolve(commit);
        return commit.matches("[0-9a-f]{40}") && isWhole(folder, repository) ? Optional.of(folder) : Optional.empty();
    }

    private static boolean isWhole(Path folder, Repository repository) {
        return repository.wanted().stream()
                .filter(wanted -> wanted.needed() || wanted.file().equals(Repository.WEIGHTS))
                .allMatch(wanted -> Files.isRegularFile(folder.resolve(wanted.file())));
    }
}
