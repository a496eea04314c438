package trivium.data.catalogue;

/** Hears how a download is getting on, some times a second. Called from the downloading thread. */
@FunctionalInterface
public interface Listener {

    /** Listens to nothing. */
    Listener SILENT = (_, _, _) -> {};

    /** {@code done} of the {@code total} bytes of a file are here. */
    void at(String file, long done, long total);
}
