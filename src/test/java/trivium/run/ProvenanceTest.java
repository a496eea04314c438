package trivium.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Repositories laid out by hand as gitrepository-layout(5) describes them. */
class ProvenanceTest {

    private static final String HASH = "0123456789abcdef0123456789abcdef01234567";

    @TempDir
    Path root;

    private Path git;

    @BeforeEach
    void repository() throws Exception {
        git = Files.createDirectories(root.resolve("project/.git"));
        Files.createDirectories(root.resolve("project/deep/down"));
    }

    @Test
    void aBranchOfItsOwnFile() throws Exception {
        write(git.resolve("HEAD"), "ref: refs/heads/main\n");
        write(git.resolve("refs/heads/main"), HASH + "\n");
        assertEquals(HASH, Provenance.commit(root.resolve("project/deep/down")));
    }

    @Test
    void aPackedBranch() throws Exception {
        write(git.resolve("HEAD"), "ref: refs/heads/main\n");
        write(
                git.resolve("packed-refs"),
                "# pack-refs with: peeled\n" + "f".repeat(40) + " refs/heads/not/main\n" + HASH + " refs/heads/main\n");
        assertEquals(HASH, Provenance.commit(root.resolve("project")));
    }

    @Test
    void aDetachedHead() throws Exception {
        write(git.resolve("HEAD"), HASH + "\n");
        assertEquals(HASH, Provenance.commit(root.resolve("project")));
    }

    @Test
    void aWorktreeThatPointsToItsRepository() throws Exception {
        var worktree = git.resolve("worktrees/other");
        write(worktree.resolve("HEAD"), "ref: refs/heads/other\n");
        write(worktree.resolve("commondir"), "../..\n");
        write(git.resolve("refs/heads/other"), HASH + "\n");
        write(root.resolve("other/.git"), "gitdir: " + worktree.toAbsolutePath() + "\n");
        assertEquals(HASH, Provenance.commit(root.resolve("other")));
    }

    @Test
    void noCommitYetAndNoRepository() throws Exception {
        write(git.resolve("HEAD"), "ref: refs/heads/main\n");
        assertEquals("", Provenance.commit(root.resolve("project")));
        Files.createDirectories(root.resolve("elsewhere/.git"));
        assertEquals("", Provenance.commit(root.resolve("elsewhere")));
    }

    private static void write(Path file, String text) throws Exception {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}
